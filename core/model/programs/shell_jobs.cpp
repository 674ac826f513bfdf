// SPDX-License-Identifier: Apache-2.0
// Children of a shell: pipelines, subshells, background lists, command substitutions, waiting for all of them.
#include <algorithm>

#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

std::map<int, int> Shell::inherited() const {
    std::map<int, int> descriptors;
    for (const int fd : state_.open) {
        descriptors[fd] = fd;
    }
    return descriptors;
}

std::optional<Pid> Shell::fork_with(Frame frame, const std::map<int, int>& descriptors, bool background) {
    auto child = std::make_unique<Shell>(program_, state_.flavour);
    ShellState& inner = child->state_;
    inner = state_;
    inner.subshell = true;
    inner.fresh_fork = true;
    inner.frames.clear();
    inner.frames.push_back(std::move(frame));
    inner.children.clear();
    inner.finished.clear();
    inner.background.clear();
    inner.pending.clear();
    inner.kept.clear();
    inner.open.clear();
    inner.output.chunks.clear();
    for (const auto& [fd, from] : descriptors) {
        inner.open.insert(fd);
    }
    Result<Pid> pid = sys_->fork(std::move(child), descriptors);
    if (!pid) {
        complain(state_.flavour == Flavour::ash
                     ? "can't fork: " + errno_text(pid.error())
                     : (state_.flavour == Flavour::dash ? "Cannot fork" : "fork: retry: " + errno_text(pid.error())));
        leave(2);
        return std::nullopt;
    }
    state_.children.insert(*pid);
    if (background) {
        state_.background.push_back(*pid);
        state_.last_background = *pid;
    }
    return *pid;
}

std::optional<Pid> Shell::fork_node(int unit, int node, std::map<int, int> descriptors, bool background) {
    Frame frame;
    frame.kind = FrameKind::node;
    frame.unit = unit;
    frame.node = node;
    frame.line = line();
    frame.tail = true;
    frame.tested = !state_.frames.empty() && top().tested;
    return fork_with(std::move(frame), descriptors, background);
}

// A pipeline, or a subshell as a pipeline of its one body. pc 2: all have ended.
Shell::Turn Shell::run_pipeline(const Node& node) {
    const bool subshell = node.kind == NodeKind::subshell;
    if (top().pc == 2) {
        finish(node.flag ? (state_.status == 0 ? 1 : 0) : state_.status);
        return std::nullopt;
    }
    const int unit = top().unit;
    if (!subshell && node.children.size() == 1) {  // "! command"
        top().pc = 2;
        push_node(unit, node.children[0], true, false);
        return std::nullopt;
    }
    if (subshell && !node.redirects.empty() && !redirect(node, true)) {
        return std::nullopt;
    }
    top().pc = 2;
    std::vector<Pid> pids;
    int input = -1;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        std::map<int, int> descriptors = inherited();
        std::pair<int, int> ends{-1, -1};
        if (i + 1 < node.children.size()) {
            Result<std::pair<int, int>> made = sys_->pipe();
            if (!made) {
                complain("pipe: " + errno_text(made.error()));
                leave(2);
                return std::nullopt;
            }
            ends = *made;
            descriptors[1] = ends.second;
        }
        if (input >= 0) {
            descriptors[0] = input;
        }
        const auto pid = fork_node(unit, node.children[i], descriptors, false);
        if (input >= 0) {
            (void)sys_->close(input);
        }
        if (ends.second >= 0) {
            (void)sys_->close(ends.second);
        }
        input = ends.first;
        if (!pid) {
            return std::nullopt;
        }
        pids.push_back(*pid);
    }
    push_wait(std::move(pids));
    return std::nullopt;
}

Shell::Turn Shell::run_background(int unit, int node) {
    std::map<int, int> descriptors = inherited();
    int null = -1;
    if (!state_.interactive) {
        Result<int> opened = sys_->open("/dev/null", OpenFlags{}, 0);
        if (opened) {
            null = *opened;
            descriptors[0] = null;
        }
    }
    const auto pid = fork_node(unit, node, descriptors, true);
    if (null >= 0) {
        (void)sys_->close(null);
    }
    if (!pid) {
        return std::nullopt;
    }
    if (state_.interactive) {
        state_.output.err("[" + std::to_string(state_.background.size()) + "] " + std::to_string(*pid) + "\n");
    }
    state_.status = 0;
    return std::nullopt;
}

void Shell::push_wait(std::vector<Pid> pids) {
    Frame frame;
    frame.kind = FrameKind::wait;
    frame.pids = std::move(pids);
    state_.frames.push_back(std::move(frame));
}

// Takes the ends of all children that have ended; of strangers too (PID 1 is given orphans).
void Shell::reap() {
    for (;;) {
        Result<std::optional<WaitResult>> ended = sys_->wait(-1);
        if (!ended) {
            if (!is_again(ended.error())) {
                for (const Pid pid : state_.children) {
                    state_.finished.emplace(pid, Ended{127, 0});
                }
                state_.children.clear();
            }
            return;
        }
        if (!ended->has_value()) {
            return;
        }
        const WaitResult& result = **ended;
        if (state_.children.erase(result.pid) != 0) {
            state_.finished[result.pid] = Ended{result.code, result.signal};
        }
    }
}

void Shell::report_signal(int signal) {
    const std::string_view words = signal_words(signal);
    if (signal == 2 || signal == 13 || words.empty() || state_.subshell) {
        return;
    }
    state_.output.err(state_.flavour == Flavour::bash && !state_.interactive ? prefix() + std::string(words) + "\n"
                                                                             : std::string(words) + "\n");
}

// wait: the last one's status. wait_builtin: the same for the pids named; with none named, all, and status 0.
Shell::Turn Shell::run_wait() {
    reap();
    Frame& frame = top();
    for (const Pid pid : frame.pids) {
        if (!state_.finished.contains(pid)) {
            if (!state_.children.contains(pid)) {
                state_.finished[pid] = Ended{127, 0};
                continue;
            }
            return Step::wait_child();
        }
    }
    const bool builtin = frame.kind == FrameKind::wait_builtin;
    int status = 0;
    int signal = 0;
    for (const Pid pid : frame.pids) {
        const int code = state_.finished[pid].code;
        status = option('p') && code == 0 ? status : code;  // pipefail: the last that failed
        signal = state_.finished[pid].signal;
        state_.finished.erase(pid);
        std::erase(state_.background, pid);
    }
    if (builtin && frame.pc == 1) {
        status = 0;
    }
    pop();
    state_.status = status;
    if (signal != 0 && !builtin) {
        report_signal(signal);
    }
    return std::nullopt;
}

// Runs a command for its output, which becomes the next of the results of the frame below.
bool Shell::push_collect(const std::string& command, bool for_redirect) {
    Result<std::pair<int, int>> ends = sys_->pipe();
    if (!ends) {
        complain("pipe: " + errno_text(ends.error()));
        leave(2);
        return false;
    }
    Frame body;
    body.kind = FrameKind::source;
    body.text = command;
    body.line = line();
    body.tail = true;
    body.tested = top().tested;
    std::map<int, int> descriptors = inherited();
    descriptors[1] = ends->second;
    const auto pid = fork_with(std::move(body), descriptors, false);
    (void)sys_->close(ends->second);
    if (!pid) {
        (void)sys_->close(ends->first);
        return false;
    }
    Frame frame;
    frame.kind = FrameKind::collect;
    frame.fd = ends->first;
    frame.pc = for_redirect ? 1 : 0;
    frame.pids = {*pid};
    state_.frames.push_back(std::move(frame));
    return true;
}

Shell::Turn Shell::run_collect() {
    Frame& frame = top();
    while (frame.fd >= 0) {
        Result<std::string> got = sys_->read(frame.fd, 65536);
        if (!got && is_again(got.error())) {
            return Step::wait_readable(frame.fd);
        }
        if (!got || got->empty()) {
            (void)sys_->close(frame.fd);
            frame.fd = -1;
        } else {
            frame.text += *got;
        }
    }
    reap();
    const Pid pid = frame.pids[0];
    if (!state_.finished.contains(pid)) {
        return Step::wait_child();
    }
    const int status = state_.finished[pid].code;
    state_.finished.erase(pid);
    std::string text = std::move(frame.text);
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    std::erase(text, '\0');
    const bool for_redirect = frame.pc == 1;
    pop();
    (for_redirect ? top().redirect_results : top().results).push_back(std::move(text));
    top().status = for_redirect ? top().status : status;
    state_.status = status;
    return std::nullopt;
}

}  // namespace cutaway::model::programs
