// SPDX-License-Identifier: Apache-2.0
// What an engine's worker does: one command, performed as `cutaway --world real` itself would, while the engine's
// watchers look on and may hold it up. Inside the worker's process alone.
#pragma once

#include <vector>

#include "core/cli/command_line.h"
#include "core/link/protocol.h"
#include "core/trace/breakpoints.h"

namespace cutaway::cli {

struct WorkOrder {
    CommandLine line;
    std::vector<link::Order> points;  // breakpoints that are set already
    int socket = -1;                  // the engine's
    int trace = -1;                   // a file of the caller's
};

int work(const WorkOrder& order);

// A breakpoint as the gate of a run takes it; one sentence if it cannot be one.
Result<trace::Breakpoint> read_gate_point(const std::string& text);

}  // namespace cutaway::cli
