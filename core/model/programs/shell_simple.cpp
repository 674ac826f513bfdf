// SPDX-License-Identifier: Apache-2.0
// Simple commands (POSIX.1-2017, 2.9.1): expand, redirect, then a function, a builtin, or a program by $PATH.
#include <cerrno>

#include "core/model/programs/shell.h"
#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

bool Shell::expansion_failed(const std::string& error) {
    complain(error);
    const bool refused = error.ends_with(": not modelled");
    if (state_.interactive) {
        while (top().kind != FrameKind::input) {
            pop();
        }
        state_.status = refused ? 127 : 2;
        return false;
    }
    leave(refused ? 127 : (state_.flavour == Flavour::bash ? 1 : 2));
    return false;
}

Words Shell::with_braces(const Words& raw) const {
    if (state_.flavour != Flavour::bash) {
        return raw;
    }
    Words words;
    for (const std::string& word : raw) {
        add_brace_words(word, words);
    }
    return words;
}

// False: something has to run first, or it failed; in both cases the turn is over.
bool Shell::expand_all(const Words& raw, Words& fields) {
    Expander expander(*sys_, state_, top().results);
    Words made;
    for (const std::string& word : with_braces(raw)) {
        if (!expander.fields(word, made)) {
            return expander.needed ? push_collect(expander.needs) && false : expansion_failed(expander.error);
        }
    }
    for (const auto& [name, text] : expander.assigned) {
        (void)assign(name, text);
    }
    top().results.clear();
    fields = std::move(made);
    return true;
}

// Words are kept as: count of assignments, the assignments, then the fields.
bool Shell::expand_simple(const Node& node) {
    Expander expander(*sys_, state_, top().results);
    Words fields;
    Words assignments;
    bool good = true;
    for (const std::string& word : with_braces(node.words)) {
        good = good && expander.fields(word, fields);
    }
    for (const std::string& word : node.assignments) {
        const std::size_t equals = word.find('=');
        std::string text;
        good = good && expander.single(word.substr(equals + 1), text);
        assignments.push_back(word.substr(0, equals + 1) + text);
        if (good && node.words.empty()) {  // a later one sees it
            expander.assigned[word.substr(0, equals)] = text;
        }
    }
    if (!good) {
        return expander.needed ? push_collect(expander.needs) && false : expansion_failed(expander.error);
    }
    const bool substituted = !top().results.empty();
    for (const auto& [name, text] : expander.assigned) {
        if (!assign(name, text)) {
            leave(2);
            return false;
        }
    }
    Frame& frame = top();
    frame.results = std::move(assignments);
    frame.words = std::move(fields);
    frame.status = substituted ? frame.status : 0;
    return true;
}

void Shell::trace_command() {
    std::string text = "+";
    for (const std::string& assignment : top().results) {
        text += " " + assignment;
    }
    for (const std::string& word : top().words) {
        const bool plain = !word.empty() && word.find_first_of(" \t\n'\"$`\\;&|<>()*?[]") == std::string::npos;
        text += plain ? " " + word : " '" + word + "'";
    }
    state_.output.err(text + "\n");
}

// The assignments before a command: for its time only, and in its environment.
bool Shell::assign_words(bool temporary) {
    const Words assignments = top().results;
    for (const std::string& assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals);
        if (temporary) {
            const auto held = state_.variables.find(name);
            const bool set = held != state_.variables.end();
            top().locals.push_back(SavedVariable{name, set, set ? held->second : Variable{}});
        }
        if (!assign(name, assignment.substr(equals + 1))) {
            leave(2);
            return false;
        }
        state_.variables[name].exported = state_.variables[name].exported || temporary;
    }
    return true;
}

// pc 0: expand; 1: trace; 2: redirect and run; 3: it has run; 4: it failed before it ran.
Shell::Turn Shell::run_simple(const Node& node) {
    switch (top().pc) {
        case 0:
            if (expand_simple(node)) {
                top().pc = option('x') ? 1 : 2;
            }
            return std::nullopt;
        case 1:
            top().pc = 2;
            trace_command();
            return std::nullopt;
        case 2: return dispatch(node);
        default: finish(state_.status); return std::nullopt;
    }
}

Shell::Turn Shell::dispatch(const Node& node) {
    const Words words = top().words;
    const bool exec_forever = words.size() == 1 && words[0] == "exec";
    if (words.empty()) {
        const int status = top().status;
        if (!redirect(node, true)) {
            return std::nullopt;
        }
        top().pc = 3;
        state_.status = status;
        return std::nullopt;
    }
    if (!node.redirects.empty() && !redirect(node, !exec_forever)) {
        return std::nullopt;
    }
    top().pc = 3;
    const auto function = state_.functions.find(words[0]);
    if (function != state_.functions.end()) {
        if (assign_words(true)) {
            call_function(function->second);
        }
        return std::nullopt;
    }
    if (const Builtin builtin = find_builtin(words[0])) {
        if (!assign_words(!is_special_builtin(words[0]))) {
            return std::nullopt;
        }
        if (const auto status = builtin(*this, words)) {
            state_.status = *status;
            if (words[0] == "exec" && words.size() > 1) {
                return Step::again();  // this program is over
            }
        }
        return std::nullopt;
    }
    return assign_words(true) ? run_external() : std::nullopt;
}

void Shell::call_function(const ShellFunction& function) {
    const bool tested = top().tested;
    Frame frame;
    frame.kind = FrameKind::call;
    frame.unit = function.unit;
    frame.tested = tested;
    frame.line = top().line;
    frame.params = state_.params;
    const Words words = top().words;
    state_.params.assign(words.begin() + 1, words.end());
    state_.frames.push_back(std::move(frame));
    push_node(function.unit, function.node, tested, false);
}

Shell::Turn Shell::run_external() {
    const Words words = top().words;
    const bool named = words[0].find('/') != std::string::npos;
    const auto found = named ? std::optional(words[0]) : find_in_path(*sys_, path(), words[0]);
    if (!found) {
        complain(words[0] + (state_.flavour == Flavour::bash ? ": command not found" : ": not found"));
        state_.status = 127;
        return std::nullopt;
    }
    const bool become = top().tail && state_.traps.empty() && top().redirected.empty();
    Error error;
    if (become) {
        Status executed = sys_->execute(*found, words, exported());
        if (executed) {
            return Step::again();
        }
        error = executed.error();
    } else {
        Result<Pid> pid = sys_->spawn(SpawnRequest{*found, words, exported(), inherited(), false});
        if (pid) {
            state_.children.insert(*pid);
            push_wait({*pid});
            return std::nullopt;
        }
        error = pid.error();
    }
    const int number = errno_of(error);
    const std::string why = number == ENOENT && state_.flavour != Flavour::bash ? "not found" : errno_text(error);
    complain(words[0] + ": " + why);
    state_.status = number == ENOENT ? 127 : 126;
    return std::nullopt;
}

}  // namespace cutaway::model::programs
