// SPDX-License-Identifier: Apache-2.0
#include "core/link/run_gate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/trace/line.h"

namespace cutaway::link {

RunGate::RunGate(Ways ways) : ways_(std::move(ways)) {
    gate_.around_waits([this] { stand(); }, [this] { go(); });
}

void RunGate::put(const std::string& text) {
    const std::lock_guard lock(saying_);
    for (std::size_t at = 0; at < text.size(); at += longest_text) {
        ways_.say(Text{0, text.substr(at, longest_text)});
    }
}

void RunGate::begin(const trace::Header& header) {
    std::string line;
    trace::append_header(line, header);
    put(line + "\n");
}

void RunGate::take(const trace::Event& event) {
    gate_.take(event);
    line_.clear();
    trace::append_line(line_, event);
    line_ += '\n';
    put(line_);
}

Status RunGate::before(const trace::Event& next) {
    const std::thread::id task = std::this_thread::get_id();
    {
        const std::lock_guard lock(mutex_);
        asked_[task] = &next;
    }
    Status answer = gate_.before(next);
    const std::lock_guard lock(mutex_);
    asked_.erase(task);
    return answer;
}

// The first to stop is the one that is shown; the others come behind it, in their order.
void RunGate::stand() {
    const std::lock_guard saying(saying_);
    const std::lock_guard lock(mutex_);
    const std::thread::id task = std::this_thread::get_id();
    Waiting waiting{task, ""};
    trace::append_line(waiting.next, *asked_.at(task));
    waiting_.push_back(std::move(waiting));
    if (waiting_.size() == 1) {
        ways_.say(Stood{0, waiting_.front().next});
    }
}

void RunGate::go() {
    const std::lock_guard saying(saying_);
    const std::lock_guard lock(mutex_);
    const std::thread::id task = std::this_thread::get_id();
    const auto mine =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& one) { return one.task == task; });
    const bool was_shown = mine == waiting_.begin();
    waiting_.erase(mine);
    if (!was_shown) {
        return;
    }
    ways_.say(WentOn{0, last_.who, last_.what});
    if (!waiting_.empty()) {
        ways_.say(Stood{0, waiting_.front().next});
    }
}

void RunGate::stepped(bool stands) {
    const std::lock_guard saying(saying_);
    if (stands) {
        ways_.say(Stood{});
    } else {
        ways_.say(WentOn{});
    }
}

void RunGate::give_up() { gate_.cancel(); }

void RunGate::set_points() {
    std::vector<trace::Breakpoint> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, point] : points_) {
            all.push_back(point);
        }
    }
    gate_.set_breakpoints(std::move(all));
}

// A stop is said before the task stands in the gate; an answer that is faster than that would pass it by.
void RunGate::await_stop() {
    bool said = false;
    {
        const std::lock_guard lock(mutex_);
        said = !waiting_.empty();
    }
    if (said) {
        static_cast<void>(gate_.wait_for_stop(1'000'000'000));
    }
}

void RunGate::obey(const Order& order) {
    if (order.what == OrderKind::add) {
        Result<trace::Breakpoint> point = ways_.read_point(order.text);
        if (point) {  // the hub has read it before
            const std::lock_guard lock(mutex_);
            points_[order.point] = std::move(*point);
        }
        return set_points();
    }
    {
        const std::lock_guard lock(mutex_);
        if (order.what == OrderKind::remove) {
            points_.erase(order.point);
        } else if (order.what != OrderKind::pause) {
            last_ = order;
        }
    }
    await_stop();
    switch (order.what) {
        case OrderKind::phase: return gate_.resume(trace::StepMode::phase);
        case OrderKind::step: return gate_.resume(trace::StepMode::step);
        case OrderKind::call: return gate_.resume(trace::StepMode::call);
        case OrderKind::go: return gate_.resume(trace::StepMode::run);
        case OrderKind::pause: return gate_.pause();
        case OrderKind::cancel: gate_.cancel(); return ways_.cancel();
        case OrderKind::add:
        case OrderKind::remove: return set_points();
    }
}

}  // namespace cutaway::link
