// SPDX-License-Identifier: Apache-2.0
#include "core/cli/command_line.h"

#include <algorithm>
#include <charconv>

#include "core/cli/verb.h"

namespace cutaway::cli {

namespace {

class Reader {
public:
    explicit Reader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

    Result<CommandLine> run() {
        bool rest = false;
        while (at_ < arguments_.size()) {
            const std::string& word = arguments_[at_++];
            if (rest || word.size() < 2 || word.front() != '-') {
                rest = rest || ends_flags(word);
                line_.words.push_back(word);
                continue;
            }
            const bool own = TRY(take(word));
            if (own) {
                continue;
            }
            line_.words.push_back(word);
            if (takes_value(word) && at_ < arguments_.size()) {
                line_.words.push_back(arguments_[at_++]);
            }
        }
        return std::move(line_);
    }

private:
    // A verb's own words may still have flags behind them; its first argument may not, where the rest is a command.
    bool ends_flags(const std::string& word) {
        if (word == "--") {
            return true;
        }
        std::vector<std::string> named = line_.words;
        std::erase_if(named, [](const std::string& one) { return one.starts_with('-'); });
        std::size_t used = 0;
        const Verb* verb = find_verb(named, used);
        if (verb != nullptr && named.size() == 1 && used == 1) {  // "container" may become "container run"
            std::vector<std::string> longer = named;
            longer.push_back(word);
            std::size_t both = 0;
            if (find_verb(longer, both) != nullptr && both == 2) {
                return false;
            }
        }
        const bool free_verb = !named.empty() && (named.front() == "replay" || named.front() == "trace");
        return !free_verb && verb != nullptr && verb->mix == Mix::before_arguments;
    }

    // Whether this flag of the verb wants the next word.
    bool takes_value(const std::string& word) {
        std::size_t used = 0;
        const Verb* verb = find_verb(line_.words, used);
        return verb != nullptr && flag_wanting(verb->flags, word) != nullptr;
    }

    Result<std::string> value_of(const std::string& word) {
        if (const std::size_t equals = word.find('='); equals != std::string::npos) {
            return word.substr(equals + 1);
        }
        if (at_ >= arguments_.size()) {
            return fail(Errc::invalid, "flag needs an argument: " + word);
        }
        return arguments_[at_++];
    }

    Result<bool> take(const std::string& word) {
        const std::string name = word.substr(0, word.find('='));
        if (name == "--step") {
            const std::string grain = word.find('=') == std::string::npos ? "step" : word.substr(7);
            if (grain != "phase" && grain != "step" && grain != "call") {
                return fail(Errc::invalid, "--step takes phase, step or call, not \"" + grain + "\"");
            }
            line_.step = grain;
            return true;
        }
        if (name == "--realtime") {
            line_.realtime = true;
            return true;
        }
        if (name == "--profile") {
            const std::string profile = TRY(value_of(word));
            if (profile != "today" && profile != "documents") {
                return fail(Errc::invalid, "--profile takes today or documents, not \"" + profile + "\"");
            }
            line_.documents = profile == "documents";
            return true;
        }
        if (name == "--break") {
            line_.breaks.push_back(TRY(value_of(word)));
            return true;
        }
        if (name == "--seed") {
            const std::string text = TRY(value_of(word));
            const auto got = std::from_chars(text.data(), text.data() + text.size(), line_.seed);
            if (got.ec != std::errc{} || got.ptr != text.data() + text.size()) {
                return fail(Errc::invalid, "--seed takes a whole number, not \"" + text + "\"");
            }
            return true;
        }
        std::string* field = name == "--world"     ? &line_.world
                             : name == "--root"    ? &line_.root
                             : name == "--machine" ? &line_.machine
                             : name == "--trace"   ? &line_.trace
                             : name == "--clock"   ? &line_.clock
                             : name == "--engine"  ? &line_.engine
                                                   : nullptr;
        if (field == nullptr) {
            return false;
        }
        *field = TRY(value_of(word));
        return true;
    }

    const std::vector<std::string>& arguments_;
    std::size_t at_ = 0;
    CommandLine line_;
};

}  // namespace

Result<CommandLine> read_command_line(const std::vector<std::string>& arguments, const std::string& environment_world) {
    CommandLine line = TRY(Reader(arguments).run());
    line.world_said = !line.world.empty() || !environment_world.empty();
    if (!line.engine.empty() && line.world == "model") {
        return fail(Errc::invalid,
                    "--engine is of the real world: a simulated machine needs no engine behind a socket");
    }
    if (!line.engine.empty()) {
        line.world = "real";
    }
    if (line.world.empty()) {
        line.world = environment_world.empty() ? "model" : environment_world;
    }
    if (line.world != "model" && line.world != "real") {
        return fail(Errc::invalid, "there is no world \"" + line.world + "\": use --world model or --world real");
    }
    return line;
}

}  // namespace cutaway::cli
