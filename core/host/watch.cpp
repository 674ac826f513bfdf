// SPDX-License-Identifier: Apache-2.0
#include "core/host/watch.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "core/host/clock.h"
#include "core/host/kernel_calls.h"
#include "core/host/process_facts.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::int64_t pause_ns = 10'000'000;

template <class What>
void say(std::vector<world::Observed>& out, std::int64_t now, What what) {
    out.push_back({now, world::Actor::kernel, std::move(what)});
}

std::int64_t now_ns() {
    const world::Cancel none;
    return HostClock(none).now_ns();
}

}  // namespace

void HostWatch::look_at(const ShimSeen& shim, std::int64_t pid, std::vector<world::Observed>& out) {
    const std::optional<ProcessFacts> facts = read_process(pid);
    if (!facts) {
        return;
    }
    auto [at, fresh] = known_.try_emplace(pid);
    Known& known = at->second;
    known.round = round_;
    if (fresh) {
        known.seen = {shim.container, pid, facts->parent, facts->inner_pid, facts->command, facts->uid, facts->spaces};
        known.pidfd = Fd(open_pidfd(pid).value_or(-1));
        known.shim = pid == shim.pid;
        say(out, now_ns(), known.seen);
    } else if (!facts->zombie && (known.seen.command != facts->command || known.seen.uid != facts->uid)) {
        known.seen.command = facts->command;
        known.seen.uid = facts->uid;
        say(out, now_ns(), world::ProcessChanged{shim.container, pid, facts->command, facts->uid});
    }
    if (facts->zombie && !known.zombie) {
        known.zombie = true;
        const ExitFacts exit = to_exit(facts->exit_status);
        say(out, now_ns(), world::ProcessExited{shim.container, pid, exit.code, exit.signal, true});
    }
    for (const std::int64_t child : children_of(pid)) {
        look_at(shim, child, out);
    }
}

void HostWatch::gone(std::vector<world::Observed>& out) {
    for (auto at = known_.begin(); at != known_.end();) {
        const Known& known = at->second;
        if (known.round == round_) {
            ++at;
            continue;
        }
        const std::string& container = known.seen.container;
        if (known.zombie) {
            say(out, now_ns(), world::ProcessReaped{container, at->first});
        } else {
            const ExitFacts exit = exit_of(known.pidfd.get());
            say(out, now_ns(), world::ProcessExited{container, at->first, exit.code, exit.signal, false});
        }
        if (known.shim) {
            shims_.remove(at->first);
        }
        at = known_.erase(at);
    }
}

void HostWatch::look(std::vector<world::Observed>& out) {
    ++round_;
    for (const ShimSeen& shim : shims_.all()) {
        look_at(shim, shim.pid, out);
    }
    gone(out);
}

Result<std::vector<world::Observed>> HostWatch::next(std::int64_t timeout_ns) {
    HostClock clock(cancel_);
    const std::int64_t until = clock.now_ns() + timeout_ns;
    std::vector<world::Observed> out;
    for (;;) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            look(out);
        }
        const std::int64_t left = timeout_ns < 0 ? pause_ns : std::min(pause_ns, until - clock.now_ns());
        if (!out.empty() || left <= 0) {
            return out;
        }
        TRY(clock.sleep(left));
    }
}

}  // namespace cutaway::host
