// SPDX-License-Identifier: Apache-2.0
// Signals as people type them for kill, stop and --stop-signal: "TERM", "sigterm", "15", "RTMIN+3". Pure. The errors
// are the daemon's: those of moby's signal package and of its ContainerKill.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cutaway::engine {

// "SIGTERM", or the number of a real-time signal.
Result<std::string> parse_signal(const std::string& given);

// 15 of "SIGTERM"; a real-time signal's text is its number.
int signal_number(const std::string& parsed);

}  // namespace cutaway::engine
