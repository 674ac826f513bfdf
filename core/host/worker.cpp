// SPDX-License-Identifier: Apache-2.0
#include "core/host/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "core/host/error.h"
#include "core/host/syscall.h"
#include "core/host/terminal.h"

namespace cutaway::host {

namespace {

constexpr int socket_at = 3;
constexpr int trace_at = 4;
constexpr int out_of_the_way = 64;

int moved(const Fd& fd) { return fd.open() ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, out_of_the_way) : -1; }

// Everything is moved first: what came may lie where something else belongs.
bool move_in(const WorkerPlace& place, const Fd& socket) {
    std::array<int, 5> from{moved(place.stdio[0]), moved(place.stdio[1]), moved(place.stdio[2]), moved(socket),
                            moved(place.trace)};
    if (::setsid() < 0 || ::fchdir(place.directory.get()) < 0) {
        return false;
    }
    for (int to = 0; to < trace_at; ++to) {
        const int flags = to < socket_at ? 0 : O_CLOEXEC;
        if (::dup3(from[static_cast<std::size_t>(to)], to, flags) < 0) {
            return false;
        }
    }
    const bool traced = from[trace_at] >= 0 && ::dup3(from[trace_at], trace_at, O_CLOEXEC) >= 0;
    static_cast<void>(::syscall(SYS_close_range, traced ? trace_at + 1 : trace_at, ~0U, 0));
    while (take_signal()) {  // of the parent's
    }
    return true;
}

bool has_one_thread() {
    const std::string text = read_file("/proc/self/status").value_or("");
    return text.find("\nThreads:\t1\n") != std::string::npos;
}

int number_of(const std::string& name) {
    return name == "SIGINT"    ? SIGINT
           : name == "SIGTERM" ? SIGTERM
           : name == "SIGHUP"  ? SIGHUP
           : name == "SIGQUIT" ? SIGQUIT
                               : 0;
}

}  // namespace

Result<Worker> Worker::start(WorkerPlace place, const std::function<int(WorkerEnds)>& work) {
    if (!has_one_thread()) {
        return fail(Errc::internal, "a program with several threads does not fork and go on");
    }
    if (place.stdio.size() != 3 || !place.directory.open()) {
        return fail(Errc::invalid, "a worker needs descriptors 0, 1 and 2 and a folder");
    }
    SocketPair pair = TRY(make_socket_pair());
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        return sys_error(errno, "fork");
    }
    if (child == 0) {
        const bool traced = place.trace.open();
        if (!move_in(place, pair.theirs)) {
            ::_exit(125);
        }
        std::exit(work({socket_at, traced ? trace_at : -1}));
    }
    Result<int> life = open_pidfd(child);
    if (!life) {
        static_cast<void>(::kill(child, SIGKILL));
        static_cast<void>(::waitpid(child, nullptr, 0));
        return life.error();
    }
    return Worker(child, Fd(*life), std::move(pair.ours));
}

void Worker::signal(const std::string& name) const {
    if (const int number = number_of(name); number != 0) {
        static_cast<void>(::syscall(SYS_pidfd_send_signal, life_.get(), number, nullptr, 0));
    }
}

std::optional<int> Worker::collect() const {
    int status = 0;
    if (::waitpid(static_cast<pid_t>(pid_), &status, WNOHANG) != pid_) {
        return std::nullopt;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void vanish() {
    set_raw(0, false);
    ::_exit(125);
}

void be_unheard() {
    const Result<Fd> nothing = open_file("/dev/null", O_RDWR | O_CLOEXEC);
    for (int to = 0; nothing && to < socket_at; ++to) {
        static_cast<void>(::dup2(nothing->get(), to));
    }
}

void stop_reading(int socket) { static_cast<void>(::shutdown(socket, SHUT_RD)); }

void wait_for_any(std::span<Awaited> those, int timeout_ms) {
    std::vector<pollfd> polled;
    polled.reserve(those.size());
    for (const Awaited& one : those) {
        polled.push_back({one.fd, static_cast<short>(POLLIN | (one.writes ? POLLOUT : 0)), 0});
    }
    const int count = ::poll(polled.data(), polled.size(), timeout_ms);
    for (std::size_t i = 0; i < those.size(); ++i) {
        those[i].ready = count > 0 && polled[i].revents != 0;
    }
}

}  // namespace cutaway::host
