// SPDX-License-Identifier: Apache-2.0
// Programs that each show one thing about processes, and say what the simulated machine's say under the same names.
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "core/host/lab/words.h"

namespace cutaway::lab {

namespace {

std::atomic<bool>& asked_to_end() {
    static std::atomic<bool> asked{false};
    return asked;
}

extern "C" void hear_end(int) { asked_to_end() = true; }

void nap(long milliseconds) {
    const timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    ::nanosleep(&time, nullptr);
}

int run_trap_term(const Words&) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    ::signal(SIGTERM, hear_end);
    say("trap-term: waiting, pid " + std::to_string(::getpid()) + "\n");
    while (!asked_to_end()) {
        ::sigsuspend(&before);
    }
    say("trap-term: got SIGTERM, cleaning up\n");
    nap(1000);
    say("trap-term: done\n");
    return 0;
}

int run_zombie_maker(const Words& words) {
    for (int left = number_at(words, 1, 3); left > 0; --left) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::prctl(PR_SET_NAME, "zombie-child");
            ::_exit(0);
        }
        say(child > 0 ? "zombie-maker: started " + std::to_string(child) + ", will not wait for it\n"
                      : std::string("zombie-maker: fork: ") + std::strerror(errno) + "\n");
        nap(1000);
    }
    for (;;) {
        ::pause();
    }
}

// Pages are taken when they are written, not when they are asked for.
int run_memhog(const Words& words) {
    constexpr std::size_t piece_mib = 16;
    const int limit = number_at(words, 1, 1'000'000);
    for (std::size_t held = 0; held < static_cast<std::size_t>(limit < 0 ? 0 : limit);) {
        void* piece = ::mmap(nullptr, piece_mib << 20U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED) {
            return complain("memhog");
        }
        std::memset(piece, 1, piece_mib << 20U);
        held += piece_mib;
        say("memhog: holding " + std::to_string(held) + " MiB\n");
        nap(100);
    }
    for (;;) {
        ::pause();
    }
}

int run_cpu_spin(const Words& words) {
    const int seconds = number_at(words, 1, 0);
    while (seconds <= 0 || std::clock() < static_cast<std::clock_t>(seconds) * CLOCKS_PER_SEC) {
    }
    return 0;
}

}  // namespace

Applets lesson_applets() {
    return {{"cpu-spin", run_cpu_spin},
            {"memhog", run_memhog},
            {"trap-term", run_trap_term},
            {"zombie-maker", run_zombie_maker}};
}

}  // namespace cutaway::lab
