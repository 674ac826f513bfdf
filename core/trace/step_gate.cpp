// SPDX-License-Identifier: Apache-2.0
#include "core/trace/step_gate.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cutaway::trace {

namespace {

constexpr auto look_at_cancel = std::chrono::milliseconds(50);

Error given_up_error() { return fail(Errc::cancelled, "cancelled at a stop"); }

}  // namespace

Status StepGate::before(const Event& next) {
    std::shared_ptr<const Points> points;
    {
        const std::lock_guard lock(mutex_);
        if (given_up()) {
            return given_up_error();
        }
        points = points_;
    }
    const bool hit = hits(points, next);  // predicates may look at a Picture and take their time
    std::unique_lock lock(mutex_);
    const bool held = hit || pausing_ || failed_;
    if (!held && !stops_at(mode_, next) && first() == nullptr) {
        return {};
    }
    pausing_ = false;
    failed_ = false;
    return wait(lock, next, held);
}

void StepGate::passing(const Event& next) {
    std::shared_ptr<const Points> points;
    {
        const std::lock_guard lock(mutex_);
        points = points_;
    }
    const bool hit = hits(points, next);
    const std::lock_guard lock(mutex_);
    pausing_ = pausing_ || hit || stops_at(mode_, next);
}

bool StepGate::hits(const std::shared_ptr<const Points>& points, const Event& next) {
    bool hit = false;
    for (std::size_t i = 0; i < points->all.size(); ++i) {
        const Breakpoint& point = points->all[i];
        const bool holds = !point.error && matches(point, next);
        if (!point.predicate) {
            hit = hit || holds;
            continue;
        }
        // A condition that goes on holding would stop at every call: only its becoming true is a stop.
        const std::lock_guard lock(mutex_);
        if (points_ == points) {
            hit = hit || (holds && !held_[i]);
            held_[i] = holds;
        }
    }
    if (points->once.has_value() && !points->once->error && matches(*points->once, next)) {
        const std::lock_guard lock(mutex_);
        if (points_ == points) {
            points_ = std::make_shared<const Points>(Points{points->all, std::nullopt});
            hit = true;
        }
    }
    return hit;
}

Status StepGate::wait(std::unique_lock<std::mutex>& lock, const Event& next, bool hit) {
    if (wait_begins_) {
        lock.unlock();
        wait_begins_();
        lock.lock();
    }
    const auto self = std::make_shared<Waiter>(Waiter{next, hit, false});
    waiters_.push_back(self);
    person_.notify_all();
    while (!self->go && !given_up()) {
        if (cancel_ == nullptr) {
            engine_.wait(lock);
        } else {
            (void)engine_.wait_for(lock, look_at_cancel);
        }
    }
    waiters_.erase(std::find(waiters_.begin(), waiters_.end(), self));
    person_.notify_all();
    const bool over = given_up();
    if (wait_ends_) {
        lock.unlock();
        wait_ends_();
    }
    return over ? Status(given_up_error()) : Status();
}

void StepGate::take(const Event& event) {
    if (event.kind != EventKind::call_end && event.kind != EventKind::span_end) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto failure = [&](const Breakpoint& point) { return point.error && matches(point, event); };
    if (std::any_of(points_->all.begin(), points_->all.end(), failure)) {
        failed_ = true;
    }
    if (points_->once.has_value() && failure(*points_->once)) {
        points_ = std::make_shared<const Points>(Points{points_->all, std::nullopt});
        failed_ = true;
    }
}

const StepGate::Waiter* StepGate::first() const {
    for (const auto& waiter : waiters_) {
        if (!waiter->go) {
            return waiter.get();
        }
    }
    return nullptr;
}

// The first goes on whatever it is; of the others, those that the new mode would not have stopped.
void StepGate::go_on(StepMode mode) {
    mode_ = mode;
    bool front = true;
    for (const auto& waiter : waiters_) {
        if (waiter->go) {
            continue;
        }
        waiter->go = front || (!waiter->hit && !stops_at(mode, waiter->next));
        front = false;
    }
    engine_.notify_all();
}

void StepGate::resume(StepMode mode) {
    const std::lock_guard lock(mutex_);
    pausing_ = false;
    go_on(mode);
}

void StepGate::run_to(const Breakpoint& point) {
    const std::lock_guard lock(mutex_);
    pausing_ = false;
    points_ = std::make_shared<const Points>(Points{points_->all, point});
    go_on(StepMode::run);
}

void StepGate::pause() {
    const std::lock_guard lock(mutex_);
    pausing_ = true;
}

void StepGate::cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    engine_.notify_all();
}

void StepGate::rearm(StepMode mode) {
    const std::lock_guard lock(mutex_);
    cancelled_ = false;
    finished_ = false;
    pausing_ = false;
    failed_ = false;
    mode_ = mode;
}

void StepGate::set_breakpoints(std::vector<Breakpoint> points) {
    const std::lock_guard lock(mutex_);
    held_.assign(points.size(), false);
    points_ = std::make_shared<const Points>(Points{std::move(points), std::nullopt});
}

void StepGate::around_waits(std::function<void()> begins, std::function<void()> ends) {
    const std::lock_guard lock(mutex_);
    wait_begins_ = std::move(begins);
    wait_ends_ = std::move(ends);
}

std::optional<Event> StepGate::waiting() const {
    const std::lock_guard lock(mutex_);
    const Waiter* waiter = first();
    return waiter == nullptr ? std::nullopt : std::optional<Event>(waiter->next);
}

bool StepGate::wait_for_stop(std::int64_t timeout_ns) {
    std::unique_lock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns);
    (void)person_.wait_until(lock, until, [&] { return first() != nullptr || finished_; });
    return first() != nullptr;
}

void StepGate::finished() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    person_.notify_all();
}

}  // namespace cutaway::trace
