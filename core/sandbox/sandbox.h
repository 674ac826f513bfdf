// SPDX-License-Identifier: Apache-2.0
// Plans what makes a process a container and what it may still do: namespaces, host name, capabilities, seccomp, user,
// and at last the program itself. Pure. The order is the kernel's: what a step needs is given up only behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/world/world.h"

namespace cutaway::sandbox {

struct Config {
    std::string container;
    std::vector<world::Space> spaces{world::Space::mount, world::Space::pid, world::Space::net, world::Space::ipc,
                                     world::Space::uts};
    // Of an ordinary user: a user namespace too, and who is who in it. Empty: root's, who needs none.
    std::vector<world::IdRange> uids;
    std::vector<world::IdRange> gids;
    bool cgroup_space = true;  // unshared behind the join, else the container sees the host's path
    std::string hostname;
    std::vector<std::string> capabilities;
    std::string seccomp;             // the profile's name; empty: none
    std::string seccomp_filter;      // compiled
    bool no_new_privileges = false;  // docker sets it only when asked, so that setuid programs work
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    bool terminal = false;
    bool console = false;  // and /dev/console is that terminal: the first process's alone
    std::string working_dir = "/";
    std::vector<std::string> argv;  // argv[0] is looked up along PATH inside the container
    std::vector<std::string> env;
};

// Docker's fourteen.
const std::vector<std::string>& default_capabilities();
// Docker's set with --cap-add and --cap-drop; names with or without CAP_, "ALL". Errc::invalid names the stranger.
Result<std::vector<std::string>> capabilities(const std::vector<std::string>& add,
                                              const std::vector<std::string>& drop);

plan::PlannedCall plan_clone(const Config& config);
std::vector<plan::PlannedCall> plan_ids(const Config& config);       // right behind the clone
std::vector<plan::PlannedCall> plan_identity(const Config& config);  // behind the clone: hostname, cgroup namespace
std::vector<plan::PlannedCall> plan_program(const Config& config);   // behind the root: privileges, user, execve
// A further process in a running container's namespaces; `pid` is the container's first process on the host.
std::vector<plan::PlannedCall> plan_exec(const Config& config, std::int64_t pid);

}  // namespace cutaway::sandbox
