// SPDX-License-Identifier: Apache-2.0
// A shell's beginning: its arguments, where its commands come from, its messages and variables.
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::string_view single_options = "eufxnaCvm";

bool is_name(std::string_view text) {
    bool good = !text.empty() && (text[0] < '0' || text[0] > '9');
    for (const char c : text) {
        good = good && (c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    }
    return good;
}

}  // namespace

bool Shell::restore(std::string_view saved) {
    scripts_.clear();
    return binary::decode(saved, state_);
}

void Shell::import_environment() {
    for (const std::string& pair : sys_->env()) {
        const std::size_t equals = pair.find('=');
        if (equals != std::string::npos && is_name(pair.substr(0, equals))) {
            state_.variables[pair.substr(0, equals)] = Variable{pair.substr(equals + 1), true, false};
        }
    }
    state_.variables["PWD"] = Variable{sys_->working_dir(), true, false};
    state_.variables["IFS"] = Variable{" \t\n", false, false};
    state_.variables["PPID"] = Variable{std::to_string(sys_->parent()), false, false};
    if (state_.flavour == Flavour::bash) {
        state_.variables["HOSTNAME"] = Variable{sys_->hostname(), false, false};
        state_.variables["UID"] = Variable{std::to_string(sys_->uid()), false, true};
        state_.variables["BASH_VERSION"] = Variable{"5.2.15(1)-release", false, false};
    }
}

void Shell::start() {
    state_.started = true;
    const Words argv = sys_->argv();
    state_.name = argv.empty() ? std::string(program_) : argv[0];
    if (state_.name.starts_with("-")) {
        state_.name.erase(0, 1);
    }
    state_.shell_pid = sys_->pid();
    import_environment();
    (void)sys_->allocate(700'000);
    bool command = false;
    bool from_input = false;
    bool asked_interactive = false;
    std::size_t at = 1;
    for (; at < argv.size() && argv[at].size() > 1 && (argv[at][0] == '-' || argv[at][0] == '+'); ++at) {
        if (argv[at] == "--" || argv[at] == "-") {
            ++at;
            break;
        }
        if (argv[at] == "--login" || argv[at] == "--norc" || argv[at] == "--noprofile") {
            continue;
        }
        for (const char letter : argv[at].substr(1)) {
            command = command || letter == 'c';
            from_input = from_input || letter == 's';
            asked_interactive = asked_interactive || letter == 'i';
            if (letter == 'o' && at + 1 < argv.size()) {
                ++at;
                continue;
            }
            const bool known = single_options.find(letter) != std::string_view::npos;
            if (!known && std::string_view("csil").find(letter) == std::string_view::npos) {
                state_.output.err(state_.name + ": option -" + letter + ": not modelled\n");
                leave(127);
                return;
            }
            if (known) {
                state_.options += letter;
            }
        }
    }
    Words rest(argv.begin() + static_cast<std::ptrdiff_t>(std::min(at, argv.size())), argv.end());
    if (command) {
        if (rest.empty()) {
            state_.output.err(state_.name + (state_.flavour == Flavour::dash ? ": 0: -c requires an argument\n"
                                                                             : ": -c: option requires an argument\n"));
            leave(2);
            return;
        }
        const std::string text = rest[0];
        if (rest.size() > 1) {
            state_.name = rest[1];
        }
        state_.params.assign(rest.begin() + (rest.size() > 1 ? 2 : 1), rest.end());
        start_text(text, true);
    } else if (!rest.empty() && !from_input) {
        state_.params.assign(rest.begin() + 1, rest.end());
        start_script(rest[0]);
    } else {
        state_.params = rest;
        state_.interactive = asked_interactive || (sys_->is_terminal(0) && sys_->is_terminal(2));
        if (state_.interactive) {
            (void)sys_->on_signal(2, Disposition::handle);
            (void)sys_->on_signal(3, Disposition::ignore);
            (void)sys_->on_signal(15, Disposition::ignore);
        }
        Frame frame;
        frame.kind = FrameKind::input;
        state_.frames.push_back(std::move(frame));
    }
}

void Shell::start_text(const std::string& text, bool tail) {
    Frame frame;
    frame.kind = FrameKind::source;
    frame.text = text;
    frame.tail = tail;
    state_.frames.push_back(std::move(frame));
}

void Shell::start_script(const std::string& path) {
    Result<int> fd = sys_->open(path, OpenFlags{}, 0);
    if (!fd) {
        const std::string why = errno_text(fd.error());
        switch (state_.flavour) {
            case Flavour::dash: state_.output.err(state_.name + ": 0: cannot open " + path + ": " + why + "\n"); break;
            case Flavour::ash: state_.output.err(state_.name + ": can't open '" + path + "': " + why + "\n"); break;
            case Flavour::bash: state_.output.err(state_.name + ": " + path + ": " + why + "\n"); break;
        }
        leave(state_.flavour == Flavour::bash ? 127 : 2);
        return;
    }
    (void)sys_->close(*fd);
    const auto text = read_file(*sys_, path);
    state_.name = path;
    state_.is_script = true;
    start_text(text.value_or(""), false);
}

// What a subshell does not share with its parent.
void Shell::after_fork() {
    state_.fresh_fork = false;
    for (auto trap = state_.traps.begin(); trap != state_.traps.end();) {
        if (trap->first != 0 && !trap->second.empty()) {
            (void)sys_->on_signal(trap->first, Disposition::standard);
        }
        trap = !trap->second.empty() || trap->first == 0 ? state_.traps.erase(trap) : std::next(trap);
    }
    if (state_.interactive) {
        for (const int signal : {2, 3, 15}) {
            (void)sys_->on_signal(signal, Disposition::standard);
        }
        state_.interactive = false;
    }
}

int Shell::line() const {
    for (auto frame = state_.frames.rbegin(); frame != state_.frames.rend(); ++frame) {
        if (frame->kind == FrameKind::node || frame->kind == FrameKind::source) {
            return frame->line;
        }
    }
    return state_.input_line;
}

std::string Shell::prefix() const {
    const std::string number = std::to_string(line());
    switch (state_.flavour) {
        case Flavour::dash: return state_.name + ": " + number + ": ";
        case Flavour::bash:
            return state_.interactive ? std::string(base_name(state_.name)) + ": "
                                      : state_.name + ": line " + number + ": ";
        case Flavour::ash: break;
    }
    return state_.is_script ? state_.name + ": line " + number + ": " : state_.name + ": ";
}

std::string Shell::value(const std::string& name) const {
    const auto held = state_.variables.find(name);
    return held == state_.variables.end() ? std::string() : held->second.value;
}

bool Shell::assign(const std::string& name, const std::string& text) {
    Variable& variable = state_.variables[name];
    if (variable.readonly) {
        complain(state_.flavour == Flavour::bash ? name + ": readonly variable" : name + ": is read only");
        return false;
    }
    variable.value = text;
    variable.exported = variable.exported || option('a');
    return true;
}

Words Shell::exported() const {
    Words env;
    for (const auto& [name, variable] : state_.variables) {
        if (variable.exported) {
            env.push_back(name + "=" + variable.value);
        }
    }
    return env;
}

std::string Shell::path() const {
    return state_.variables.contains("PATH") ? value("PATH") : std::string(default_path);
}

Made make_shell(std::string_view program, Flavour flavour) { return std::make_unique<Shell>(program, flavour); }

}  // namespace cutaway::model::programs
