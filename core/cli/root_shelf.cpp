// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_shelf.h"

#include "core/cli/root_session.h"
#include "core/host/remove_tree.h"
#include "core/host/state_dir.h"

namespace cutaway::cli {

namespace {

std::string directory(const CommandLine& line) { return model_root(line) + "/lessons"; }

}  // namespace

Result<lesson::Progress> kept_progress(const CommandLine& line, const std::string& id) {
    const host::StateDir state = TRY(host::StateDir::open(directory(line)));
    const std::optional<std::string> text = TRY(state.read(id + ".json"));
    return text ? lesson::progress_from(*text) : Result<lesson::Progress>(lesson::Progress());
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
    const host::StateDir state = TRY(host::StateDir::open(directory(line)));
    return state.replace(id + ".json", lesson::to_json(progress) + "\n");
}

Result<std::unique_ptr<LessonBench>> fresh_bench(const CommandLine& line, const std::string& id) {
    CommandLine own = line;
    own.world = "model";
    own.root = directory(line) + "/" + id + "-machine";
    std::uint64_t removed = 0;
    TRY(host::remove_tree(own.root, removed));
    return LessonBench::open(own);
}

}  // namespace cutaway::cli
