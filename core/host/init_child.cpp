// SPDX-License-Identifier: Apache-2.0
#include "core/host/init_child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/kernel_calls.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

void default_signals() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action {};
        action.sa_handler = SIG_DFL;
        static_cast<void>(::sigaction(number, &action, nullptr));
    }
    sigset_t none;
    ::sigemptyset(&none);
    static_cast<void>(::sigprocmask(SIG_SETMASK, &none, nullptr));
}

void set_nonblocking(int fd) { static_cast<void>(::fcntl(fd, F_SETFL, O_NONBLOCK)); }

Fd nothing() { return open_file("/dev/null", O_RDWR).value_or(Fd()); }

constexpr int child_ends = 4;  // a child's own descriptors: shim, container, terminal, door

// Clear of the numbers that a child expects, which begin at `first`.
Fd lifted(const Fd& fd, int first) {
    return fd.open() ? Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, std::max(30, first + 2 * child_ends))) : Fd();
}

// One that the child has no use for is closed.
bool place(const Fd& fd, int at) { return fd.open() ? ::dup3(fd.get(), at, O_CLOEXEC) == at : (::close(at), true); }

}  // namespace

struct InitChild::Ends {
    Fd shim;
    Fd terminal;
    Pipe in;
    Pipe out;
    Pipe err;
};

Status InitChild::open_ends(Ends& ends, SocketPair& outer) const {
    if (inherited_) {
        return {};
    }
    if (terminal_) {  // its three ends come later, by OpenTerminal
        outer = TRY(make_socket_pair());
        ends.in.read = nothing();
        ends.out.write = nothing();
        ends.err.write = nothing();
        return {};
    }
    ends.in = keep_stdin_ ? TRY(make_pipe()) : Pipe{nothing(), {}};
    ends.out = TRY(make_pipe());
    ends.err = TRY(make_pipe());
    return {};
}

// As fork(2) does, with namespaces: the child gets a copy of everything. There is one thread, so nothing is torn.
Result<std::int64_t> InitChild::clone(Ledger& ledger, const world::Clone& call) {
    SocketPair pair = TRY(make_socket_pair());
    SocketPair outer;
    Ends ends;
    TRY(open_ends(ends, outer));
    const std::uint64_t flags = to_flags(call.spaces) | SIGCHLD;
    // An ordinary user's: the maps of a child that nobody may look into are root's to write (proc(5)). It is alone in its
    // namespaces until it is the container's program, so nobody is there to look but its owner.
    const bool own_users = (flags & CLONE_NEWUSER) != 0;
    const int before = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (own_users) {
        static_cast<void>(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    }
    const std::int64_t pid = ledger.call("clone", flags_text(call.spaces) + "|SIGCHLD", [&] {
        return ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
    });
    if (own_users && pid != 0) {
        static_cast<void>(::prctl(PR_SET_DUMPABLE, before, 0, 0, 0));
    }
    if (pid < 0) {
        return sys_error(ledger.error(), "clone " + flags_text(call.spaces));
    }
    if (pid == 0) {
        ends.shim = std::move(pair.theirs);
        ends.terminal = inherited_ ? std::move(inherited_->terminal) : std::move(outer.theirs);
        pair.ours.reset();
        become_child(ends);
    }
    ++births_;
    unwritten_.clear();
    input_ended_ = false;
    socket_ = PacketSocket(std::move(pair.ours));
    outer_ = std::move(outer.ours);
    in_ = std::move(ends.in.write);
    out_ = std::move(ends.out.read);
    err_ = std::move(ends.err.read);
    for (const Fd* end : {&in_, &out_, &err_}) {
        set_nonblocking(end->get());
    }
    return pid;
}

Status InitChild::will_join(std::int64_t pid) {
    if (container_.open()) {
        return {};  // started again: by now the number may be another's
    }
    container_ = Fd(TRY(open_pidfd(pid)));
    return {};
}

void InitChild::become_child(const Ends& ends) {
    default_signals();
    const int first = inherited_ ? inherited_->first : 3;
    const Fd shim = lifted(ends.shim, first);
    const Fd container = lifted(container_, first);
    const Fd terminal = lifted(ends.terminal, first);
    const Fd door = inherited_ ? lifted(inherited_->door, first) : Fd();
    const bool standard = inherited_ || (::dup2(ends.in.read.get(), 0) == 0 && ::dup2(ends.out.write.get(), 1) == 1 &&
                                         ::dup2(ends.err.write.get(), 2) == 2);
    const bool placed = standard && place(shim, first) && place(container, first + 1) && place(terminal, first + 2) &&
                        place(door, first + 3);
    // The shim's own descriptors, the engine's socket first of all, are none of the container's business.
    if (!placed || ::syscall(SYS_close_range, first + child_ends, ~0U, 0) < 0) {
        ::_exit(1);
    }
    const auto end = [](const Fd& fd, int at) { return Fd(fd.open() ? at : -1); };
    ::_exit(child_main_(
        {PacketSocket(Fd(first)), end(container, first + 1), end(terminal, first + 2), end(door, first + 3)}));
}

void InitChild::take_terminal() {
    if (!outer_.open()) {
        return;
    }
    Fd master = receive_descriptor(outer_.get());
    if (!master.open()) {
        return;
    }
    outer_.reset();
    set_nonblocking(master.get());
    in_ = Fd(::fcntl(master.get(), F_DUPFD_CLOEXEC, 0));
    out_ = std::move(master);
    resize(rows_, columns_);
}

void InitChild::resize(std::uint16_t rows, std::uint16_t columns) {
    rows_ = rows;
    columns_ = columns;
    if (terminal_ && out_.open() && rows != 0 && columns != 0) {
        const winsize size{rows, columns, 0, 0};
        static_cast<void>(::ioctl(out_.get(), TIOCSWINSZ, &size));  // the kernel sends SIGWINCH
    }
}

std::optional<Piece> InitChild::read_output() {
    std::array<char, 32768> bytes;
    take_terminal();
    pass_input();
    for (Fd* stream : {&out_, &err_}) {
        if (!stream->open()) {
            continue;
        }
        const ssize_t got = ::read(stream->get(), bytes.data(), bytes.size());
        if (got > 0) {
            return Piece{stream == &err_, std::string(bytes.data(), static_cast<std::size_t>(got))};
        }
        // EIO: nobody holds the inner end of a terminal any more (pty(7)).
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            stream->reset();
        }
    }
    return std::nullopt;
}

// The container reads at its own pace, and may itself wait for us to read: what it does not take now is kept.
void InitChild::write_input(std::string_view bytes) {
    input_ended_ = input_ended_ || bytes.empty();
    unwritten_ += in_.open() || outer_.open() ? bytes : "";
    pass_input();
}

void InitChild::pass_input() {
    while (in_.open() && !unwritten_.empty()) {
        const ssize_t put = ::write(in_.get(), unwritten_.data(), unwritten_.size());
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (put < 0) {
            in_.reset();
            unwritten_.clear();
            return;
        }
        unwritten_.erase(0, static_cast<std::size_t>(put));
    }
    if (input_ended_ && !terminal_) {  // a terminal's input has no end; who types says it by Ctrl-D
        in_.reset();
    }
}

std::optional<Ending> InitChild::reap(std::int64_t pid) {
    std::optional<Ending> ending;
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0; ended = ::waitpid(-1, &status, WNOHANG)) {
        if (ended == pid && WIFSIGNALED(status)) {
            ending = Ending{128 + WTERMSIG(status), WTERMSIG(status)};
        } else if (ended == pid && WIFEXITED(status)) {
            ending = Ending{WEXITSTATUS(status), 0};
        }
    }
    return ending;
}

}  // namespace cutaway::host
