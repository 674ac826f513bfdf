// SPDX-License-Identifier: Apache-2.0
// The stack machine. Each turn the topmost frame goes one move on: it pushes what it needs done, or finishes and
// leaves its status in $?.
#include <algorithm>

#include "core/model/programs/pattern.h"
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr int turns_a_step = 400;      // then others run: a loop without commands must not hold the machine
constexpr std::size_t deepest = 3000;  // frames

}  // namespace

Step Shell::step(Sys& sys) {
    sys_ = &sys;
    if (state_.fresh_fork) {
        after_fork();
    }
    if (!state_.started) {
        start();
    }
    for (int turn = 0; turn < turns_a_step; ++turn) {
        while (const std::optional<int> signal = sys.take_signal()) {
            state_.pending.push_back(*signal);
        }
        const Flush flushed = flush(sys, state_.output);
        if (flushed == Flush::blocked) {
            return wait_to_flush(state_.output);
        }
        if (flushed == Flush::broken) {
            state_.status = 1;
        }
        if (take_traps()) {
            continue;
        }
        if (state_.frames.empty()) {
            if (!state_.exiting) {
                leave(state_.status);
                continue;
            }
            return Step::exited(state_.exit_code);
        }
        if (state_.frames.size() > deepest) {
            complain("too deep: not modelled");
            leave(127);
        }
        if (Turn turned = advance()) {
            return *turned;
        }
    }
    sys.burn(200'000);
    return Step::again();
}

Shell::Turn Shell::advance() {
    if (state_.frames.empty()) {
        return std::nullopt;
    }
    switch (top().kind) {
        case FrameKind::source: return run_source();
        case FrameKind::input: return run_input();
        case FrameKind::node: return run_node();
        case FrameKind::wait: return run_wait();
        case FrameKind::collect: return run_collect();
        case FrameKind::call: pop(); return std::nullopt;
        case FrameKind::wait_builtin: return run_wait();
        case FrameKind::read_builtin: return read_input();
    }
    return std::nullopt;
}

// A trap runs between commands; it cuts `wait` short, and a foreground child is waited for first.
bool Shell::take_traps() {
    if (state_.pending.empty() || state_.exiting) {
        return false;
    }
    if (!state_.frames.empty() && (top().kind == FrameKind::wait || top().kind == FrameKind::collect)) {
        return false;
    }
    const int signal = state_.pending.front();
    state_.pending.erase(state_.pending.begin());
    if (!state_.frames.empty() && top().kind == FrameKind::wait_builtin) {
        pop();
        state_.status = 128 + signal;
    }
    const auto trap = state_.traps.find(signal);
    if (trap != state_.traps.end() && !trap->second.empty()) {
        push_source(trap->second, line());
        top().is_trap = true;
        top().status = state_.status;
        return true;
    }
    if (signal == 2 && state_.interactive) {
        while (!state_.frames.empty() && top().kind != FrameKind::input) {
            pop();
        }
        state_.output.err("\n");
        state_.status = 130;
        state_.buffer.clear();
        state_.prompted = false;
    }
    return true;
}

int Shell::add_unit(std::string_view text, int line) {
    const int unit = state_.next_unit++;
    state_.units[unit] = ScriptUnit{std::string(text), line};
    return unit;
}

// Forgets the texts that neither a frame nor a function names.
void Shell::drop_units() {
    std::set<int> used;
    for (const Frame& frame : state_.frames) {
        used.insert(frame.unit);
    }
    for (const auto& [name, function] : state_.functions) {
        used.insert(function.unit);
    }
    std::erase_if(state_.units, [&](const auto& unit) { return !used.contains(unit.first); });
    std::erase_if(scripts_, [&](const auto& script) { return !used.contains(script.first); });
}

const Node* Shell::find_node(int unit, int node) {
    auto script = scripts_.find(unit);
    if (script == scripts_.end()) {
        const auto source = state_.units.find(unit);
        if (source == state_.units.end()) {
            return nullptr;
        }
        script = scripts_.emplace(unit, parse(source->second.text).script).first;
    }
    const auto index = static_cast<std::size_t>(node);
    return node >= 0 && index < script->second.nodes.size() ? &script->second.nodes[index] : nullptr;
}

void Shell::push_node(int unit, int node, bool tested, bool tail) {
    Frame frame;
    frame.kind = FrameKind::node;
    frame.unit = unit;
    frame.node = node;
    frame.tested = tested;
    frame.tail = tail;
    const Node* found = find_node(unit, node);
    frame.line = found == nullptr ? 1 : state_.units[unit].line + found->line - 1;
    state_.frames.push_back(std::move(frame));
}

void Shell::push_source(const std::string& text, int line) {
    Frame frame;
    frame.kind = FrameKind::source;
    frame.text = text;
    frame.line = line;
    frame.tested = !state_.frames.empty() && top().tested;
    state_.frames.push_back(std::move(frame));
}

void Shell::pop() {
    Frame frame = std::move(top());
    state_.frames.pop_back();
    put_back(frame);
    for (const SavedVariable& saved : frame.locals) {
        if (saved.set) {
            state_.variables[saved.name] = saved.was;
        } else {
            state_.variables.erase(saved.name);
        }
    }
    if (frame.kind == FrameKind::call) {
        state_.params = std::move(frame.params);
    }
    if (frame.fd >= 0) {
        (void)sys_->close(frame.fd);
    }
    if (frame.is_trap) {
        state_.status = frame.status;
    }
}

// The topmost command has ended with that status.
void Shell::finish(int status) {
    state_.status = status;
    const Frame& frame = top();
    const Node* node = frame.kind == FrameKind::node ? find_node(frame.unit, frame.node) : nullptr;
    const bool ends_shell = node != nullptr && status != 0 && option('e') && !frame.tested &&
                            (node->kind == NodeKind::simple || node->kind == NodeKind::subshell ||
                             (node->kind == NodeKind::pipeline && !node->flag));
    pop();
    if (ends_shell) {
        leave(status);
    }
}

void Shell::leave(int code) {
    const bool again = state_.exiting;
    state_.exiting = true;
    state_.exit_code = code & 0xFF;
    while (!state_.frames.empty()) {
        top().is_trap = false;
        pop();
    }
    const auto trap = state_.traps.find(0);
    if (!again && trap != state_.traps.end() && !trap->second.empty()) {
        const std::string text = trap->second;
        state_.traps.erase(trap);
        state_.status = code;
        push_source(text, 1);
    }
}

void Shell::syntax_error(const Parsed& parsed, int line) {
    const int at = line + parsed.line - 1;
    const std::string where = std::to_string(at);
    if (parsed.error.ends_with(": not modelled")) {
        state_.output.err(state_.name + ": line " + where + ": " + parsed.error + "\n");
        return;
    }
    switch (state_.flavour) {
        case Flavour::dash:
            state_.output.err(state_.name + ": " + where + ": Syntax error: " + parsed.error + "\n");
            break;
        case Flavour::ash:
            state_.output.err(
                state_.name + ": " + (state_.is_script ? "line " + where + ": " : "") + "syntax error: unexpected " +
                (parsed.token == "end of file" || parsed.token == "newline" ? parsed.token
                                                                            : "\"" + parsed.token + "\"") +
                "\n");
            break;
        case Flavour::bash:
            state_.output.err(state_.name + ": line " + where + ": syntax error" +
                              (parsed.token == "end of file" ? ": unexpected end of file"
                                                             : " near unexpected token `" + parsed.token + "'") +
                              "\n");
            break;
    }
}

Shell::Turn Shell::run_source() {
    Frame& frame = top();
    if (frame.text.empty()) {
        const bool nothing_ran = frame.pc == 0 && !frame.is_trap;
        pop();
        state_.status = nothing_ran ? 0 : state_.status;
        return std::nullopt;
    }
    const Parsed parsed = parse(frame.text);
    if (parsed.what != Parsed::What::complete) {
        syntax_error(parsed, frame.line);
        leave(parsed.error.ends_with(": not modelled") ? 127 : 2);
        return std::nullopt;
    }
    const std::string text = frame.text.substr(0, parsed.used);
    const int line = frame.line;
    frame.text.erase(0, parsed.used);
    frame.line += parsed.lines;
    if (parsed.script.root < 0) {
        return std::nullopt;
    }
    frame.pc = 1;
    const bool tested = frame.tested;
    const bool last = frame.tail && state_.traps.empty() && state_.frames.size() == 1 &&
                      parse(frame.text).script.root < 0 && trim(frame.text).empty();
    drop_units();
    const int unit = add_unit(text, line);
    push_node(unit, parsed.script.root, tested, last);
    return std::nullopt;
}

Shell::Turn Shell::run_node() {
    const Frame& frame = top();
    const Node* node = find_node(frame.unit, frame.node);
    if (node == nullptr) {
        finish(0);
        return std::nullopt;
    }
    switch (node->kind) {
        case NodeKind::list: return run_list(*node);
        case NodeKind::and_or: return run_and_or(*node);
        case NodeKind::pipeline: return run_pipeline(*node);
        case NodeKind::simple: return run_simple(*node);
        case NodeKind::function:
            state_.functions[node->name] = ShellFunction{frame.unit, node->children[0]};
            finish(0);
            return std::nullopt;
        default: return run_compound(*node);
    }
}

Shell::Turn Shell::run_list(const Node& node) {
    Frame& frame = top();
    const auto index = static_cast<std::size_t>(frame.pc);
    if (index >= node.children.size()) {
        finish(state_.status);
        return std::nullopt;
    }
    ++frame.pc;
    const int unit = frame.unit;
    if (node.ops[index] == '&') {
        return run_background(unit, node.children[index]);
    }
    push_node(unit, node.children[index], frame.tested, frame.tail && index + 1 == node.children.size());
    return std::nullopt;
}

Shell::Turn Shell::run_and_or(const Node& node) {
    Frame& frame = top();
    while (true) {
        const auto index = static_cast<std::size_t>(frame.pc);
        if (index >= node.children.size()) {
            finish(state_.status);
            return std::nullopt;
        }
        ++frame.pc;
        const bool runs = index == 0 || (node.ops[index - 1] == '&') == (state_.status == 0);
        if (runs) {
            const bool last = index + 1 == node.children.size();
            push_node(frame.unit, node.children[index], frame.tested || !last, frame.tail && last);
            return std::nullopt;
        }
    }
}

// Redirections of a compound command hold for all of it: pc 0 applies them.
Shell::Turn Shell::run_compound(const Node& node) {
    if (top().pc == 0) {
        if (!node.redirects.empty() && node.kind != NodeKind::subshell) {
            top().tail = false;
            if (!redirect(node, true)) {
                return std::nullopt;
            }
        }
        top().pc = 1;
    }
    Frame& frame = top();
    switch (node.kind) {
        case NodeKind::group:
            if (frame.pc == 2) {
                finish(state_.status);
                return std::nullopt;
            }
            frame.pc = 2;
            push_node(frame.unit, node.children[0], frame.tested, frame.tail);
            return std::nullopt;
        case NodeKind::subshell: return run_pipeline(node);
        case NodeKind::if_clause: return run_if(node);
        case NodeKind::loop: return run_loop(node);
        case NodeKind::for_clause: return run_for(node);
        default: return run_case(node);
    }
}

// children: condition, body, condition, body, …, otherwise. pc 1 + i: condition i runs next; negative: finished.
Shell::Turn Shell::run_if(const Node& node) {
    Frame& frame = top();
    const std::size_t size = node.children.size();
    if (frame.pc < 0) {
        finish(state_.status);
        return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(frame.pc - 1);
    if (index % 2 == 1) {  // the condition at index-1 has run
        if (state_.status == 0) {
            frame.pc = -1;
            push_node(frame.unit, node.children[index], frame.tested, frame.tail);
            return std::nullopt;
        }
        ++frame.pc;
        return std::nullopt;
    }
    if (index >= size) {
        finish(0);
        return std::nullopt;
    }
    const bool otherwise = index + 1 == size;
    frame.pc = otherwise ? -1 : frame.pc + 1;
    push_node(frame.unit, node.children[index], frame.tested || !otherwise, otherwise && frame.tail);
    return std::nullopt;
}

// pc 1: the condition is next, 2: it has run, 3: the body has run.
Shell::Turn Shell::run_loop(const Node& node) {
    Frame& frame = top();
    if (frame.pc == 3) {
        frame.status = state_.status;
        frame.pc = 1;
    }
    if (frame.pc == 1) {
        frame.pc = 2;
        push_node(frame.unit, node.children[0], true, false);
        return std::nullopt;
    }
    if ((state_.status == 0) == node.flag) {
        finish(frame.status);
        return std::nullopt;
    }
    frame.pc = 3;
    push_node(frame.unit, node.children[1], frame.tested, false);
    return std::nullopt;
}

// words: the items that are left.
Shell::Turn Shell::run_for(const Node& node) {
    if (top().pc == 1) {
        Words items = state_.params;
        if (node.flag && !expand_all(node.words, items)) {
            return std::nullopt;
        }
        top().words = std::move(items);
        top().pc = 2;
        top().status = 0;
    } else if (top().pc == 3) {
        top().status = state_.status;
    }
    Frame& frame = top();
    if (frame.words.empty()) {
        finish(frame.status);
        return std::nullopt;
    }
    const std::string item = frame.words.front();
    frame.words.erase(frame.words.begin());
    frame.pc = 3;
    if (!assign(node.name, item)) {
        leave(2);
        return std::nullopt;
    }
    push_node(frame.unit, node.children[0], frame.tested, false);
    return std::nullopt;
}

Shell::Turn Shell::run_case(const Node& node) {
    if (top().pc == 2) {
        finish(state_.status);
        return std::nullopt;
    }
    Words raw = node.words;
    std::string subject;
    Expander expander(*sys_, state_, top().results);
    bool good = expander.single(raw[0], subject);
    int body = -1;
    bool matched = false;
    for (std::size_t i = 0; good && !matched && i < node.cases.size(); ++i) {
        for (const std::string& pattern : node.cases[i].patterns) {
            std::string glob;
            good = good && expander.pattern(pattern, glob);
            if (good && glob_match(glob, subject)) {
                matched = true;
                body = node.cases[i].body;
                break;
            }
        }
    }
    if (!good) {
        if (expander.needed) {
            (void)push_collect(expander.needs);
        } else {
            (void)expansion_failed(expander.error);
        }
        return std::nullopt;
    }
    Frame& frame = top();
    frame.results.clear();
    if (body < 0) {
        finish(0);
        return std::nullopt;
    }
    frame.pc = 2;
    push_node(frame.unit, body, frame.tested, frame.tail);
    return std::nullopt;
}

}  // namespace cutaway::model::programs
