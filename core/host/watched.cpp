// SPDX-License-Identifier: Apache-2.0
#include "core/host/watched.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "core/host/clock.h"
#include "core/host/process_facts.h"
#include "core/host/signal_facts.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t most_noticed = 1000;

}  // namespace

void Watched::add(WatchedRoot root) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto same = [&](const WatchedRoot& one) { return one.pid == root.pid; };
    if (root.pid > 0 && std::none_of(roots_.begin(), roots_.end(), same)) {
        roots_.push_back(std::move(root));
    }
}

void Watched::remove(std::int64_t pid) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::erase_if(roots_, [pid](const WatchedRoot& root) { return root.pid == pid; });
}

std::vector<WatchedRoot> Watched::all() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return roots_;
}

std::vector<world::Observed> Watched::take_noticed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(noticed_, {});
}

world::SignalSeen Watched::foresee(std::int64_t pid, int number) {
    const std::string status = read_file("/proc/" + std::to_string(pid) + "/status", 1 << 16).value_or("");
    const char* name = ::sigabbrev_np(number);
    const std::string_view fate = status.empty() ? "" : waits_for(pid, number) ? "handled" : fate_of(status, number);
    return {container_of_process(pid), pid, name == nullptr ? "" : "SIG" + std::string(name), std::string(fate)};
}

void Watched::sent(world::SignalSeen seen) {
    if (seen.container.empty()) {
        return;  // no container's
    }
    add({seen.container, seen.pid});
    const world::Cancel none;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (noticed_.size() == most_noticed) {
        noticed_.erase(noticed_.begin());
    }
    noticed_.push_back({HostClock(none).now_ns(), world::Actor::kernel, std::move(seen)});
}

}  // namespace cutaway::host
