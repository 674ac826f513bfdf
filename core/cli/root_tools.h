// SPDX-License-Identifier: Apache-2.0
// Commands of Cutaway's own that open no world: replay, trace, doctor.
#pragma once

#include <optional>

#include "core/cli/command_line.h"

namespace cutaway::cli {

// Cutaway without a command: the window where there is a display, else the flagship in the terminal's stepper: then the
// line is what to run. The exit status, if nothing is left to do.
std::optional<int> start_window(CommandLine& line);

// The exit status, if this is one of them.
std::optional<int> run_tool(const CommandLine& line);

}  // namespace cutaway::cli
