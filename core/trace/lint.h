// SPDX-License-Identifier: Apache-2.0
// Lint: whether a trace keeps its own promises: numbers without gaps, times that never run back, spans and calls that
// nest and end, containers that were introduced. It says everything it finds, up to a thousand things.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/trace/replay.h"

namespace cutaway::trace {

struct Complaint {
    std::size_t line = 0;  // of the file, from 1
    std::string what;
    friend bool operator==(const Complaint&, const Complaint&) = default;
};

// A trace that stops in the middle (killed, cut) has spans that never ended: `whole` says whether that is a complaint.
std::vector<Complaint> lint(const Trace& trace, bool whole = true);

}  // namespace cutaway::trace
