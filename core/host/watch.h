// SPDX-License-Identifier: Apache-2.0
// HostWatch: what /proc and the cgroup files show of the containers that were started or acted on here: processes come,
// change and go, somebody listens, memory and time are used. It performs nothing and believes nothing that it did not
// read. What comes and goes between two looks is not seen; an exit's code is known only where the kernel still tells it,
// else it is -1. Any thread, one at a time.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/host/container_facts.h"
#include "core/host/fd.h"
#include "core/host/watched.h"
#include "core/world/world.h"

namespace cutaway::host {

class HostWatch final : public world::Watch {
public:
    HostWatch(Watched& watched, const world::Cancel& cancel) : watched_(watched), cancel_(cancel) {}
    Result<std::vector<world::Observed>> next(std::int64_t timeout_ns) override;

private:
    struct Known {
        world::ProcessStarted seen;
        Fd pidfd;
        std::uint64_t round = 0;
        bool root = false;
        bool zombie = false;
    };
    struct Whole {  // what is known of a container beside its processes
        std::int64_t looked_ns = 0;
        std::vector<ListenerFacts> listeners;
        world::UsageSampled usage;
        std::uint64_t oom_kills = 0;
        std::int64_t first = 0;  // the pid of its number 1
        std::vector<std::int64_t> pids;
    };
    using Seen = std::vector<world::Observed>;

    void look(Seen& out);
    void look_at(const WatchedRoot& root, std::int64_t pid, Seen& out);
    void seek_first(const Known& known);
    void gone(Seen& out);
    void forget_whole(const std::string& id, std::int64_t ended, Seen& out);
    void look_at_whole(const std::string& id, Whole& whole, Seen& out);
    static void look_at_sockets(const std::string& id, Whole& whole, Seen& out);
    static void look_at_usage(const std::string& id, Whole& whole, Seen& out);

    Watched& watched_;
    const world::Cancel& cancel_;
    std::mutex mutex_;
    std::uint64_t round_ = 0;
    std::map<std::int64_t, Known> known_;
    std::map<std::string, Whole> wholes_;
};

}  // namespace cutaway::host
