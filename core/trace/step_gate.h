// SPDX-License-Identifier: Apache-2.0
// StepGate: the gate behind a stepper or a window. The engine's tasks wait in it, in the order in which they came; the
// person's thread says how far to go. All-stop: while one waits, whoever else comes and would pass a breakpoint waits
// too. It holds its lock only for moments, never while a predicate runs or a task waits. Any thread may call anything.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/trace/breakpoints.h"
#include "core/trace/gate.h"
#include "core/world/cancel.h"

namespace cutaway::trace {

class StepGate final : public Gate, public Sink {
public:
    // `mode`: how far to go before the first stop. `cancel`: ends a wait within 50 ms when somebody requests it.
    explicit StepGate(StepMode mode = StepMode::run, const world::Cancel* cancel = nullptr)
        : mode_(mode), cancel_(cancel) {}

    Status before(const Event& next) override;  // the engine's side
    void passing(const Event& next) override;
    void take(const Event& event) override;  // a sink too, if breakpoints on errors are to be noticed

    void resume(StepMode mode);            // lets the first that waits go on, and sets where the next stop is
    void run_to(const Breakpoint& point);  // resume(run) with a breakpoint that is gone once it was hit
    void pause();                          // stop at the next event that can be asked about, also within a body
    void cancel();                         // all that wait, and all that come until rearm(), get Errc::cancelled
    void rearm(StepMode mode);             // before the next command

    void set_breakpoints(std::vector<Breakpoint> points);
    // Around every wait, on the thread that waits and with no lock held: to let go what others need meanwhile. To be set
    // before anybody comes.
    void around_waits(std::function<void()> begins, std::function<void()> ends);

    [[nodiscard]] std::optional<Event> waiting() const;  // what happens next, if somebody waits
    // Waits until somebody waits here, at most that long. False: nobody did, or the work ended.
    bool wait_for_stop(std::int64_t timeout_ns);
    void finished();  // the work is over: wait_for_stop answers at once

private:
    struct Waiter {
        Event next;
        bool hit = false;  // a breakpoint holds it, however far the others may go
        bool go = false;
    };
    struct Points {
        std::vector<Breakpoint> all;
        std::optional<Breakpoint> once;
    };
    bool hits(const std::shared_ptr<const Points>& points, const Event& next);
    Status wait(std::unique_lock<std::mutex>& lock, const Event& next, bool hit);
    [[nodiscard]] const Waiter* first() const;
    [[nodiscard]] bool given_up() const { return cancelled_ || (cancel_ != nullptr && cancel_->requested()); }
    void go_on(StepMode mode);

    mutable std::mutex mutex_;
    std::condition_variable engine_;
    std::condition_variable person_;
    StepMode mode_;
    const world::Cancel* cancel_;
    std::shared_ptr<const Points> points_ = std::make_shared<const Points>();
    std::vector<bool> held_;  // of each predicate breakpoint: it held at the last look, so it is not news
    std::deque<std::shared_ptr<Waiter>> waiters_;
    std::function<void()> wait_begins_;
    std::function<void()> wait_ends_;
    bool pausing_ = false;
    bool failed_ = false;  // a breakpoint on errors was hit and not yet served
    bool cancelled_ = false;
    bool finished_ = false;
};

}  // namespace cutaway::trace
