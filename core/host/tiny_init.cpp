// SPDX-License-Identifier: Apache-2.0
#include "core/host/tiny_init.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

namespace cutaway::host {

namespace {

// What a process gets for its own faults is not for another; nor what a terminal says to the background.
sigset_t handed_on() {
    sigset_t set;
    ::sigfillset(&set);
    for (const int own : {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU}) {
        ::sigdelset(&set, own);
    }
    return set;
}

void on_background(void (*what)(int)) {
    static_cast<void>(::signal(SIGTTIN, what));
    static_cast<void>(::signal(SIGTTOU, what));
}

// A group of its own, and the terminal's foreground: Ctrl-C is the program's.
[[noreturn]] void become_program(char** program, const sigset_t& before) {
    static_cast<void>(::setpgid(0, 0));
    static_cast<void>(::tcsetpgrp(0, ::getpgrp()));  // ENOTTY without one
    on_background(SIG_DFL);
    static_cast<void>(::sigprocmask(SIG_SETMASK, &before, nullptr));
    ::execvp(program[0], program);
    const int error = errno;
    std::fprintf(stderr, "[FATAL tini (%d)] exec %s failed: %s\n", static_cast<int>(::getpid()), program[0],
                 std::strerror(error));
    ::_exit(error == ENOENT ? 127 : 126);
}

// The program's status once it has ended; everybody who ended is reaped on the way.
std::optional<int> reap(pid_t program) {
    std::optional<int> code;
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0; ended = ::waitpid(-1, &status, WNOHANG)) {
        if (ended == program) {
            code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
    return code;
}

}  // namespace

int be_first_process(char** argv) {
    char** program = argv[0] == nullptr ? argv : argv + 1;
    if (*program != nullptr && std::strcmp(*program, "--") == 0) {
        ++program;
    }
    if (*program == nullptr) {
        std::fputs("docker-init: no program given\n", stderr);
        return 1;
    }
    const sigset_t signals = handed_on();
    sigset_t before;
    static_cast<void>(::sigprocmask(SIG_BLOCK, &signals, &before));
    on_background(SIG_IGN);
    const pid_t child = ::fork();
    if (child < 0) {
        std::perror("docker-init: fork");
        return 1;
    }
    if (child == 0) {
        become_program(program, before);
    }
    for (;;) {
        const int number = ::sigwaitinfo(&signals, nullptr);
        if (number > 0 && number != SIGCHLD) {
            static_cast<void>(::kill(child, number));
        }
        if (const std::optional<int> code = reap(child)) {
            return *code;
        }
    }
}

}  // namespace cutaway::host
