// SPDX-License-Identifier: Apache-2.0
// One command, from its words to its exit status: the session opened, traced and gated as asked, the verb performed.
#pragma once

#include "core/cli/command_line.h"

namespace cutaway::cli {

int run_command(const CommandLine& line);

}  // namespace cutaway::cli
