// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_console.h"

#include <cstdio>

#include "core/host/syscall.h"
#include "core/host/terminal.h"

namespace cutaway::cli {

namespace {

void put(std::FILE* file, std::string_view bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fflush(file);
}

}  // namespace

ProcessConsole::ProcessConsole(std::string world)
    : world_(std::move(world)),
      bars_([this](std::string_view text) { err(text); }, [this] { return screen(engine::Stream::err); }) {}

void ProcessConsole::out(std::string_view bytes) { put(stdout, bytes); }
void ProcessConsole::err(std::string_view bytes) { put(stderr, bytes); }
bool ProcessConsole::is_terminal() const { return host::is_terminal(1); }

std::optional<engine::TerminalSize> ProcessConsole::screen(engine::Stream stream) const {
    const int fd = stream == engine::Stream::out ? 1 : 2;
    const std::optional<host::WindowSize> size = shared_ ? std::nullopt : host::window_size(fd);
    return size ? std::optional<engine::TerminalSize>({size->rows, size->columns}) : std::nullopt;
}

void ProcessConsole::progress(const engine::LayerBar& bar) {
    if (screen(engine::Stream::err)) {
        bars_.progress(bar);
    }
}

void ProcessConsole::layer(std::string_view id, std::string_view status) {
    screen(engine::Stream::err) ? bars_.layer(id, status) : Console::layer(id, status);
}

void ProcessConsole::say(std::string_view line) { screen(engine::Stream::err) ? bars_.say(line) : Console::say(line); }

bool ProcessConsole::types() const { return host::is_terminal(0); }
std::optional<std::string> ProcessConsole::signal() { return host::take_signal(); }

// A simulated terminal has no line editing of its own: there the person's goes on doing that.
void ProcessConsole::raw(bool on) {
    if (world_ == "real") {
        host::set_raw(0, on);
    }
}

std::optional<engine::TerminalSize> ProcessConsole::resized() {
    const std::optional<host::WindowSize> now = host::window_size(1);
    if (!now || (now->rows == size_.rows && now->columns == size_.columns)) {
        return std::nullopt;
    }
    size_ = {now->rows, now->columns};
    return size_;
}

Result<std::size_t> ProcessConsole::read_input(std::span<char> into) { return host::read_some(0, into); }

// A simulated machine has directories of its own.
std::string ProcessConsole::directory() const {
    return world_ == "real" ? host::working_directory().value_or("/") : Console::directory();
}

std::string ProcessConsole::all_input() {
    std::string all;
    bool end = false;
    while (!end) {
        const std::string line = host::read_line(0, end);
        all += end && line.empty() ? "" : line + "\n";
    }
    return all;
}

std::string ProcessConsole::answer() {
    bool end = false;
    std::string line = host::read_line(0, end);
    put(stdout, end ? "\n" : "");
    return line;
}

std::string ProcessConsole::secret_answer() {
    host::set_echo(0, false);
    bool end = false;
    std::string line = host::read_line(0, end);
    host::set_echo(0, true);
    put(stdout, "\n");
    return line;
}

std::optional<std::string> ProcessConsole::input() {
    std::optional<std::string> read = input_ended_ ? std::nullopt : host::read_now(0);
    input_ended_ = input_ended_ || (read && read->empty());  // the end of input is told once
    return read;
}

std::optional<std::string> TypedLines::next(const std::string& prompt) {
    put(stderr, prompt);
    bool end = false;
    std::string line = host::read_line(0, end);
    if (end && line.empty()) {
        put(stderr, "\n");
        return std::nullopt;
    }
    return line;
}

}  // namespace cutaway::cli
