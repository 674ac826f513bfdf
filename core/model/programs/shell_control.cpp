// SPDX-License-Identifier: Apache-2.0
// The builtins that move control: traps, waiting, reading, leaving, other sources.
#include <algorithm>

#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

using Answer = std::optional<int>;

Answer ControlBuiltins::trap(Shell& shell, const Words& words) {
    if (words.size() == 1) {
        for (const auto& [signal, text] : shell.state_.traps) {
            shell.state_.output.out("trap -- '" + text + "' " + std::string(signal_name(signal)) + "\n");
        }
        return 0;
    }
    const std::size_t first = words[1] == "--" ? 2 : 1;
    const bool reset = first < words.size() && (words[first] == "-" || (words.size() == first + 1));
    const std::string text = first < words.size() ? words[first] : "";
    for (std::size_t i = words.size() == first + 1 ? first : first + 1; i < words.size(); ++i) {
        const auto signal = signal_number(words[i]);
        if (!signal) {
            shell.complain("trap: " + words[i] + ": invalid signal specification");
            return 1;
        }
        if (reset) {
            shell.state_.traps.erase(*signal);
        } else {
            shell.state_.traps[*signal] = text;
        }
        if (*signal != 0) {
            (void)shell.sys_->on_signal(*signal, reset          ? Disposition::standard
                                                 : text.empty() ? Disposition::ignore
                                                                : Disposition::handle);
        }
    }
    return 0;
}

Answer ControlBuiltins::wait(Shell& shell, const Words& words) {
    Frame frame;
    frame.kind = FrameKind::wait_builtin;
    for (std::size_t i = 1; i < words.size(); ++i) {
        frame.pids.push_back(to_number(words[i]).value_or(-1));
    }
    if (words.size() == 1) {
        frame.pids = shell.state_.background;
        frame.pc = 1;
    }
    shell.state_.frames.push_back(std::move(frame));
    return std::nullopt;
}

Answer ControlBuiltins::read(Shell& shell, const Words& words) {
    Frame frame;
    frame.kind = FrameKind::read_builtin;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "-r") {
            frame.pc = 1;
        } else if (words[i] == "-p" && i + 1 < words.size()) {
            shell.state_.output.err(words[++i]);
        } else if (words[i].starts_with("-")) {
            shell.complain("read " + words[i] + ": not modelled");
            return 127;
        } else {
            frame.words.push_back(words[i]);
        }
    }
    if (frame.words.empty()) {
        frame.words.push_back("REPLY");
    }
    shell.state_.frames.push_back(std::move(frame));
    return std::nullopt;
}

bool ControlBuiltins::is_loop(Shell& shell, const Frame& frame) {
    const Node* node = frame.kind == FrameKind::node ? shell.find_node(frame.unit, frame.node) : nullptr;
    return node != nullptr && (node->kind == NodeKind::loop || node->kind == NodeKind::for_clause);
}
Answer ControlBuiltins::unwind_loop(Shell& shell, const Words& words, bool ends) {
    auto left = words.size() > 1 ? to_number(words[1]).value_or(1) : 1;
    auto& frames = shell.state_.frames;
    const bool inside = std::any_of(frames.begin(), frames.end(), [&](const Frame& f) { return is_loop(shell, f); });
    if (!inside) {
        return 0;
    }
    while (!frames.empty() && shell.top().kind != FrameKind::call && shell.top().kind != FrameKind::input) {
        if (is_loop(shell, shell.top()) && --left <= 0) {
            break;
        }
        shell.pop();
    }
    shell.state_.status = 0;
    if (ends && !frames.empty() && is_loop(shell, shell.top())) {
        shell.pop();
    }
    return std::nullopt;
}
Answer ControlBuiltins::break_loop(Shell& shell, const Words& words) { return unwind_loop(shell, words, true); }
Answer ControlBuiltins::continue_loop(Shell& shell, const Words& words) { return unwind_loop(shell, words, false); }

Answer ControlBuiltins::return_from(Shell& shell, const Words& words) {
    const int status =
        words.size() > 1 ? static_cast<int>(to_number(words[1]).value_or(2)) & 0xFF : shell.state_.status;
    auto& frames = shell.state_.frames;
    while (!frames.empty()) {
        const bool last = shell.top().kind == FrameKind::call || shell.top().is_dot;
        shell.pop();
        if (last) {
            break;
        }
    }
    shell.state_.status = status;
    if (frames.empty()) {
        shell.leave(status);
    }
    return std::nullopt;
}

Answer ControlBuiltins::exit_shell(Shell& shell, const Words& words) {
    int status = shell.state_.status;
    if (words.size() > 1) {
        const auto number = to_number(words[1]);
        if (!number) {
            shell.complain(shell.state_.flavour == Flavour::bash ? "exit: " + words[1] + ": numeric argument required"
                                                                 : "exit: Illegal number: " + words[1]);
        }
        status = number ? static_cast<int>(*number & 0xFF) : 2;
    } else if (!shell.state_.frames.empty()) {
        for (const Frame& frame : shell.state_.frames) {
            status = frame.is_trap ? frame.status : status;  // exit in a trap: as it was before
        }
    }
    if (shell.state_.interactive && shell.state_.flavour == Flavour::bash) {
        shell.state_.output.err("exit\n");
    }
    shell.leave(status);
    return std::nullopt;
}

Answer ControlBuiltins::exec(Shell& shell, const Words& words) {
    if (words.size() == 1) {
        return 0;
    }
    const std::size_t first = words[1] == "--" ? 2 : 1;
    const Words argv(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
    if (argv.empty() || (argv[0].size() > 1 && argv[0][0] == '-')) {
        shell.complain("exec " + words[1] + ": not modelled");
        shell.leave(127);
        return std::nullopt;
    }
    const bool named = argv[0].find('/') != std::string::npos;
    const auto found = named ? std::optional(argv[0]) : find_in_path(*shell.sys_, shell.path(), argv[0]);
    if (!found) {
        shell.complain("exec: " + argv[0] + ": not found");
        shell.leave(127);
        return std::nullopt;
    }
    const Status executed = shell.sys_->execute(*found, argv, shell.exported());
    if (!executed) {
        shell.complain("exec: " + argv[0] + ": " + errno_text(executed.error()));
        shell.leave(126);
        return std::nullopt;
    }
    for (Frame& frame : shell.state_.frames) {  // what was redirected stays so
        frame.redirected.clear();
    }
    return 0;
}

Answer ControlBuiltins::dot(Shell& shell, const Words& words) {
    if (words.size() < 2) {
        shell.complain(".: filename argument required");
        return 2;
    }
    std::optional<std::string> file = words[1];
    if (words[1].find('/') == std::string::npos) {
        file = std::nullopt;
        for (const std::string& directory : split(shell.path(), ':')) {
            const std::string candidate = join_path(directory, words[1]);
            if (!file && shell.sys_->stat(candidate, true)) {
                file = candidate;
            }
        }
        if (!file && shell.state_.flavour == Flavour::bash) {
            file = words[1];
        }
    }
    const auto text = file ? read_file(*shell.sys_, *file) : std::nullopt;
    if (!text) {
        shell.complain(shell.state_.flavour == Flavour::ash
                           ? ".: can't open '" + words[1] + "': No such file or directory"
                       : shell.state_.flavour == Flavour::bash ? words[1] + ": No such file or directory"
                                                               : ".: cannot open " + words[1] + ": No such file");
        if (shell.state_.flavour == Flavour::bash || shell.state_.interactive) {
            return 1;
        }
        shell.leave(2);
        return std::nullopt;
    }
    shell.push_source(*text, 1);
    shell.top().is_dot = true;
    return std::nullopt;
}

Answer ControlBuiltins::eval(Shell& shell, const Words& words) {
    std::string text;
    for (std::size_t i = 1; i < words.size(); ++i) {
        text += (i > 1 ? " " : "") + words[i];
    }
    shell.push_source(text, shell.line());
    return std::nullopt;
}

}  // namespace cutaway::model::programs
