// SPDX-License-Identifier: Apache-2.0
// The person's terminal as a program sees it: is it one, what was typed, which signals came. Nothing here waits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace cutaway::host {

bool is_terminal(int fd);
std::optional<std::string> read_now(int fd);  // "" is the end of input; nothing: nothing there now
void catch_signals();                         // SIGINT, SIGTERM, SIGHUP, SIGQUIT are kept for take_signal
std::optional<std::string> take_signal();     // "SIGINT"
std::string read_line(int fd, bool& end);     // waits; for prompts

}  // namespace cutaway::host
