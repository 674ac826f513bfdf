// SPDX-License-Identifier: Apache-2.0
#include "viz/app/line_completion.h"

#include <algorithm>

#include "core/cli/completion.h"
#include "viz/app/session.h"

namespace cutaway::app {

namespace {

class PictureNames final : public cli::Names {
public:
    explicit PictureNames(const scene::Picture& picture) : picture_(picture) {}

    std::vector<std::string> of(cli::NameKind kind) override {
        std::vector<std::string> out;
        switch (kind) {
            case cli::NameKind::container: return containers("");
            case cli::NameKind::running: return containers("running");
            case cli::NameKind::stopped: return containers("exited");
            case cli::NameKind::paused: return containers("paused");
            case cli::NameKind::image:
                for (const auto& [id, image] : *picture_.images) {
                    out.insert(out.end(), image->record.names.begin(), image->record.names.end());
                }
                break;
            case cli::NameKind::network:
                for (const auto& [id, network] : *picture_.networks) {
                    out.push_back(network.name);
                }
                break;
            case cli::NameKind::volume:
                for (const auto& [name, volume] : *picture_.volumes) {
                    out.push_back(name);
                }
                break;
            case cli::NameKind::lesson: break;
        }
        return out;
    }

private:
    [[nodiscard]] std::vector<std::string> containers(const std::string& state) const {
        std::vector<std::string> out;
        for (const auto& [id, container] : *picture_.containers) {
            if (state.empty() || container->record.state == state) {
                out.push_back(container->record.name);
            }
        }
        return out;
    }

    const scene::Picture& picture_;
};

std::string agreed(const std::vector<std::string>& words) {
    std::string common = words.front();
    for (const std::string& word : words) {
        const auto differs = std::mismatch(common.begin(), common.end(), word.begin(), word.end());
        common.erase(differs.first, common.end());
    }
    return common;
}

}  // namespace

LineCompletion complete_line(const std::string& line, const scene::Picture& picture) {
    LineCompletion out;
    Result<std::vector<std::string>> words = words_of(line);
    if (!words || line.find_first_of("\"'\\") != std::string::npos) {
        return out;  // quoting is the person's
    }
    const bool fresh = line.empty() || line.back() == ' ';
    if (fresh || words->empty()) {
        words->emplace_back();
    }
    PictureNames names(picture);
    const cli::Completion found = cli::complete(*words, names);
    if (found.words.empty()) {
        return out;
    }
    const std::string common = agreed(found.words);
    const std::string whole = line.substr(0, line.size() - words->back().size()) + common;
    if (found.words.size() == 1) {
        out.completed = whole + " ";
        return out;
    }
    out.completed = whole == line ? std::string() : whole;
    out.choices = found.words;
    return out;
}

}  // namespace cutaway::app
