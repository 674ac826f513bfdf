// SPDX-License-Identifier: Apache-2.0
#include "core/host/init_child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

Result<Pipe> input_pipe(bool keep) {
    if (keep) {
        return make_pipe();
    }
    Pipe nothing;
    nothing.read = TRY(open_file("/dev/null", O_RDONLY));
    return nothing;
}

}  // namespace

// As fork(2) does, with namespaces: the child gets a copy of everything. There is one thread, so nothing is torn.
Result<std::int64_t> InitChild::clone(Ledger& ledger, const world::Clone& call) {
    SocketPair pair = TRY(make_socket_pair());
    Pipe in = TRY(input_pipe(keep_stdin_));
    Pipe out = TRY(make_pipe());
    Pipe err = TRY(make_pipe());
    const std::uint64_t flags = to_flags(call.spaces) | SIGCHLD;
    const std::int64_t pid = ledger.call("clone", flags_text(call.spaces) + "|SIGCHLD", [&] {
        return ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
    });
    if (pid < 0) {
        return sys_error(ledger.error(), "clone " + flags_text(call.spaces));
    }
    if (pid == 0) {
        pair.ours.reset();
        become_child(PacketSocket(std::move(pair.theirs)), in.read, out.write, err.write);
    }
    socket_ = PacketSocket(std::move(pair.ours));
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    set_nonblocking(out_.get());
    set_nonblocking(err_.get());
    return pid;
}

Status InitChild::will_join(std::int64_t pid) {
    const Fd low(TRY(open_pidfd(pid)));
    container_ = Fd(::fcntl(low.get(), F_DUPFD_CLOEXEC, 10));  // clear of the numbers that a child expects
    return container_.open() ? Status() : Status(sys_error(errno, "keep the container's pidfd"));
}

void InitChild::become_child(const PacketSocket& socket, const Fd& in, const Fd& out, const Fd& err) {
    default_signals();
    const bool placed = ::dup2(in.get(), 0) == 0 && ::dup2(out.get(), 1) == 1 && ::dup2(err.get(), 2) == 2 &&
                        ::dup3(socket.fd(), 4, O_CLOEXEC) == 4 && ::dup3(4, 3, O_CLOEXEC) == 3;
    const bool joins = container_.open();
    const bool kept = !joins || ::dup3(container_.get(), 4, O_CLOEXEC) == 4;
    // The shim's own descriptors, the engine's socket first of all, are none of the container's business.
    if (!placed || !kept || ::syscall(SYS_close_range, joins ? 5 : 4, ~0U, 0) < 0) {
        ::_exit(1);
    }
    ::_exit(child_main_(PacketSocket(Fd(3)), Fd(joins ? 4 : -1)));
}

std::optional<Piece> InitChild::read_output() {
    std::array<char, 32768> bytes;
    for (Fd* stream : {&out_, &err_}) {
        if (!stream->open()) {
            continue;
        }
        const ssize_t got = ::read(stream->get(), bytes.data(), bytes.size());
        if (got > 0) {
            return Piece{stream == &err_, std::string(bytes.data(), static_cast<std::size_t>(got))};
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            stream->reset();
        }
    }
    return std::nullopt;
}

void InitChild::write_input(std::string_view bytes) {
    if (bytes.empty() || !in_.open()) {
        in_.reset();
        return;
    }
    // The container reads at its own pace; the engine sends no more than it was given by a person or a pipe.
    if (!write_all(in_.get(), bytes)) {
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
