// SPDX-License-Identifier: Apache-2.0
// By posix_spawn(3), so that a threaded engine may run it. What the program prints goes into a memory file: it never
// waits for a reader, and nothing of it gets among the container's own words.
#include "core/host/run_program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t most_said = 2000;  // of what a failed program printed

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        out.push_back(const_cast<char*>(text.c_str()));  // posix_spawn(3) promises not to write there
    }
    out.push_back(nullptr);
    return out;
}

Result<Fd> memory_file(const char* name) {
    const int fd = ::memfd_create(name, MFD_CLOEXEC);
    if (fd < 0) {
        return sys_error(errno, "memfd_create");
    }
    return Fd(fd);
}

Result<pid_t> spawn(const ProgramRun& call, const Fd& input, const Fd& output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, input.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, output.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, output.get(), 2);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    const std::vector<std::string> words = call.argv.empty() ? std::vector<std::string>{call.path} : call.argv;
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> env = pointers(call.env);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, call.path.c_str(), &actions, &attributes, argv.data(), env.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        return sys_error(error, "start " + call.path);
    }
    return pid;
}

std::string said(const Fd& output) {
    std::array<char, most_said> text{};
    const ssize_t got = ::pread(output.get(), text.data(), text.size(), 0);
    std::string words(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
        words.pop_back();
    }
    return words.empty() ? "" : ": " + words;
}

}  // namespace

Status run_program(Ledger& ledger, const ProgramRun& run) {
    const Fd input = TRY(memory_file("program-input"));
    const Fd output = TRY(memory_file("program-output"));
    TRY(write_all(input.get(), run.input));
    if (::lseek(input.get(), 0, SEEK_SET) < 0) {
        return sys_error(errno, "lseek");
    }
    const pid_t pid = TRY(spawn(run, input, output));
    const Fd pidfd(TRY(open_pidfd(pid)));
    const int milliseconds = run.timeout_ns < 0 ? -1 : static_cast<int>(run.timeout_ns / 1'000'000);
    const Result<bool> ended = wait_readable(pidfd.get(), milliseconds);
    const bool late = !ended || !*ended;
    if (late) {
        static_cast<void>(::kill(pid, SIGKILL));
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    static_cast<void>(ledger.call("posix_spawn", quoted(run.path) + ", " + list_of(run.argv), [&] { return pid; }));
    if (late) {
        return fail(Errc::timeout, run.about + ": it had not ended in time");
    }
    if (status != 0) {
        const std::string how = WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status))
                                                  : "signal " + std::to_string(WTERMSIG(status));
        return fail(Errc::conflict, run.about + ": it ended with " + how + said(output));
    }
    return {};
}

}  // namespace cutaway::host
