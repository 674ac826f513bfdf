// SPDX-License-Identifier: Apache-2.0
#include "core/host/companion_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr int ready_at = 3;          // where it says so
constexpr int patience_ms = 60'000;  // of a busy machine
constexpr std::size_t most_said = 1000;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        out.push_back(const_cast<char*>(text.c_str()));  // execve(2) promises not to write there
    }
    out.push_back(nullptr);
    return out;
}

// In the child: nothing of the shim's but what it is told of.
[[noreturn]] void become_companion(const world::StartCompanion& call, const Fd& ready, const Fd& said) {
    sigset_t none;
    ::sigemptyset(&none);
    static_cast<void>(::sigprocmask(SIG_SETMASK, &none, nullptr));
    static_cast<void>(::signal(SIGPIPE, SIG_DFL));
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int away = ::fcntl(ready.get(), F_DUPFD_CLOEXEC, 10);
    const bool placed = ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::dup2(nothing, 0) == 0 &&
                        ::dup2(nothing, 1) == 1 && ::dup2(said.get(), 2) == 2 && ::dup2(away, ready_at) == ready_at &&
                        ::syscall(SYS_close_range, ready_at + 1, ~0U, 0) == 0;
    if (placed) {
        const std::vector<char*> argv = pointers(call.argv);
        std::array<char*, 1> environment{nullptr};
        ::execve(call.path.c_str(), argv.data(), environment.data());
    }
    ::_exit(127);
}

std::string words_of(const Fd& said) {
    std::array<char, most_said> text{};
    const ssize_t got = ::pread(said.get(), text.data(), text.size(), 0);
    std::string words(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
        words.pop_back();
    }
    return words.empty() ? "" : ": " + words;
}

}  // namespace

CompanionProcess::~CompanionProcess() { end(); }

void CompanionProcess::end() {
    if (!life_.open()) {
        return;
    }
    static_cast<void>(::syscall(SYS_pidfd_send_signal, life_.get(), SIGKILL, nullptr, 0));
    pollfd gone{life_.get(), POLLIN, 0};
    static_cast<void>(::poll(&gone, 1, patience_ms));
    siginfo_t unread{};
    static_cast<void>(::waitid(P_PIDFD, static_cast<id_t>(life_.get()), &unread, WEXITED));
    life_.reset();
}

Result<std::int64_t> CompanionProcess::start(Ledger& ledger, const world::StartCompanion& call) {
    end();
    Pipe ready = TRY(make_pipe());
    const Fd said(::memfd_create("companion-words", MFD_CLOEXEC));
    const std::int64_t pid = ledger.call("fork", call.path, [] { return ::fork(); });
    if (pid < 0) {
        return sys_error(ledger.error(), "fork for " + call.path);
    }
    if (pid == 0) {
        become_companion(call, ready.write, said);
    }
    ready.write.reset();
    life_ = Fd(TRY(open_pidfd(pid)));
    std::array<char, 1> word{};
    const bool heard = wait_readable(ready.read.get(), patience_ms).value_or(false);
    if (!heard || read_some(ready.read.get(), word).value_or(0) == 0) {
        end();
        return fail(Errc::conflict, call.path + (heard ? " ended" : " is not ready after a minute") + words_of(said));
    }
    return pid;
}

}  // namespace cutaway::host
