// SPDX-License-Identifier: Apache-2.0
// Event: one line of a trace. Only the recorder makes them, from the traced decorators around a world (calls), from
// Watch (observations) and from narrators (spans, notes). Everything that anyone sees is a fold of these.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/base/result.h"
#include "core/base/sum.h"
#include "core/world/narrator.h"
#include "core/world/note.h"
#include "core/world/observation.h"
#include "core/world/world.h"

namespace cutaway::trace {

// span_begin … span_end enclose calls; call_begin is written before the call is made, so a trace that stops there
// shows what was about to happen. A reader skips `note`, `observed` and `progress` bodies whose kind it does not
// know; an unknown call or event kind is essential and makes the trace view-only.
enum class EventKind { span_begin, span_end, call_begin, progress, call_end, note, observed };
CUTAWAY_ENUM(EventKind, span_begin, span_end, call_begin, progress, call_end, note, observed)

struct SpanEnd {
    static constexpr std::string_view kind = "span_end";
    bool failed = false;
    Errc code = Errc::internal;
    std::string error;
    friend bool operator==(const SpanEnd&, const SpanEnd&) = default;
};
CUTAWAY_FIELDS(SpanEnd, failed, code, error)

struct Progress {  // of the call begun with this span: bytes or entries
    static constexpr std::string_view kind = "progress";
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    friend bool operator==(const Progress&, const Progress&) = default;
};
CUTAWAY_FIELDS(Progress, done, total)

struct CallEnd {
    static constexpr std::string_view kind = "call_end";
    bool failed = false;
    Errc code = Errc::internal;
    int sys_errno = 0;
    std::string error;
    world::Reply reply;
    friend bool operator==(const CallEnd&, const CallEnd&) = default;
};
CUTAWAY_FIELDS(CallEnd, failed, code, sys_errno, error, reply)

CUTAWAY_SUM(Body, world::SpanStart, SpanEnd, world::Call, Progress, CallEnd, world::Note, world::Observation)

struct Event {
    std::uint64_t seq = 0;  // from 1, without gaps
    std::int64_t t_ns = 0;  // on the world's monotonic clock
    EventKind kind = EventKind::note;
    std::uint32_t span = 0;    // a span's or a call's own number; of notes and observations: the enclosing one, or 0
    std::uint32_t parent = 0;  // of span_begin and call_begin: the enclosing span, 0 at the top
    world::Actor actor = world::Actor::daemon;
    world::Phase phase = world::Phase::none;
    world::Evidence evidence = world::Evidence::performed;
    std::string container;
    Body body;  // the alternative that `kind` names; body index and kind always agree
    friend bool operator==(const Event&, const Event&) = default;
};

Event event_of(const world::Observed& seen);        // no seq, no span, no evidence yet
std::string container_of(const world::Call& call);  // whose it is, as far as the call says; an exec is its container's

// The first line of a trace.
struct Header {
    std::string format = "cutaway-trace";
    std::uint32_t version = 1;
    std::string program;  // "cutaway 0.1.0"
    std::string world;    // "model" or "real"
    std::uint64_t seed = 0;
    std::int64_t wall_ns = 0;  // at seq 1
    world::MachineProfile machine;
    friend bool operator==(const Header&, const Header&) = default;
};
CUTAWAY_FIELDS(Header, format, version, program, world, seed, wall_ns, machine)

}  // namespace cutaway::trace
