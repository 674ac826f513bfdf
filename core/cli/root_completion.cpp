// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_completion.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "core/cli/completion.h"
#include "core/cli/root_session.h"
#include "core/engine/engine.h"
#include "core/lesson/catalog.h"
#include "core/oci/reference.h"

namespace cutaway::cli {

namespace {

bool is_of(const store::ContainerRecord& record, NameKind kind) {
    const store::ContainerState status = record.state.status;
    switch (kind) {
        case NameKind::running: return status == store::ContainerState::running;
        case NameKind::paused: return status == store::ContainerState::paused;
        case NameKind::stopped:
            return status == store::ContainerState::created || status == store::ContainerState::exited;
        default: return true;
    }
}

// Opens the machine when a name is first wanted, and never commits: what is not committed has not been.
class RootNames final : public Names {
public:
    explicit RootNames(CommandLine line) : line_(std::move(line)) {}

    std::vector<std::string> of(NameKind kind) override {
        if (kind == NameKind::lesson) {
            return lessons();
        }
        Result<std::unique_ptr<Session>> session = open_session(line_);
        if (!session) {
            return {};
        }
        engine::Engine engine((*session)->world(), (*session)->brought());
        switch (kind) {
            case NameKind::image: return images(engine);
            case NameKind::network: return names_in(engine.networks());
            case NameKind::volume: return names_in(engine.volumes());
            default: return containers(engine, kind);
        }
    }

private:
    static std::vector<std::string> lessons() {
        std::vector<std::string> ids;
        for (const lesson::Lesson& one : lesson::make_catalog(lesson::standard_texts(), "lessons/").lessons) {
            ids.push_back(one.id);
        }
        return ids;
    }

    template <class Record>
    static std::vector<std::string> names_in(const Result<std::vector<Record>>& records) {
        std::vector<std::string> names;
        for (const Record& record : records ? *records : std::vector<Record>()) {
            names.push_back(record.name);
        }
        return names;
    }

    static std::vector<std::string> containers(engine::Engine& engine, NameKind kind) {
        std::vector<std::string> names;
        const Result<std::vector<store::ContainerRecord>> records = engine.containers();
        for (const store::ContainerRecord& record : records ? *records : std::vector<store::ContainerRecord>()) {
            if (is_of(record, kind)) {
                names.push_back(record.name);
            }
        }
        return names;
    }

    static std::vector<std::string> images(engine::Engine& engine) {
        std::vector<std::string> names;
        const Result<std::vector<store::Image>> images = engine.images();
        for (const store::Image& image : images ? *images : std::vector<store::Image>()) {
            for (const std::string& name : image.names) {
                const Result<oci::Reference> reference = oci::parse_reference(name);
                names.push_back(reference ? oci::familiar_name(*reference) : name);
            }
        }
        return names;
    }

    CommandLine line_;
};

// --root and --world count here too; what cannot be read yet names the default machine.
CommandLine line_of(const std::vector<std::string>& words) {
    const char* environment = std::getenv("CUTAWAY_WORLD");
    const std::string world = environment == nullptr ? "" : environment;
    const std::vector<std::string> before(words.begin(), words.empty() ? words.end() : words.end() - 1);
    Result<CommandLine> line = read_command_line(before, world);
    return line ? std::move(*line) : read_command_line({}, "").value();
}

}  // namespace

int print_completions(const std::vector<std::string>& words) {
    RootNames names(line_of(words));
    const Completion found = complete(words, names);
    std::string text;
    for (const std::string& word : found.words) {
        text += word + "\n";
    }
    std::fputs((text + (found.files ? ":files\n" : "")).c_str(), stdout);
    return 0;
}

int print_completion_script(const std::vector<std::string>& words) {
    const std::string script = completion_script(words.size() == 2 ? words[1] : "");
    if (script.empty()) {
        std::fputs("Usage:  cutaway completion bash|zsh|fish\n", stderr);
        return 1;
    }
    std::fputs(script.c_str(), stdout);
    return 0;
}

}  // namespace cutaway::cli
