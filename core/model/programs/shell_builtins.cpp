// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/shell_builtins.h"

#include <algorithm>
#include <array>

#include "core/model/programs/text.h"

namespace cutaway::model::programs {

using Answer = std::optional<int>;

// A friend of Shell: the only code beside its members that moves the stack.
struct Builtins {
    static int with_call(Shell& shell, const Words& words, Command command) {
        return command(Call{*shell.sys_, words, shell.state_.output, shell.state_.flavour == Flavour::ash});
    }
    static Answer test(Shell& shell, const Words& words) { return with_call(shell, words, run_test); }
    static Answer echo(Shell& shell, const Words& words) { return with_call(shell, words, run_echo); }
    static Answer printf(Shell& shell, const Words& words) { return with_call(shell, words, run_printf); }

    static Answer kill(Shell& shell, const Words& words) {
        Words plain = words;
        for (std::string& word : plain) {
            if (word.size() > 1 && word[0] == '%') {
                const auto job = static_cast<std::size_t>(to_number(word.substr(1)).value_or(0) - 1);
                const auto& jobs = shell.state_.background;
                word = job < jobs.size() ? std::to_string(jobs[job]) : word;
            }
        }
        return with_call(shell, plain, run_kill);
    }
    static Answer nothing(Shell&, const Words&) { return 0; }
    static Answer failure(Shell&, const Words&) { return 1; }

    static Answer change_dir(Shell& shell, const Words& words) {
        std::string target = words.size() > 1 && words[1] == "--" && words.size() > 2 ? words[2]
                             : words.size() > 1                                       ? words[1]
                                                                                      : shell.value("HOME");
        const bool back = target == "-";
        if (back) {
            target = shell.value("OLDPWD");
        }
        const std::string before = shell.sys_->working_dir();
        const Status changed = shell.sys_->change_dir(target);
        if (!changed) {
            switch (shell.state_.flavour) {
                case Flavour::bash: shell.complain("cd: " + target + ": " + errno_text(changed.error())); return 1;
                case Flavour::dash: shell.complain("cd: can't cd to " + target); return 2;
                case Flavour::ash: break;
            }
            shell.complain("cd: can't cd to " + target + ": " + errno_text(changed.error()));
            return 1;
        }
        shell.state_.variables["OLDPWD"] = Variable{before, true, false};
        shell.state_.variables["PWD"] = Variable{shell.sys_->working_dir(), true, false};
        if (back) {
            shell.state_.output.out(shell.sys_->working_dir() + "\n");
        }
        return 0;
    }
    static Answer print_dir(Shell& shell, const Words&) {
        shell.state_.output.out(shell.sys_->working_dir() + "\n");
        return 0;
    }

    static Answer mark(Shell& shell, const Words& words, bool exports) {
        const std::string& verb = words[0];
        if (words.size() == 1 || words[1] == "-p") {
            for (const auto& [name, variable] : shell.state_.variables) {
                if (exports ? variable.exported : variable.readonly) {
                    shell.state_.output.out(verb + " " + name + "='" + variable.value + "'\n");
                }
            }
            return 0;
        }
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::size_t equals = words[i].find('=');
            const std::string name = words[i].substr(0, equals);
            if (words[i] == "-n" || words[i].starts_with("-")) {
                shell.complain(verb + " " + words[i] + ": not modelled");
                return 127;
            }
            if (equals != std::string::npos && !shell.assign(name, words[i].substr(equals + 1))) {
                return 2;
            }
            Variable& variable = shell.state_.variables[name];
            variable.exported = variable.exported || exports;
            variable.readonly = variable.readonly || !exports;
        }
        return 0;
    }
    static Answer export_names(Shell& shell, const Words& words) { return mark(shell, words, true); }
    static Answer readonly_names(Shell& shell, const Words& words) { return mark(shell, words, false); }

    static Answer unset(Shell& shell, const Words& words) {
        bool functions = false;
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (words[i] == "-f" || words[i] == "-v") {
                functions = words[i] == "-f";
            } else if (functions) {
                shell.state_.functions.erase(words[i]);
            } else {
                shell.state_.variables.erase(words[i]);
            }
        }
        return 0;
    }

    static Answer local(Shell& shell, const Words& words) {
        auto& frames = shell.state_.frames;
        const auto call = std::find_if(frames.rbegin(), frames.rend(),
                                       [](const Frame& frame) { return frame.kind == FrameKind::call; });
        if (call == frames.rend()) {
            shell.complain("local: not in a function");
            return 2;
        }
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::size_t equals = words[i].find('=');
            const std::string name = words[i].substr(0, equals);
            const auto held = shell.state_.variables.find(name);
            const bool set = held != shell.state_.variables.end();
            call->locals.insert(call->locals.begin(), SavedVariable{name, set, set ? held->second : Variable{}});
            if (equals != std::string::npos) {
                (void)shell.assign(name, words[i].substr(equals + 1));
            } else if (!set) {
                shell.state_.variables[name] = Variable{};
            }
        }
        return 0;
    }

    static Answer shift(Shell& shell, const Words& words) {
        const auto count = words.size() > 1 ? to_number(words[1]).value_or(-1) : 1;
        auto& params = shell.state_.params;
        if (count < 0 || static_cast<std::size_t>(count) > params.size()) {
            if (shell.state_.flavour == Flavour::dash) {
                shell.complain("shift: can't shift that many");
                shell.leave(2);
                return std::nullopt;
            }
            return 1;
        }
        params.erase(params.begin(), params.begin() + count);
        return 0;
    }

    static bool set_option(Shell& shell, const std::string& name, bool on) {
        struct Named {
            std::string_view name;
            char letter;
        };
        static constexpr std::array<Named, 12> names{{{"errexit", 'e'},
                                                      {"nounset", 'u'},
                                                      {"xtrace", 'x'},
                                                      {"noglob", 'f'},
                                                      {"allexport", 'a'},
                                                      {"noclobber", 'C'},
                                                      {"noexec", 'n'},
                                                      {"verbose", 'v'},
                                                      {"monitor", 'm'},
                                                      {"pipefail", 'p'},
                                                      {"braceexpand", 'B'},
                                                      {"hashall", 'h'}}};
        for (const Named& named : names) {
            if (named.name == name || (name.size() == 1 && name[0] == named.letter)) {
                std::erase(shell.state_.options, named.letter);
                if (on) {
                    shell.state_.options += named.letter;
                }
                return named.letter != 'n' && named.letter != 'C';
            }
        }
        return false;
    }

    static Answer set(Shell& shell, const Words& words) {
        if (words.size() == 1) {
            for (const auto& [name, variable] : shell.state_.variables) {
                shell.state_.output.out(name + "='" + variable.value + "'\n");
            }
            return 0;
        }
        std::size_t at = 1;
        for (; at < words.size() && words[at].size() > 1 && (words[at][0] == '-' || words[at][0] == '+'); ++at) {
            const bool on = words[at][0] == '-';
            if (words[at] == "--") {
                ++at;
                shell.state_.params.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
                return 0;
            }
            for (const char letter : words[at].substr(1)) {
                std::string name(1, letter);
                if (letter == 'o') {
                    name = at + 1 < words.size() ? words[++at] : "";
                }
                if (!set_option(shell, name, on)) {
                    shell.complain("set: option " + name + ": not modelled");
                    return 127;
                }
                if (letter == 'o') {
                    break;
                }
            }
        }
        if (at < words.size()) {
            shell.state_.params.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
        }
        return 0;
    }

    static std::string kind_of(Shell& shell, const std::string& name, bool words) {
        if (shell.state_.functions.contains(name)) {
            return words ? name + " is a shell function" : name;
        }
        if (find_builtin(name) != nullptr) {
            return words ? name + " is a shell builtin" : name;
        }
        const bool named = name.find('/') != std::string::npos;
        const auto found = named ? (shell.sys_->stat(name, true) ? std::optional(name) : std::nullopt)
                                 : find_in_path(*shell.sys_, shell.path(), name);
        return !found ? "" : (words ? name + " is " + *found : *found);
    }

    static Answer type(Shell& shell, const Words& words) {
        int status = 0;
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string text = kind_of(shell, words[i], true);
            if (text.empty()) {
                status = shell.state_.flavour == Flavour::bash ? 1 : 127;
                if (shell.state_.flavour == Flavour::bash) {
                    shell.complain("type: " + words[i] + ": not found");
                } else {
                    shell.state_.output.out(words[i] + ": not found\n");
                }
            } else {
                shell.state_.output.out(text + "\n");
            }
        }
        return status;
    }

    static Answer command(Shell& shell, const Words& words) {
        if (words.size() > 2 && (words[1] == "-v" || words[1] == "-V")) {
            const std::string text = kind_of(shell, words[2], words[1] == "-V");
            shell.state_.output.out(text.empty() ? "" : text + "\n");
            return text.empty() ? (shell.state_.flavour == Flavour::bash ? 1 : 127) : 0;
        }
        const std::size_t first = words.size() > 1 && words[1] == "-p" ? 2 : 1;
        const Words rest(words.begin() + static_cast<std::ptrdiff_t>(std::min(first, words.size())), words.end());
        if (rest.empty()) {
            return 0;
        }
        if (const Builtin builtin = find_builtin(rest[0])) {
            return builtin(shell, rest);
        }
        shell.top().words = rest;
        (void)shell.run_external();
        return std::nullopt;
    }

    static Answer umask(Shell& shell, const Words& words) {
        if (words.size() == 1) {
            shell.state_.output.out("0022\n");
            return 0;
        }
        std::uint32_t mask = 0;
        for (const char c : words[1]) {
            if (c < '0' || c > '7') {
                shell.complain("umask " + words[1] + ": not modelled");
                return 127;
            }
            mask = mask * 8 + static_cast<std::uint32_t>(c - '0');
        }
        shell.sys_->set_umask(mask & 0777U);
        return 0;
    }

    static Answer ulimit(Shell& shell, const Words& words) {
        if (words.size() < 3) {
            if (words.size() == 2 && words[1] == "-a") {
                return refuse(shell, {"ulimit -a"});
            }
            shell.state_.output.out(words.size() == 2 && words[1] == "-n" ? "1048576\n" : "unlimited\n");
        }
        return 0;
    }

    static Answer jobs(Shell& shell, const Words&) {
        shell.reap();
        int number = 0;
        for (const Pid pid : shell.state_.background) {
            const bool done = shell.state_.finished.contains(pid);
            shell.state_.output.out("[" + std::to_string(++number) + "]+  " + (done ? "Done" : "Running") + "\n");
        }
        return 0;
    }

    static Answer getopts(Shell& shell, const Words& words) {
        if (words.size() < 3) {
            shell.complain("getopts: Usage: getopts optstring var [arg]");
            return 2;
        }
        const Words params = words.size() > 3 ? Words(words.begin() + 3, words.end()) : shell.state_.params;
        auto index = static_cast<std::size_t>(std::max<std::int64_t>(to_number(shell.value("OPTIND")).value_or(1), 1));
        std::size_t& inside = shell.state_.getopts_at;
        const bool option = index <= params.size() && params[index - 1].size() > 1 && params[index - 1][0] == '-';
        if (!option || params[index - 1] == "--") {
            index += option ? 1 : 0;
            (void)shell.assign("OPTIND", std::to_string(index));
            (void)shell.assign(words[2], "?");
            inside = 0;
            return 1;
        }
        const std::string& word = params[index - 1];
        inside = inside == 0 || inside >= word.size() ? 1 : inside;
        const char letter = word[inside++];
        const std::size_t rule = letter == ':' ? std::string::npos : words[1].find(letter);
        const bool wants = rule != std::string::npos && rule + 1 < words[1].size() && words[1][rule + 1] == ':';
        std::string found(1, rule == std::string::npos ? '?' : letter);
        shell.state_.variables.erase("OPTARG");
        if (rule == std::string::npos) {
            shell.complain(std::string("Illegal option -") + letter);
        } else if (wants) {
            const bool attached = inside < word.size();
            index += attached ? 0 : 1;
            if (attached || index <= params.size()) {
                (void)shell.assign("OPTARG", attached ? word.substr(inside) : params[index - 1]);
            } else {
                shell.complain(std::string("No arg for -") + letter + " option");
                found = "?";
            }
            inside = word.size();
        }
        if (inside >= word.size()) {
            ++index;
            inside = 0;
        }
        (void)shell.assign("OPTIND", std::to_string(index));
        (void)shell.assign(words[2], found);
        return 0;
    }

    static Answer refuse(Shell& shell, const Words& words) {
        shell.complain(words[0] + ": not modelled");
        return 127;
    }
};

Builtin find_builtin(std::string_view name) {
    struct Named {
        std::string_view name;
        Builtin run;
    };
    static constexpr std::array<Named, 49> builtins{{{":", Builtins::nothing},
                                                     {"true", Builtins::nothing},
                                                     {"false", Builtins::failure},
                                                     {"[", Builtins::test},
                                                     {"test", Builtins::test},
                                                     {"echo", Builtins::echo},
                                                     {"printf", Builtins::printf},
                                                     {"kill", Builtins::kill},
                                                     {"cd", Builtins::change_dir},
                                                     {"pwd", Builtins::print_dir},
                                                     {"export", Builtins::export_names},
                                                     {"readonly", Builtins::readonly_names},
                                                     {"unset", Builtins::unset},
                                                     {"local", Builtins::local},
                                                     {"shift", Builtins::shift},
                                                     {"set", Builtins::set},
                                                     {"trap", ControlBuiltins::trap},
                                                     {"wait", ControlBuiltins::wait},
                                                     {"read", ControlBuiltins::read},
                                                     {"break", ControlBuiltins::break_loop},
                                                     {"continue", ControlBuiltins::continue_loop},
                                                     {"return", ControlBuiltins::return_from},
                                                     {"exit", ControlBuiltins::exit_shell},
                                                     {"exec", ControlBuiltins::exec},
                                                     {".", ControlBuiltins::dot},
                                                     {"source", ControlBuiltins::dot},
                                                     {"eval", ControlBuiltins::eval},
                                                     {"type", Builtins::type},
                                                     {"command", Builtins::command},
                                                     {"umask", Builtins::umask},
                                                     {"ulimit", Builtins::ulimit},
                                                     {"jobs", Builtins::jobs},
                                                     {"getopts", Builtins::getopts},
                                                     {"hash", Builtins::nothing},
                                                     {"[[", Builtins::refuse},
                                                     {"alias", Builtins::refuse},
                                                     {"unalias", Builtins::refuse},
                                                     {"fg", Builtins::refuse},
                                                     {"bg", Builtins::refuse},
                                                     {"times", Builtins::refuse},
                                                     {"declare", Builtins::refuse},
                                                     {"typeset", Builtins::refuse},
                                                     {"shopt", Builtins::refuse},
                                                     {"let", LetBuiltin::let},
                                                     {"select", Builtins::refuse},
                                                     {"history", Builtins::refuse},
                                                     {"mapfile", Builtins::refuse},
                                                     {"pushd", Builtins::refuse},
                                                     {"popd", Builtins::refuse}}};
    for (const Named& named : builtins) {
        if (named.name == name) {
            return named.run;
        }
    }
    return nullptr;
}

bool is_special_builtin(std::string_view name) {
    static constexpr std::array<std::string_view, 16> special{
        ":",   ".",     "eval", "exec",  "exit",  "export",   "readonly", "return",
        "set", "shift", "trap", "unset", "break", "continue", "times",    "source"};
    return std::find(special.begin(), special.end(), name) != special.end();
}

}  // namespace cutaway::model::programs
