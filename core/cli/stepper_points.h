// SPDX-License-Identifier: Apache-2.0
// Where to stop, as a person types it: phase:overlay, step:"join the layers", call:mount, container:web, error, several
// of them together, or a condition over the Picture (docs/expressions.md). The same point serves a live gate and a
// search in either direction. Pure but for what a condition held last.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/cli/stepper_tape.h"
#include "core/scene/expression.h"
#include "core/trace/breakpoints.h"

namespace cutaway::cli {

struct StopPoint {
    std::string text;  // as typed
    trace::Breakpoint where;
    std::optional<scene::Expression> condition;
};

Result<StopPoint> parse_point(const std::string& text);

// Whether the stop is before this event. Never of an `error`, which stops behind one, nor of a condition.
bool stops_before(const StopPoint& point, const Tape& tape, const trace::Event& next);
bool is_failure_of(const StopPoint& point, const Tape& tape, const trace::Event& event);

// The nearest position behind or before `from` at which it stops; nothing: there is none on this tape.
std::optional<std::size_t> find_stop(const StopPoint& point, const Tape& tape, std::size_t from);
std::optional<std::size_t> find_stop_back(const StopPoint& point, const Tape& tape, std::size_t from);

}  // namespace cutaway::cli
