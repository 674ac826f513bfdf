// SPDX-License-Identifier: Apache-2.0
#include "core/host/bundle_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "core/host/bundle_process.h"
#include "core/host/kernel_calls.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr int slice_ms = 50;  // how late a new window's size or a signal may be noticed

class Relay {
public:
    explicit Relay(Fd outer) : outer_(std::move(outer)) {
        static_cast<void>(::fcntl(outer_.get(), F_SETFL, O_NONBLOCK));
    }

    void turn() {
        std::array<pollfd, 3> all{pollfd{input_over_ ? -1 : 0, POLLIN, 0}, pollfd{outer_.get(), POLLIN, 0},
                                  pollfd{typed_.empty() ? -1 : outer_.get(), POLLOUT, 0}};
        if (::poll(all.data(), all.size(), slice_ms) > 0) {
            if ((all[0].revents & (POLLIN | POLLHUP)) != 0) {
                read_typed();
            }
            copy_printed();
            pass_typed();
        }
        follow_size();
    }
    // What is left to print when the process has ended already.
    void copy_printed() {
        std::array<char, 32768> bytes;
        while (outer_.open()) {
            const ssize_t got = ::read(outer_.get(), bytes.data(), bytes.size());
            if (got > 0) {
                static_cast<void>(write_all(1, {bytes.data(), static_cast<std::size_t>(got)}));
                continue;
            }
            if (got == 0 || (errno != EAGAIN && errno != EINTR)) {  // EIO: nobody holds the inner end any more
                outer_.reset();
            }
            return;
        }
    }

private:
    void read_typed() {
        std::array<char, 4096> bytes;
        const ssize_t got = ::read(0, bytes.data(), bytes.size());
        input_over_ = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
        typed_.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        if (input_over_ && got == 0) {
            typed_ += '\x04';  // a terminal's input ends by Ctrl-D
        }
    }
    void pass_typed() {
        if (outer_.open() && !typed_.empty()) {
            const ssize_t put = ::write(outer_.get(), typed_.data(), typed_.size());
            typed_.erase(0, put > 0 ? static_cast<std::size_t>(put) : 0);
        }
    }
    void follow_size() {
        const std::optional<WindowSize> now = window_size(0);
        if (now && outer_.open() && !(*now == size_)) {
            size_ = *now;
            set_window_size(outer_.get(), size_);
        }
    }

    Fd outer_;
    WindowSize size_ = window_size(0).value_or(WindowSize{});
    std::string typed_;
    bool input_over_ = false;
};

}  // namespace

void set_window_size(int terminal, const WindowSize& size) {
    const winsize wanted{size.rows, size.columns, 0, 0};
    static_cast<void>(::ioctl(terminal, TIOCSWINSZ, &wanted));
}

ExitFacts hold_terminal(Fd outer, std::int64_t pid) {
    Relay relay(std::move(outer));
    set_raw(0, true);
    for (;;) {
        relay.turn();
        if (const auto signal = take_signal()) {
            static_cast<void>(::kill(static_cast<pid_t>(pid), to_signal(*signal)));
        }
        if (const auto ended = await_child(pid, 0)) {
            relay.copy_printed();
            set_raw(0, false);
            return *ended;
        }
    }
}

}  // namespace cutaway::host
