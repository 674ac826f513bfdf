// SPDX-License-Identifier: Apache-2.0
#include "core/host/credential_program.h"

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/host/error.h"
#include "core/host/fd.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20U;
constexpr int patience_ms = 60'000;

std::string doing(const std::string& word) {
    return word == "store"   ? "error storing credentials"
           : word == "erase" ? "error erasing credentials"
                             : "error getting credentials";
}

// A socket and not a pipe: one that does not listen costs an error here and no signal.
Result<std::array<Fd, 2>> make_ear() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0) {
        return sys_error(errno, "socketpair");
    }
    return std::array<Fd, 2>{Fd(ends[0]), Fd(ends[1])};
}

Result<pid_t> start(const std::string& program, const std::string& word, const Fd& in, const Pipe& out) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    std::string name = program;
    std::string verb = word;
    std::array<char*, 3> argv{name.data(), verb.data(), nullptr};
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return fail(error == ENOENT ? Errc::not_found : Errc::io,
                    doing(word) + " - err: exec: \"" + program + "\": " +
                        (error == ENOENT ? "executable file not found in $PATH" : "cannot be started") + ", out: ``");
    }
    return pid;
}

Result<std::string> hear(const Pipe& out) {
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
        if (!TRY(wait_readable(out.read.get(), patience_ms))) {
            return fail(Errc::timeout, "it did not answer within a minute");
        }
        const std::size_t got = TRY(read_some(out.read.get(), piece));
        if (got == 0) {
            return all;
        }
        all.append(piece.data(), got);
        if (all.size() > most_bytes) {
            return fail(Errc::invalid, "it answered more than 1 MiB");
        }
    }
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

}  // namespace

Result<std::string> run_credential_program(const std::string& program, const std::string& word,
                                           const std::string& input) {
    std::array<Fd, 2> ear = TRY(make_ear());
    Pipe out = TRY(make_pipe());
    const pid_t pid = TRY(start(program, word, ear[0], out));
    ear[0].reset();
    out.write.reset();
    // A few hundred bytes, which the socket takes at once.
    static_cast<void>(::send(ear[1].get(), input.data(), input.size(), MSG_NOSIGNAL));
    ear[1].reset();
    const Result<std::string> said = hear(out);
    if (!said) {
        static_cast<void>(::kill(pid, SIGKILL));
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!said) {
        return in_context(program, said.error());
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        const std::string how = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                                  : "signal " + std::to_string(WTERMSIG(status));
        return fail(Errc::denied, doing(word) + " - err: " + how + ", out: `" + trimmed(*said) + "`");
    }
    return *said;
}

}  // namespace cutaway::host
