// SPDX-License-Identifier: Apache-2.0
// A command line that asks an engine behind a socket: `cutaway --engine PATH run …`. The command's input, output and
// terminal are this process's own, handed over; signals are handed on; the exit status is the command's.
#pragma once

#include <string>

#include "core/cli/command_line.h"

namespace cutaway::cli {

int ask_engine(const CommandLine& line);
int watch_engine(const CommandLine& line);  // `cutaway watch`

int complain(const std::string& text, int status);  // answers the status

}  // namespace cutaway::cli
