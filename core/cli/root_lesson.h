// SPDX-License-Identifier: Apache-2.0
// `cutaway lesson …`: lists, shows, plays and tries out lessons. Each lesson is played on a simulated machine of its
// own, made afresh each time; progress is kept beside it in the state directory.
#pragma once

#include <optional>

#include "core/cli/command_line.h"

namespace cutaway::cli {

// The exit status, if the words begin with "lesson".
std::optional<int> run_lesson(const CommandLine& line);

}  // namespace cutaway::cli
