// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rootless.h"

#include <algorithm>

namespace cutaway::engine {

namespace {

bool is_limited(const store::HostConfig& host) {
    return host.memory != 0 || host.memory_swap != 0 || host.nano_cpus != 0 || host.cpu_shares != 0 ||
           host.pids_limit > 0;
}

std::string space_of(world::World& world, const std::string& pid) {
    const Result<world::FileInfo> info = world.disk.stat("/proc/" + pid + "/ns/pid");
    return info ? info->link : std::string();
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

bool is_rootless(const world::MachineProfile& machine) { return !machine.uids.empty(); }

bool has_cgroups(const world::MachineProfile& machine) { return !is_rootless(machine) || !machine.own_cgroup.empty(); }

bool has_cgroup_space(const world::MachineProfile& machine) {
    return has_cgroups(machine) && machine.cgroup == world::CgroupLayout::v2;
}

bool holds(const std::vector<world::IdRange>& ranges, std::uint32_t inside) {
    return std::any_of(ranges.begin(), ranges.end(), [inside](const world::IdRange& one) {
        return inside >= one.inside && inside - one.inside < one.count;
    });
}

Status check_rootless(const world::MachineProfile& machine, const store::ContainerRecord& record) {
    if (!is_rootless(machine)) {
        return {};
    }
    if (is_limited(record.host)) {
        TRY(check_cgroups(machine, "a limit"));
    }
    if (record.host.network_mode.starts_with("container:")) {
        return fail(Errc::unsupported,
                    "--network container: takes root: an ordinary user's containers have a user namespace each, and "
                    "none of them owns another's network");
    }
    return {};
}

Status check_cgroups(const world::MachineProfile& machine, std::string_view what) {
    if (has_cgroups(machine)) {
        return {};
    }
    return fail(Errc::unsupported,
                std::string(what) +
                    " takes a cgroup, and none is made for an ordinary user's containers; with sudo, or "
                    "by an engine of root's, there is one");
}

Status check_ids(const world::MachineProfile& machine, const User& user) {
    if (!is_rootless(machine) || (holds(machine.uids, user.uid) && holds(machine.gids, user.gid))) {
        return {};
    }
    return fail(Errc::unsupported, "there is no user " + std::to_string(user.uid) + ":" + std::to_string(user.gid) +
                                       " in this container: one id is mapped, the ordinary user's own, who is root "
                                       "inside (--user 0:0); with sudo, "
                                       "or by an engine of root's, there are all");
}

// By what its root lies on, since a number may be another process's by now.
Result<std::vector<std::int64_t>> processes_by_root(world::World& world, const store::ContainerRecord& record) {
    std::vector<std::int64_t> pids;
    const std::string first = std::to_string(record.state.pid);
    const std::string mounts = world.disk.read("/proc/" + first + "/mountinfo").value_or("");
    const std::string space = space_of(world, first);
    if (record.state.pid == 0 || space.empty() || mounts.find("upperdir=" + record.upper + ",") == std::string::npos) {
        return pids;
    }
    for (const world::DirEntry& entry : TRY(world.disk.list("/proc"))) {
        if (is_number(entry.name) && space_of(world, entry.name) == space) {
            pids.push_back(std::stoll(entry.name));
        }
    }
    std::sort(pids.begin(), pids.end());
    return pids;
}

}  // namespace cutaway::engine
