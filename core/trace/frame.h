// SPDX-License-Identifier: Apache-2.0
// Frame: one task's open spans, and the one way in which a call becomes events: cancel looked at, gate asked, begun,
// made, ended, observations drained. The decorators of traced.cpp share it; nobody outside this room uses it.
// One thread at a time, like the Kernel whose calls it records. Holds no lock while a gate decides or a call runs.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/trace/recorder.h"
#include "core/world/cancel.h"
#include "core/world/world.h"

namespace cutaway::trace {

// An open span or a call that has begun: what its end and its progress need to say.
struct Mark {
    std::uint32_t span = 0;
    std::uint32_t parent = 0;
    world::Actor actor = world::Actor::daemon;
    world::Phase phase = world::Phase::none;
    std::string container;
    bool clean_up = false;
};

// Every task's calls drain the one Watch of a world; what they find waits here for whoever asks for it.
class Witness {
public:
    Witness(world::Watch& watch, Recorder& recorder) : watch_(watch), recorder_(recorder) {}
    void drain(const Mark& at);
    Result<std::vector<world::Observed>> next(std::int64_t timeout_ns, const Mark& at);

private:
    void record(const std::vector<world::Observed>& seen, const Mark& at);
    void keep(std::vector<world::Observed> seen);
    std::vector<world::Observed> take_kept();

    world::Watch& watch_;
    Recorder& recorder_;
    std::mutex reading_;  // held while the Watch is asked, so that observations are recorded in its order
    std::mutex kept_mutex_;
    std::deque<world::Observed> kept_;
};

class Frame {
public:
    Frame(Recorder& recorder, Witness& witness, const world::Cancel& cancel, Mark base)
        : recorder_(recorder), witness_(witness), cancel_(cancel), open_{std::move(base)} {}

    Status begin(const world::SpanStart& start);
    void end(const Error* error);
    [[nodiscard]] bool attended() const { return recorder_.attended(); }
    void locked(bool now) { locks_ += now ? 1 : -1; }
    void note(world::Note note);

    // Asks and records the beginning; on Errc::cancelled the end is recorded too and the call must not be made.
    Result<Mark> begin_call(world::Call call, const world::Remote* who = nullptr);
    void end_call(const Mark& mark, const Result<world::Reply>& result);
    Status progress(const Mark& mark, std::uint64_t done, std::uint64_t total);

    template <class Made>
    Result<world::Reply> call(world::Call call, Made&& made) {
        Result<Mark> mark = begin_call(std::move(call));
        if (!mark) {
            return std::move(mark).error();
        }
        Result<world::Reply> result = made();
        end_call(*mark, result);
        return result;
    }

    [[nodiscard]] const Mark& top() const { return open_.back(); }
    void drain() {
        if (attended()) {
            witness_.drain(top());
        }
    }

private:
    Status ask(const Event& next, bool clean_up);
    Event event(EventKind kind, const Mark& mark, Body body) const;

    Recorder& recorder_;
    Witness& witness_;
    const world::Cancel& cancel_;
    int locks_ = 0;           // of the disk that this task holds
    std::vector<Mark> open_;  // the first is the enclosing task's span, or the top: number 0
};

}  // namespace cutaway::trace
