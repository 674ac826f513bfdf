// SPDX-License-Identifier: Apache-2.0
#include "core/cgroup/cgroup.h"

#include <algorithm>

namespace cutaway::cgroup {

namespace {

using world::Call;
using world::CgroupLayout;
using world::WriteCgroup;

constexpr std::string_view mount_point = "/sys/fs/cgroup";
constexpr std::uint64_t period_us = 100000;  // the kernel's and docker's own

bool has(const Config& config, std::string_view controller) {
    return std::find(config.controllers.begin(), config.controllers.end(), controller) != config.controllers.end();
}

std::string quota_us(const Limits& limits) { return std::to_string(limits.nano_cpus / 10000); }

// cpu.shares 2…262144 maps to cpu.weight 1…10000 as runc does it.
std::uint64_t weight(std::int64_t shares) { return 1 + (static_cast<std::uint64_t>(shares) - 2) * 9999 / 262142; }

std::vector<Call> limits_v2(const Config& config) {
    const Limits& limits = config.limits;
    const std::string path = path_of(config, "");
    std::vector<Call> calls;
    if (limits.memory != 0) {
        calls.emplace_back(WriteCgroup{path, "memory.max", std::to_string(limits.memory)});
        const auto total = limits.memory_swap == 0 ? limits.memory * 2 : static_cast<std::uint64_t>(limits.memory_swap);
        const bool endless = limits.memory_swap < 0;
        calls.emplace_back(WriteCgroup{path, "memory.swap.max",
                                       endless ? "max" : std::to_string(total - std::min(total, limits.memory))});
    }
    if (limits.nano_cpus != 0) {
        calls.emplace_back(WriteCgroup{path, "cpu.max", quota_us(limits) + " " + std::to_string(period_us)});
    }
    if (limits.cpu_shares >= 2) {
        calls.emplace_back(WriteCgroup{path, "cpu.weight", std::to_string(weight(limits.cpu_shares))});
    }
    if (limits.pids > 0) {
        calls.emplace_back(WriteCgroup{path, "pids.max", std::to_string(limits.pids)});
    }
    return calls;
}

std::vector<Call> limits_v1(const Config& config) {
    const Limits& limits = config.limits;
    std::vector<Call> calls;
    if (limits.memory != 0) {
        calls.emplace_back(
            WriteCgroup{path_of(config, "memory"), "memory.limit_in_bytes", std::to_string(limits.memory)});
    }
    if (limits.nano_cpus != 0) {
        calls.emplace_back(WriteCgroup{path_of(config, "cpu"), "cpu.cfs_period_us", std::to_string(period_us)});
        calls.emplace_back(WriteCgroup{path_of(config, "cpu"), "cpu.cfs_quota_us", quota_us(limits)});
    }
    if (limits.cpu_shares > 0) {
        calls.emplace_back(WriteCgroup{path_of(config, "cpu"), "cpu.shares", std::to_string(limits.cpu_shares)});
    }
    if (limits.pids > 0) {
        calls.emplace_back(WriteCgroup{path_of(config, "pids"), "pids.max", std::to_string(limits.pids)});
    }
    return calls;
}

plan::PlannedCall by_runtime(std::string step, std::string why, Call call) {
    plan::PlannedCall planned;
    planned.place = plan::Place::engine;
    planned.actor = world::Actor::runtime;
    planned.phase = world::Phase::cgroup;
    planned.step = std::move(step);
    planned.why = std::move(why);
    planned.call = std::move(call);
    return planned;
}

}  // namespace

std::string path_of(const Config& config, std::string_view controller) {
    if (!config.parent.empty()) {
        return config.parent + "/cutaway-" + config.container;
    }
    std::string path(mount_point);
    if (config.layout != CgroupLayout::v2) {
        path += "/" + std::string(controller);
    }
    return path + "/cutaway/" + config.container;
}

std::vector<std::string> paths(const Config& config) {
    if (config.none) {
        return {};
    }
    if (config.layout == CgroupLayout::v2) {
        return {path_of(config, "")};
    }
    std::vector<std::string> all;
    for (const std::string_view controller :
         {"memory", "cpu", "cpuacct", "pids", "freezer", "devices", "cpuset", "blkio"}) {
        if (has(config, controller)) {
            all.push_back(path_of(config, controller));
        }
    }
    return all;
}

std::vector<world::Call> limit_calls(const Config& config) {
    if (config.none) {
        return {};
    }
    return config.layout == CgroupLayout::v2 ? limits_v2(config) : limits_v1(config);
}

std::vector<plan::PlannedCall> plan_groups(const Config& config) {
    std::vector<plan::PlannedCall> calls;
    for (const std::string& path : paths(config)) {
        calls.push_back(by_runtime("make a cgroup for the container",
                                   "made before the container, so that no process of it ever runs uncounted",
                                   world::MakeCgroup{path}));
        calls.back().undo = {world::RemoveCgroup{path}};
    }
    // A v1 cpuset starts empty and takes nobody until it has CPUs and memory nodes.
    if (!config.none && config.layout != CgroupLayout::v2 && has(config, "cpuset")) {
        for (const std::string_view file : {"cpuset.cpus", "cpuset.mems"}) {
            calls.push_back(by_runtime("make a cgroup for the container", "an empty v1 cpuset refuses every process",
                                       WriteCgroup{path_of(config, "cpuset"), std::string(file), "$PARENT"}));
        }
    }
    for (world::Call& call : limit_calls(config)) {
        calls.push_back(by_runtime(
            "write the limits", "the kernel enforces them from the first instruction on; no limit given, none written",
            std::move(call)));
    }
    return calls;
}

std::vector<plan::PlannedCall> plan_join(const Config& config) {
    std::vector<plan::PlannedCall> calls;
    for (const std::string& path : paths(config)) {
        calls.push_back(by_runtime("put the new process into the cgroup",
                                   "its children are born there; a process joins, a limit belongs to the group",
                                   WriteCgroup{path, "cgroup.procs", "$PID"}));
    }
    return calls;
}

std::vector<world::Call> freeze_calls(const Config& config, bool frozen) {
    if (config.layout == CgroupLayout::v2) {
        return {WriteCgroup{path_of(config, ""), "cgroup.freeze", frozen ? "1" : "0"}};
    }
    return {WriteCgroup{path_of(config, "freezer"), "freezer.state", frozen ? "FROZEN" : "THAWED"}};
}

}  // namespace cutaway::cgroup
