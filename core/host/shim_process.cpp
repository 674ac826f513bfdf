// SPDX-License-Identifier: Apache-2.0
#include "core/host/shim_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

Result<PacketSocket> become_shim(int socket, int kept) {
    const int pid_fd = socket + 1;
    const pid_t child = ::fork();
    if (child < 0) {
        return sys_error(errno, "fork");
    }
    if (child > 0) {
        static_cast<void>(write_all(pid_fd, std::to_string(child)));
        ::_exit(0);
    }
    static_cast<void>(::close(pid_fd));
    static_cast<void>(::syscall(SYS_close_range, pid_fd + 1 + kept, ~0U, 0));
    static_cast<void>(::syscall(SYS_close_range, socket, ~0U, CLOSE_RANGE_CLOEXEC));
    static_cast<void>(::setsid());
    static_cast<void>(::umask(022));
    static_cast<void>(::signal(SIGPIPE, SIG_IGN));
    if (::chdir("/") < 0) {
        return sys_error(errno, "chdir /");
    }
    // Undumpable: a process in the container cannot look into or through its shim (/proc/PID/exe, fd, mem).
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
        return sys_error(errno, "prctl");
    }
    static_cast<void>(::prctl(PR_SET_NAME, "cutaway-shim", 0, 0, 0));
    return PacketSocket(Fd(socket));
}

Fd open_or_nothing(int number) { return Fd(::fcntl(number, F_GETFD) < 0 ? -1 : number); }

ShimWaiter::ShimWaiter() {
    sigset_t mask;
    ::sigemptyset(&mask);
    ::sigaddset(&mask, SIGCHLD);
    static_cast<void>(::sigprocmask(SIG_BLOCK, &mask, nullptr));
    children_ = Fd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
}

namespace {

short interest(const PacketSocket& socket) {
    const int writing = socket.has_unsent() ? POLLOUT : 0;
    return static_cast<short>(POLLIN | writing);
}

int left_ms(std::int64_t until_ns) {
    return until_ns < 0 ? -1 : static_cast<int>(std::max<std::int64_t>(until_ns - now_ns(), 0) / 1'000'000 + 1);
}

int shorter(int a, int b) { return a < 0 || b < 0 ? std::max(a, b) : std::min(a, b); }

}  // namespace

// A side that has gone is asked once more and then left out: its hang-up would end every wait at once.
void ShimWaiter::wait(const Sides& sides, Hold hold) {
    PacketSocket& engine = sides.engine;
    ShimDoor& door = sides.door;
    InitChild& child = sides.child;
    PacketSocket& init = child.socket();
    const int deaf = hold.input ? ~POLLIN : ~0;
    std::vector<pollfd> all{{engine_gone_ ? -1 : engine.fd(), static_cast<short>(interest(engine) & deaf), 0},
                            {births_ == child.births() ? -1 : init.fd(), interest(init), 0},
                            {children_.get(), POLLIN, 0},
                            {hold.output ? -1 : child.out_fd(), POLLIN, 0},
                            {hold.output ? -1 : child.err_fd(), POLLIN, 0},
                            {child.terminal_fd(), POLLIN, 0},
                            {child.unwritten_bytes() != 0 ? child.in_fd() : -1, POLLOUT, 0},
                            {door.door().get(), POLLIN, 0}};
    for (const PacketSocket& guest : door.guests()) {
        all.push_back({guest.gone() ? -1 : guest.fd(), static_cast<short>(interest(guest) & deaf), 0});
    }
    sides.names.add_to(all);
    if (::poll(all.data(), all.size(), shorter(sides.names.patience_ms(), left_ms(hold.until_ns))) <= 0) {
        return;
    }
    engine_gone_ = engine_gone_ || (all[0].revents & (POLLHUP | POLLERR)) != 0;
    births_ = (all[1].revents & (POLLHUP | POLLERR)) != 0 ? child.births() : births_;
    if ((all[2].revents & POLLIN) != 0) {
        signalfd_siginfo seen{};
        while (::read(children_.get(), &seen, sizeof seen) > 0) {
        }
    }
    engine.flush();
    init.flush();
    for (PacketSocket& guest : door.guests()) {
        guest.flush();
    }
}

void wait_for_packet(PacketSocket& socket) {
    pollfd one{socket.fd(), interest(socket), 0};
    static_cast<void>(::poll(&one, 1, -1));
    socket.flush();
}

void wait_for_visitor(PacketSocket& shim, ShimDoor& door) {
    std::vector<pollfd> all{{shim.gone() ? -1 : shim.fd(), interest(shim), 0}, {door.door().get(), POLLIN, 0}};
    for (const PacketSocket& guest : door.guests()) {
        all.push_back({guest.gone() ? -1 : guest.fd(), interest(guest), 0});
    }
    static_cast<void>(::poll(all.data(), all.size(), -1));
    static_cast<void>(door.let_in());
}

void drain(PacketSocket& socket) {
    while (socket.has_unsent() && !socket.gone()) {
        pollfd one{socket.fd(), POLLOUT, 0};
        static_cast<void>(::poll(&one, 1, -1));
        socket.flush();
    }
}

std::int64_t wall_ns() {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_REALTIME, &now));
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::int64_t now_ns() {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace cutaway::host
