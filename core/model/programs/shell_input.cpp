// SPDX-License-Identifier: Apache-2.0
// Commands that come from standard input: a terminal with prompts, or a pipe read no further than the line's end,
// since the commands may read the rest. Also `read`.
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

std::string prompt(Sys& sys, Flavour flavour, const std::string& directory, const std::string& home) {
    const std::string sign = sys.uid() == 0 ? "# " : "$ ";
    const bool at_home = !home.empty() && home != "/" && (directory == home || directory.starts_with(home + "/"));
    const std::string shown = at_home ? "~" + directory.substr(home.size()) : directory;
    switch (flavour) {
        case Flavour::dash: return sign;
        case Flavour::ash: return shown + " " + sign;
        case Flavour::bash: break;
    }
    return user_name(sys, sys.uid()) + "@" + sys.hostname() + ":" + shown + sign;
}

}  // namespace

Shell::Turn Shell::run_input() {
    if (!state_.buffer.empty()) {
        const Parsed parsed = parse(state_.buffer);
        if (parsed.what == Parsed::What::complete && parsed.used > 0) {
            const std::string text = state_.buffer.substr(0, parsed.used);
            state_.buffer.erase(0, parsed.used);
            const int at = state_.input_line;
            state_.input_line += parsed.lines;
            state_.prompted = false;
            if (parsed.script.root >= 0) {
                drop_units();
                push_node(add_unit(text, at), parsed.script.root, false, false);
            }
            return std::nullopt;
        }
        if (parsed.what == Parsed::What::bad) {
            syntax_error(parsed, state_.input_line);
            state_.buffer.clear();
            state_.status = 2;
            state_.prompted = false;
            if (!state_.interactive) {
                leave(2);
            }
            return std::nullopt;
        }
    }
    if (state_.interactive && !state_.prompted) {
        reap();
        state_.prompted = true;
        const bool more = !state_.buffer.empty();
        state_.output.err(more ? "> " : prompt(*sys_, state_.flavour, sys_->working_dir(), value("HOME")));
        return std::nullopt;
    }
    for (;;) {
        Result<std::string> got = sys_->read(0, state_.interactive ? 4096 : 1);
        if (!got && is_again(got.error())) {
            return Step::wait_readable(0);
        }
        if (!got || got->empty()) {
            return finish_input();
        }
        state_.buffer += *got;
        if (state_.interactive || got->back() == '\n') {
            state_.prompted = false;
            return std::nullopt;
        }
    }
}

Shell::Turn Shell::finish_input() {
    if (!state_.buffer.empty()) {
        std::string rest = std::move(state_.buffer);
        state_.buffer.clear();
        if (!trim(rest).empty()) {
            push_source(rest, state_.input_line);
            return std::nullopt;
        }
    }
    if (state_.interactive && state_.flavour == Flavour::bash) {
        state_.output.err("exit\n");
    }
    leave(state_.status);
    return std::nullopt;
}

// words: "read", flags and names as given; text: what has come; pc 1: -r.
Shell::Turn Shell::read_input() {
    Frame& frame = top();
    bool end = false;
    while (!end) {
        Result<std::string> got = sys_->read(0, 1);
        if (!got && is_again(got.error())) {
            return Step::wait_readable(0);
        }
        end = !got || got->empty();
        if (end) {
            break;
        }
        if (*got == "\n") {
            if (frame.pc == 1 || !frame.text.ends_with("\\")) {
                break;
            }
            frame.text.pop_back();
            continue;
        }
        frame.text += *got;
    }
    std::string line = frame.text;
    if (frame.pc != 1) {
        line = replace_all(line, "\\", "");
    }
    const Words names = frame.words;
    pop();
    const std::string separators = state_.variables.contains("IFS") ? value("IFS") : " \t\n";
    std::size_t at = 0;
    bool good = true;
    const auto is_separator = [&](char c) { return separators.find(c) != std::string::npos; };
    const auto is_blank = [&](char c) { return is_separator(c) && (c == ' ' || c == '\t' || c == '\n'); };
    for (std::size_t i = 0; i < names.size(); ++i) {
        while (at < line.size() && is_blank(line[at])) {
            ++at;
        }
        std::size_t stop = at;
        if (i + 1 == names.size()) {
            stop = line.size();
            while (stop > at && is_blank(line[stop - 1])) {
                --stop;
            }
        } else {
            while (stop < line.size() && !is_separator(line[stop])) {
                ++stop;
            }
        }
        good = assign(names[i], line.substr(at, stop - at)) && good;
        at = stop < line.size() ? stop + 1 : stop;
    }
    state_.status = end || !good ? 1 : 0;
    return std::nullopt;
}

}  // namespace cutaway::model::programs
