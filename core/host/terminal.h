// SPDX-License-Identifier: Apache-2.0
// The person's terminal as a program sees it: is it one, what was typed, which signals came. Nothing here waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace cutaway::host {

bool is_terminal(int fd);
std::optional<std::string> read_now(int fd);  // "" is the end of input; nothing: nothing there now
// Keys as they are, unless fd is no terminal; the second call brings back what was before the first. Also at exit.
void set_raw(int fd, bool on);
// What is typed is shown, or not; also undone at exit.
void set_echo(int fd, bool on);
// Brings fd back to how it is now, whoever changed it since; does nothing where fd is no terminal.
std::function<void()> way_back(int fd);
struct WindowSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    friend bool operator==(const WindowSize&, const WindowSize&) = default;
};
std::optional<WindowSize> window_size(int fd);
void catch_signals();                      // SIGINT, SIGTERM, SIGHUP, SIGQUIT are kept for take_signal
std::optional<std::string> take_signal();  // "SIGINT"
std::string read_line(int fd, bool& end);  // waits; for prompts

}  // namespace cutaway::host
