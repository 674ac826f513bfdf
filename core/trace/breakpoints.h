// SPDX-License-Identifier: Apache-2.0
// Breakpoints: where to stop, as a value that matches events; the same for a live gate and for a cursor in either
// direction. All that is set must hold. Whether a predicate over the Picture holds is `scene`'s to say.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/trace/event.h"

namespace cutaway::trace {

// How far "go on" goes: to the next phase, step or call, or on until a breakpoint.
enum class StepMode { phase, step, call, run };
CUTAWAY_ENUM(StepMode, phase, step, call, run)

struct Breakpoint {
    std::optional<world::Phase> phase;  // alone: where the phase begins; with others: only inside it
    std::string step;                   // part of a step's or phase's title
    std::string call;                   // a call's kind: "mount"
    std::string container;              // a full id or the beginning of one
    bool error = false;                 // something failed: the stop is before whatever comes next
    std::function<bool(const Event&)> predicate;
};

// True before the event at which to stop. Observations and notes are never stops unless an error or a predicate asks.
bool matches(const Breakpoint& point, const Event& event);

bool stops_at(StepMode mode, const Event& event);

}  // namespace cutaway::trace
