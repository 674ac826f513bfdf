// SPDX-License-Identifier: Apache-2.0
#include "core/host/watch.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "core/host/cgroup_facts.h"
#include "core/host/clock.h"
#include "core/host/kernel_calls.h"
#include "core/host/process_facts.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::int64_t pause_ns = 10'000'000;
constexpr std::int64_t whole_every_ns = 200'000'000;  // sockets and cgroups: reading them takes longer

template <class What>
void say(std::vector<world::Observed>& out, std::int64_t now, What what) {
    out.push_back({now, world::Actor::kernel, std::move(what)});
}

std::int64_t now_ns() {
    const world::Cancel none;
    return HostClock(none).now_ns();
}

}  // namespace

// An exec's process is a child of its own shim; the container that it entered is found by what it shares.
void HostWatch::seek_first(const Known& known) {
    const Whole& whole = wholes_[known.seen.container];
    const bool inside = known.seen.inner_pid != known.seen.pid;
    if (inside && whole.first == 0) {
        watched_.add({known.seen.container, first_beside(known.seen.pid)});
    }
}

void HostWatch::look_at(const WatchedRoot& root, std::int64_t pid, Seen& out) {
    const auto before = known_.find(pid);
    if (before != known_.end() && before->second.round == round_) {
        return;  // reached from another root
    }
    const std::optional<ProcessFacts> facts = read_process(pid);
    if (!facts) {
        return;
    }
    auto [at, fresh] = known_.try_emplace(pid);
    Known& known = at->second;
    known.round = round_;
    known.root = known.root || pid == root.pid;
    if (fresh) {
        known.seen = {root.container, pid, facts->parent, facts->inner_pid, facts->command, facts->uid, facts->spaces};
        known.pidfd = Fd(open_pidfd(pid).value_or(-1));
        say(out, now_ns(), known.seen);
    } else if (!facts->zombie && (known.seen.command != facts->command || known.seen.uid != facts->uid)) {
        known.seen.command = facts->command;
        known.seen.uid = facts->uid;
        say(out, now_ns(), world::ProcessChanged{root.container, pid, facts->command, facts->uid});
    }
    if (facts->zombie && !known.zombie) {
        known.zombie = true;
        const ExitFacts exit = to_exit(facts->exit_status);
        say(out, now_ns(), world::ProcessExited{root.container, pid, exit.code, exit.signal, true});
    }
    if (facts->inner_pid == 1) {
        wholes_[root.container].first = pid;
    } else {
        seek_first(known);
    }
    for (const std::int64_t child : children_of(pid)) {
        look_at(root, child, out);
    }
}

// With its first process a container ends; why may still stand in its cgroup.
void HostWatch::forget_whole(const std::string& id, std::int64_t ended, Seen& out) {
    const auto at = wholes_.find(id);
    if (at == wholes_.end() || at->second.first != ended) {
        return;
    }
    const Whole& whole = at->second;
    if (!whole.usage.cgroup.empty() && oom_kills_of(whole.usage.cgroup) > whole.oom_kills) {
        say(out, now_ns(), world::OutOfMemory{id, whole.usage.cgroup, ended});
    }
    wholes_.erase(at);
}

void HostWatch::gone(Seen& out) {
    for (auto at = known_.begin(); at != known_.end();) {
        const Known& known = at->second;
        const std::string& container = known.seen.container;
        if (known.round == round_) {
            ++at;
            continue;
        }
        if (known.zombie) {
            say(out, now_ns(), world::ProcessReaped{container, at->first});
        } else {
            const ExitFacts exit = exit_of(known.pidfd.get());
            say(out, now_ns(), world::ProcessExited{container, at->first, exit.code, exit.signal, false});
        }
        if (known.root) {
            watched_.remove(at->first);
        }
        forget_whole(container, at->first, out);
        at = known_.erase(at);
    }
}

void HostWatch::look_at_sockets(const std::string& id, Whole& whole, Seen& out) {
    std::vector<ListenerFacts> now = listeners_of(whole.first);
    const auto is_new = [&](const ListenerFacts& one) {
        return std::find(whole.listeners.begin(), whole.listeners.end(), one) == whole.listeners.end();
    };
    std::erase_if(now, [&](const ListenerFacts& one) {
        if (!is_new(one)) {
            return false;
        }
        const std::int64_t owner = owner_of(one.inode, whole.pids);  // with the host's network there are others'
        if (owner != 0) {
            say(out, now_ns(), world::SocketListening{id, owner, one.protocol, one.address, one.port});
        }
        return owner == 0;
    });
    for (const ListenerFacts& one : whole.listeners) {
        if (std::find(now.begin(), now.end(), one) == now.end()) {
            say(out, now_ns(), world::SocketClosed{id, one.protocol, one.port});
        }
    }
    whole.listeners = std::move(now);
}

void HostWatch::look_at_usage(const std::string& id, Whole& whole, Seen& out) {
    std::optional<UsageFacts> now = usage_of(whole.first, id);
    if (!now) {
        return;
    }
    if (now->oom_kills > whole.oom_kills) {
        say(out, now_ns(), world::OutOfMemory{id, now->sample.cgroup, 0});
    }
    whole.oom_kills = now->oom_kills;
    if (now->sample != whole.usage) {
        say(out, now_ns(), now->sample);
    }
    whole.usage = std::move(now->sample);
}

void HostWatch::look_at_whole(const std::string& id, Whole& whole, Seen& out) {
    const std::int64_t now = now_ns();
    const auto first = known_.find(whole.first);
    // Before it is its program there is nothing to count, and nobody listens.
    const bool begun = first != known_.end() && !first->second.seen.command.starts_with("cutaway-init");
    if (!begun || (whole.looked_ns != 0 && now - whole.looked_ns < whole_every_ns)) {
        return;
    }
    whole.looked_ns = now;
    look_at_usage(id, whole, out);
    whole.pids.clear();
    for (const auto& [pid, known] : known_) {
        if (known.seen.container == id && known.seen.inner_pid != pid) {
            whole.pids.push_back(pid);
        }
    }
    look_at_sockets(id, whole, out);
}

void HostWatch::look(Seen& out) {
    ++round_;
    for (const WatchedRoot& root : watched_.all()) {
        look_at(root, root.pid, out);
    }
    gone(out);
    for (auto& [id, whole] : wholes_) {
        look_at_whole(id, whole, out);
    }
}

Result<std::vector<world::Observed>> HostWatch::next(std::int64_t timeout_ns) {
    HostClock clock(cancel_);
    const std::int64_t until = clock.now_ns() + timeout_ns;
    Seen out = watched_.take_noticed();
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
