// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_model.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "core/cli/root_session.h"
#include "core/cli/text.h"
#include "core/host/state_dir.h"
#include "core/model/saved_machine.h"

namespace cutaway::cli {

namespace {

constexpr const char* usage =
    R"(Usage:  cutaway model COMMAND

The simulated machine itself: going back, and keeping copies. The real machine has nothing of the kind.

Commands:
  history      The commands that can be undone, the last one first
  undo [N]     Go back to before the last command, or the last N; commands that only look are not counted
  fork NAME    Keep a copy of the machine as it is now, beside this one
  reset        Move the machine aside and start with a new one
  fault KIND   Let its registries do something wrong; cutaway model fault --help lists the kinds
)";

Result<std::size_t> count_of(const std::vector<std::string>& words) {
    std::size_t count = 1;
    if (words.size() > 1) {
        const std::string& text = words[1];
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (problem != std::errc{} || end != text.data() + text.size() || count == 0) {
            return fail(Errc::invalid, "model undo takes how many commands, not \"" + text + "\"");
        }
    }
    return count;
}

Result<std::string> undo(model::SavedMachine& machine, const std::vector<std::string>& words) {
    const std::size_t count = TRY(count_of(words));
    const std::size_t kept = TRY(machine.past()).size();
    if (count > kept && kept > 0) {
        return fail(Errc::invalid,
                    "only " + std::to_string(kept) + " commands can be undone; cutaway model history " + "names them");
    }
    std::string said;
    for (std::size_t i = 0; i < count; ++i) {
        said += "undone: " + TRY(machine.undo()).command + "\n";
    }
    return said;
}

Result<std::string> history(model::SavedMachine& machine, std::int64_t now_ns) {
    const std::vector<model::PastCommand> commands = TRY(machine.past());
    std::vector<std::vector<std::string>> rows{{"UNDO", "WHEN", "COMMAND"}};
    for (std::size_t i = commands.size(); i-- > 0;) {
        rows.push_back({std::to_string(commands.size() - i), human_duration(now_ns - commands[i].now_ns) + " ago",
                        commands[i].command});
    }
    return table(rows);
}

Result<std::string> fork(model::SavedMachine& machine, const model::StateFiles& files,
                         const std::vector<std::string>& words) {
    if (words.size() != 2) {
        return fail(Errc::invalid, "model fork takes a name: cutaway model fork NAME");
    }
    TRY(machine.fork(words[1]));
    return "Kept. To work on the copy: cutaway --root " + files.where("forks/" + words[1]) + "\n";
}

int reset(const std::string& root) {
    Result<host::StateDir> directory = host::StateDir::open(root);
    const Result<std::string> moved = directory ? directory->set_aside(model::kept_names()) : directory.error();
    if (!moved) {
        std::fprintf(stderr, "cutaway: %s\n", moved.error().doing.c_str());
        return 1;
    }
    const std::string said =
        moved->empty() ? "There is no machine yet." : "The machine so far is now in " + *moved + ".";
    std::printf("%s\n", said.c_str());
    return 0;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Result<std::string> wind_machine(model::SavedMachine& machine, const model::StateFiles& files,
                                 const std::vector<std::string>& words) {
    const std::string verb = words.empty() ? "" : words.front();
    if (verb == "undo" && words.size() <= 2) {
        return undo(machine, words);
    }
    if (verb == "history" && words.size() == 1) {
        return history(machine, machine.wall_ns());
    }
    if (verb == "fork") {
        return fork(machine, files, words);
    }
    return fail(Errc::invalid, "model takes history, undo [N], fork NAME or reset");
}

std::optional<int> run_model(const CommandLine& line) {
    const std::vector<std::string>& words = line.words;
    if (words.empty() || words.front() != "model") {
        return std::nullopt;
    }
    const std::string verb = words.size() > 1 ? words[1] : "--help";
    if (is_one_of(verb, {"--help", "-h", "help"})) {
        std::fputs(usage, stdout);
        return 0;
    }
    if (line.world == "model" && verb == "reset" && words.size() == 2) {
        return reset(model_root(line));
    }
    if (!is_one_of(verb, {"undo", "history", "fork", "reset", "fault"})) {
        std::fprintf(stderr, "cutaway: unknown command: cutaway model %s\n\n%s", verb.c_str(), usage);
        return 1;
    }
    return std::nullopt;
}

}  // namespace cutaway::cli
