// SPDX-License-Identifier: Apache-2.0
// Commands of Cutaway's own that open no world: replay, trace, doctor.
#pragma once

#include <optional>

#include "core/cli/command_line.h"

namespace cutaway::cli {

// The exit status, if this is one of them.
std::optional<int> run_tool(const CommandLine& line);

}  // namespace cutaway::cli
