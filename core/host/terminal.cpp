// SPDX-License-Identifier: Apache-2.0
#include "core/host/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace cutaway::host {

namespace {

struct Caught {
    int number;
    const char* name;
};
constexpr std::array<Caught, 4> signals{
    {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGQUIT, "SIGQUIT"}}};

// A handler may touch nothing else.
std::array<std::atomic<bool>, 4>& pending() {
    static std::array<std::atomic<bool>, 4> flags{};
    return flags;
}

extern "C" void keep_signal(int number) {
    for (std::size_t i = 0; i < signals.size(); ++i) {
        if (signals[i].number == number) {
            pending()[i].store(true);
        }
    }
}

}  // namespace

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::optional<std::string> read_now(int fd) {
    pollfd wanted{fd, POLLIN, 0};
    if (::poll(&wanted, 1, 0) <= 0) {
        return std::nullopt;
    }
    std::array<char, 32768> buffer{};
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) {
        return errno == EINTR || errno == EAGAIN ? std::nullopt : std::optional<std::string>("");
    }
    return std::string(buffer.data(), static_cast<std::size_t>(got));
}

namespace {

struct Before {
    int fd = -1;
    termios settings{};
};
// Of the process: a terminal belongs to nobody else in it, and must be itself again when the process ends.
Before& before_raw() {
    static Before before;
    return before;
}

void come_back() {
    Before& before = before_raw();
    if (before.fd >= 0) {
        static_cast<void>(::tcsetattr(before.fd, TCSADRAIN, &before.settings));
        before.fd = -1;
    }
}

}  // namespace

namespace {

// Nothing, unless fd is a terminal; it is itself again at exit.
std::optional<termios> settings_to_change(int fd) {
    termios settings{};
    if (::tcgetattr(fd, &settings) < 0) {
        return std::nullopt;
    }
    static const int registered = std::atexit(come_back);
    static_cast<void>(registered);
    before_raw() = {fd, settings};
    return settings;
}

}  // namespace

void set_raw(int fd, bool on) {
    come_back();
    std::optional<termios> settings = on ? settings_to_change(fd) : std::nullopt;
    if (settings) {
        ::cfmakeraw(&*settings);
        static_cast<void>(::tcsetattr(fd, TCSADRAIN, &*settings));
    }
}

void set_echo(int fd, bool on) {
    come_back();
    std::optional<termios> settings = on ? std::nullopt : settings_to_change(fd);
    if (settings) {
        settings->c_lflag &= ~static_cast<tcflag_t>(ECHO);
        static_cast<void>(::tcsetattr(fd, TCSAFLUSH, &*settings));
    }
}

std::function<void()> way_back(int fd) {
    termios settings{};
    if (::tcgetattr(fd, &settings) < 0) {
        return [] {};
    }
    return [fd, settings] { static_cast<void>(::tcsetattr(fd, TCSADRAIN, &settings)); };
}

std::optional<WindowSize> window_size(int fd) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) {
        return std::nullopt;
    }
    return WindowSize{size.ws_row, size.ws_col};
}

void catch_signals() {
    pending();  // made before any handler can run
    struct sigaction action {};
    action.sa_handler = keep_signal;
    for (const Caught& one : signals) {
        ::sigaction(one.number, &action, nullptr);
    }
}

std::optional<std::string> take_signal() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
        if (pending()[i].exchange(false)) {
            return signals[i].name;
        }
    }
    return std::nullopt;
}

std::string read_line(int fd, bool& end) {
    std::string line;
    char c = 0;
    for (;;) {
        const ssize_t got = ::read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            end = line.empty();
            return line;
        }
        if (c == '\n') {
            return line;
        }
        line.push_back(c);
    }
}

}  // namespace cutaway::host
