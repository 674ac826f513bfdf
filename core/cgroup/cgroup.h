// SPDX-License-Identifier: Apache-2.0
// Plans a container's cgroups: made before the container, joined right after the clone, removed after the end. Knows
// the names of v1 and v2 and nothing of processes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/world/world.h"

namespace cutaway::cgroup {

struct Limits {
    std::uint64_t memory = 0;      // bytes; 0: none
    std::int64_t memory_swap = 0;  // memory and swap together; 0: twice the memory, -1: none
    std::uint64_t nano_cpus = 0;   // 1e9 is one CPU
    std::int64_t cpu_shares = 0;
    std::int64_t pids = 0;  // 0 or less: none
};

struct Config {
    std::string container;
    bool none = false;   // an ordinary user to whom nothing was left: no cgroup of its own, and no limits
    std::string parent;  // v2: what was left to an ordinary user; empty: root's, the hierarchy's top
    Limits limits;
    world::CgroupLayout layout = world::CgroupLayout::v2;
    std::vector<std::string> controllers;
};

// The directories, one on v2, one a controller on v1 and hybrid. The first, if there is any, is the one shown to people.
std::vector<std::string> paths(const Config& config);
std::string path_of(const Config& config, std::string_view controller);

std::vector<plan::PlannedCall> plan_groups(const Config& config);  // make and limit
std::vector<plan::PlannedCall> plan_join(const Config& config);    // the init, behind the clone
std::vector<world::Call> freeze_calls(const Config& config, bool frozen);
std::vector<world::Call> limit_calls(const Config& config);  // for `update`

}  // namespace cutaway::cgroup
