// SPDX-License-Identifier: Apache-2.0
// Narrator: how workers say what they are doing. Spans nest (command ⊃ phase ⊃ step); calls that a world performs
// fall into the innermost open span. A span marked clean_up is neither gated nor cancelled.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/world/note.h"

namespace cutaway::world {

enum class Grain { command, phase, step };
CUTAWAY_ENUM(Grain, command, phase, step)

struct SpanStart {
    static constexpr std::string_view kind = "span";
    Grain grain = Grain::step;
    Phase phase = Phase::none;  // none: the enclosing span's
    std::string title;          // "create the container's record": one line for the stepper and the rail
    Actor actor = Actor::daemon;
    std::string container;  // full id; empty: the enclosing span's
    bool clean_up = false;
    friend bool operator==(const SpanStart&, const SpanStart&) = default;
};
CUTAWAY_FIELDS(SpanStart, grain, phase, title, actor, container, clean_up)

// A call that another process performs and reports over a channel: its parent asks before and tells after.
struct Remote {
    Actor actor = Actor::runtime;
    Phase phase = Phase::none;
    std::string container;
};

class Narrator {
public:
    virtual ~Narrator() = default;
    virtual Status begin(const SpanStart& span) = 0;  // a gate: Errc::cancelled if the person gave up here
    virtual void end(const Error* error) = 0;         // the innermost span; null: it went well
    virtual void note(Note note) = 0;
    // Of calls in other processes. before() gates; after() records the end of the call begun last on this narrator.
    virtual Status before(const Remote& who, const Call& call) = 0;
    virtual void after(const Result<Reply>& result) = 0;
    // False: nobody looks on and nobody can hold things up, so what would be asked one by one may go at once.
    [[nodiscard]] virtual bool attends() const { return true; }
};

// Opens a span and closes it on the way out: Span span(narrator); TRY(span.open({...})); … span.fail(error) if not well.
class Span {
public:
    explicit Span(Narrator& narrator) : narrator_(narrator) {}
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span() { close(nullptr); }

    Status open(const SpanStart& start) {
        Status status = narrator_.begin(start);
        open_ = status.has_value();
        return status;
    }
    void close(const Error* error) {
        if (open_) {
            narrator_.end(error);
            open_ = false;
        }
    }

private:
    Narrator& narrator_;
    bool open_ = false;
};

// Runs `work` inside a span and records how it ended.
template <class Work>
auto within(Narrator& narrator, const SpanStart& start, Work&& work) -> decltype(work()) {
    Span span(narrator);
    if (Status opened = span.open(start); !opened) {
        return std::move(opened).error();
    }
    auto result = work();
    span.close(result ? nullptr : &result.error());
    return result;
}

}  // namespace cutaway::world
