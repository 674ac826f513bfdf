// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

struct SpaceFlag {
    world::Space space;
    std::uint64_t bit;
    std::string_view name;
};

constexpr auto space_flags = std::to_array<SpaceFlag>({
    {world::Space::mount, CLONE_NEWNS, "CLONE_NEWNS"},
    {world::Space::pid, CLONE_NEWPID, "CLONE_NEWPID"},
    {world::Space::net, CLONE_NEWNET, "CLONE_NEWNET"},
    {world::Space::ipc, CLONE_NEWIPC, "CLONE_NEWIPC"},
    {world::Space::uts, CLONE_NEWUTS, "CLONE_NEWUTS"},
    {world::Space::cgroup, CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
    {world::Space::user, CLONE_NEWUSER, "CLONE_NEWUSER"},
});

constexpr std::int64_t slice_ns = 50'000'000;  // how long a cancelled wait goes on at most

std::int64_t now_ns() {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        out.push_back(const_cast<char*>(text.c_str()));  // execve(2) promises not to write there
    }
    out.push_back(nullptr);
    return out;
}

}  // namespace

// As execvp(3) looks for it, in the environment that the program will have.
std::vector<std::string> program_candidates(const std::string& name, const std::vector<std::string>& env) {
    if (name.find('/') != std::string::npos) {
        return {name};
    }
    std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (const std::string& variable : env) {
        if (variable.rfind("PATH=", 0) == 0) {
            path = variable.substr(5);
        }
    }
    std::vector<std::string> found;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t colon = std::min(path.find(':', at), path.size());
        const std::string folder = path.substr(at, colon - at);
        found.push_back((folder.empty() ? "." : folder) + "/" + name);
        at = colon + 1;
    }
    return found;
}

std::uint64_t to_flags(const std::vector<world::Space>& spaces) {
    std::uint64_t bits = 0;
    for (const SpaceFlag& flag : space_flags) {
        bits |= std::count(spaces.begin(), spaces.end(), flag.space) != 0 ? flag.bit : 0;
    }
    return bits;
}

std::string flags_text(const std::vector<world::Space>& spaces) {
    std::string text;
    for (const SpaceFlag& flag : space_flags) {
        if (std::count(spaces.begin(), spaces.end(), flag.space) != 0) {
            text += (text.empty() ? "" : "|") + std::string(flag.name);
        }
    }
    return text.empty() ? "0" : text;
}

int to_signal(std::string_view name) {
    const std::string_view bare = name.substr(0, 3) == "SIG" ? name.substr(3) : name;
    for (int number = 1; number < NSIG; ++number) {
        const char* known = ::sigabbrev_np(number);
        if (known != nullptr && bare == known) {
            return number;
        }
    }
    return 0;
}

Done perform(Acting& acting, const world::Clone& call) {
    if (acting.cloner == nullptr) {
        return fail(Errc::unsupported, "clone: only a container's shim makes children; a threaded program does not");
    }
    world::Reply reply;
    reply.value = TRY(acting.cloner->clone(acting.ledger, call));
    return reply;
}

Done perform(Acting& acting, const world::Unshare& call) {
    const auto bits = static_cast<int>(to_flags(call.spaces));
    TRY(acting.ledger.must("unshare", flags_text(call.spaces), flags_text(call.spaces),
                           [&] { return ::unshare(bits); }));
    return world::Reply{};
}

Done perform(Acting& acting, const world::SetNamespace& call) {
    const Fd own(acting.container.open() ? -1 : TRY(open_pidfd(call.pid)));
    const int pidfd = own.open() ? own.get() : acting.container.get();
    const std::string arguments = "pidfd of " + std::to_string(call.pid) + ", " + flags_text(call.spaces);
    const auto bits = static_cast<int>(to_flags(call.spaces));
    TRY(acting.ledger.must("setns", arguments, std::to_string(call.pid), [&] { return ::setns(pidfd, bits); }));
    return world::Reply{};
}

Done perform(Acting& acting, const world::Execute& call) {
    const std::vector<char*> argv = pointers(call.argv);
    const std::vector<char*> env = pointers(call.env);
    int worst = ENOENT;
    for (const std::string& path : program_candidates(call.path, call.env)) {
        const std::string arguments =
            quoted(path) + ", " + list_of(call.argv) + ", [" + std::to_string(call.env.size()) + " variables]";
        static_cast<void>(
            acting.ledger.call("execve", arguments, [&] { return ::execve(path.c_str(), argv.data(), env.data()); }));
        const int error = acting.ledger.error();
        if (error != ENOENT && error != ENOTDIR && error != EACCES) {
            return sys_error(error, "execve " + path);
        }
        worst = error == EACCES ? EACCES : worst;
    }
    return sys_error(worst, "execve " + call.path);
}

Done perform(Acting& acting, const world::SendSignal& call) {
    const int number = to_signal(call.signal);
    if (number == 0) {
        return fail(Errc::invalid, "kill: no such signal: " + call.signal);
    }
    if (call.pid <= 0) {  // a pid never learned would reach a whole group
        return fail(Errc::not_found, "kill: no such process: " + std::to_string(call.pid));
    }
    world::SignalSeen seen;
    if (acting.witness != nullptr) {
        seen = acting.witness->foresee(call.pid, number);
    }
    TRY(acting.ledger.must("kill", std::to_string(call.pid) + ", " + call.signal, std::to_string(call.pid),
                           [&] { return ::kill(static_cast<pid_t>(call.pid), number); }));
    if (acting.witness != nullptr) {
        acting.witness->sent(std::move(seen));
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::AwaitExit& call) {
    world::Reply reply;
    const Result<int> opened = open_pidfd(call.pid);
    if (!opened && opened.error().sys_errno == ESRCH) {
        reply.value = 1;
        return reply;
    }
    const Fd pidfd(TRY(Result<int>(opened)));
    const std::int64_t until = now_ns() + call.timeout_ns;
    for (;;) {
        if (acting.cancel != nullptr && acting.cancel->requested()) {
            return fail(Errc::cancelled, "wait for process " + std::to_string(call.pid));
        }
        const std::int64_t left = call.timeout_ns < 0 ? slice_ns : std::min(slice_ns, until - now_ns());
        const bool ended =
            TRY(wait_readable(pidfd.get(), static_cast<int>(std::max<std::int64_t>(left, 0) / 1'000'000)));
        if (ended || (call.timeout_ns >= 0 && now_ns() >= until)) {
            reply.value = ended ? 1 : 0;
            static_cast<void>(
                acting.ledger.call("poll", "pidfd of " + std::to_string(call.pid), [&] { return reply.value; }));
            return reply;
        }
    }
}

Done perform(Acting& acting, const world::CloseDescriptors& call) {
    TRY(acting.ledger.must("close_range", std::to_string(call.first) + ", ~0U, CLOSE_RANGE_CLOEXEC", "",
                           [&] { return ::syscall(SYS_close_range, call.first, ~0U, CLOSE_RANGE_CLOEXEC); }));
    return world::Reply{};
}

}  // namespace cutaway::host
