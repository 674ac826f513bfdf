// SPDX-License-Identifier: Apache-2.0
// The verbs that work on recorded traces, on their own and without a world: replay (look, or step through it), and
// trace lint, diff and export. They read files and change none but the one that export is told to write.
#pragma once

#include <string>
#include <vector>

#include "core/cli/console.h"
#include "core/cli/stepper.h"

namespace cutaway::cli {

// words: "replay", FILE, then [--at N | --phase P] [--show POINTER] [--json]. Without --at, --phase, --show and --json
// the desk opens, on `lines`.
int replay(const std::vector<std::string>& words, LineSource& lines, Console& console);

// words: "trace", then lint FILE | diff A B | export FILE [--html] [--to FILE]
int trace_verb(const std::vector<std::string>& words, Console& console);

}  // namespace cutaway::cli
