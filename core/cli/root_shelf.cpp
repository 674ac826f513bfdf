// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_shelf.h"

#include <cstdlib>

#include "core/cli/root_session.h"
#include "core/host/file_info.h"
#include "core/host/state_dir.h"
#include "core/host/syscall.h"
#include "core/lesson/seal.h"

namespace cutaway::cli {

namespace {

constexpr const char* policy_file = "policy.json";

std::string window_directory(const CommandLine& line) { return model_root(line) + "/window"; }
constexpr const char* preferences_file = "preferences.json";

}  // namespace

std::string lessons_folder(const CommandLine& line) { return model_root(line) + "/lessons"; }

Result<lesson::Progress> kept_progress(const CommandLine& line, const std::string& id) {
    const host::StateDir state = TRY(host::StateDir::open(lessons_folder(line)));
    const std::optional<std::string> text = TRY(state.read(id + ".json"));
    if (!text) {
        return lesson::Progress();
    }
    return lesson::examined(TRY(lesson::progress_from(*text)), TRY(kept_policy(line)).word);
}

std::map<std::string, lesson::Progress> kept_progresses(const CommandLine& line, const lesson::Catalog& catalog) {
    std::map<std::string, lesson::Progress> progress;
    for (const lesson::Lesson& one : catalog.lessons) {
        if (Result<lesson::Progress> kept = kept_progress(line, one.id)) {
            progress[one.id] = std::move(*kept);
        }
    }
    return progress;
}

Status keep_progress(const CommandLine& line, const std::string& id, const lesson::Progress& progress) {
    const host::StateDir state = TRY(host::StateDir::open(lessons_folder(line)));
    const lesson::Progress whole = lesson::sealed(progress, TRY(kept_policy(line)).word);
    return state.replace(id + ".json", lesson::to_json(whole) + "\n");
}

Result<lesson::Policy> kept_policy(const CommandLine& line) {
    const char* named = std::getenv("CUTAWAY_LESSON_POLICY");
    if (named != nullptr && *named != 0) {
        return lesson::policy_from(TRY(host::read_file(named)));
    }
    const host::StateDir state = TRY(host::StateDir::open(lessons_folder(line)));
    const std::optional<std::string> text = TRY(state.read(policy_file));
    return text ? lesson::policy_from(*text) : Result<lesson::Policy>(lesson::Policy());
}

Status keep_policy(const CommandLine& line, const lesson::Policy& policy) {
    const host::StateDir state = TRY(host::StateDir::open(lessons_folder(line)));
    return state.replace(policy_file, lesson::to_json(policy) + "\n");
}

std::int64_t wall_clock_ms() { return host::wall_clock_ns() / 1'000'000; }

Result<std::string> kept_preferences(const CommandLine& line) {
    const host::StateDir state = TRY(host::StateDir::open(window_directory(line)));
    return TRY(state.read(preferences_file)).value_or("");
}

Status keep_preferences(const CommandLine& line, const std::string& text) {
    const host::StateDir state = TRY(host::StateDir::open(window_directory(line)));
    return state.replace(preferences_file, text + "\n");
}

std::int64_t changed_ns(const std::string& path) { return host::changed_ns(path); }

std::string whole_path(const std::string& path) {
    const Result<std::string> here = path.starts_with('/') ? Result<std::string>("") : host::working_directory();
    return here && !here->empty() ? *here + "/" + path : path;
}

}  // namespace cutaway::cli
