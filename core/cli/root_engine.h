// SPDX-License-Identifier: Apache-2.0
// `cutaway engine --socket PATH`: the privileged engine as a process of its own. It listens, checks who comes, and gives
// each command a worker of its own; what they tell goes to whoever watches. Ends on SIGTERM or SIGINT; containers run on.
#pragma once

#include "core/cli/command_line.h"

namespace cutaway::cli {

int serve(const CommandLine& line);

}  // namespace cutaway::cli
