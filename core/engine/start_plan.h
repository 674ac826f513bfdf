// SPDX-License-Identifier: Apache-2.0
// From a container's record to the plan of its start: what the planners of rootfs, cgroup, network and sandbox say,
// in the order the kernel needs. Pure.
#pragma once

#include "core/cgroup/cgroup.h"
#include "core/network/network.h"
#include "core/plan/plan.h"
#include "core/sandbox/sandbox.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

struct User {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    std::string home = "/";
};

struct Filter {  // of system calls; no profile: none
    std::string profile;
    std::string bytes;
};

struct StartFacts {  // what the record does not say
    User user;
    std::vector<std::string> lower;        // the layers' directories, bottom first
    network::Config network;               // that of eth0, if there is any
    std::vector<network::Config> further;  // what else it is plugged into
    Filter seccomp;
    std::string init_program;     // on the host; for --init
    std::int64_t network_of = 0;  // the first process of the container whose network this one shares; 0: it has its own
};

plan::Plan plan_start(const store::ContainerRecord& record, const StartFacts& facts,
                      const world::MachineProfile& machine);
// Its network part alone: bridges, cables, links, names.
std::vector<plan::PlannedCall> plan_network(const network::Config& first, const std::vector<network::Config>& further);
plan::Plan plan_exec(const store::ContainerRecord& record, const sandbox::Config& program,
                     const world::MachineProfile& machine);
cgroup::Config cgroup_config(const store::ContainerRecord& record, const world::MachineProfile& machine);

// HOSTNAME, HOME and TERM as docker adds them, then the record's own.
std::vector<std::string> program_env(const store::ContainerRecord& record, const User& user, bool terminal);

}  // namespace cutaway::engine
