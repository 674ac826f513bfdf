// SPDX-License-Identifier: Apache-2.0
// Plans a container's file system: the overlay on the host, and inside the new mount namespace everything up to and
// behind pivot_root. Pure: configuration in, calls out; it looks at no disk.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/world/world.h"

namespace cutaway::rootfs {

struct Bind {
    std::string type;    // "bind" or "tmpfs"
    std::string source;  // on the host
    std::string target;  // in the container, absolute
    bool read_only = false;
};

struct Config {
    std::vector<std::string> lower;  // the layers' directories, bottom first
    std::string upper;
    std::string work;
    std::string merged;
    std::vector<Bind> binds;  // volumes, /etc/hosts and the like
    bool read_only = false;
    bool privileged = false;
    // An ordinary user's: the overlay, too, is mounted by the init, where it is root; what only root's numbers or links
    // allow is done without.
    bool rootless = false;
    bool tty_group = true;    // the group 5 is somebody inside
    bool own_network = true;  // else /sys is the host's own, bound
    bool cgroup_view = true;  // there is a cgroup to be seen
    world::CgroupLayout cgroup = world::CgroupLayout::v2;
    std::vector<std::string> controllers;
};

// On the host, by the daemon: layers joined into `merged`. Rootless: nothing, plan_root does it.
std::vector<plan::PlannedCall> plan_overlay(const Config& config);

// In the init: its own mounts under `merged`, then `merged` as the root, then what must not be seen hidden.
std::vector<plan::PlannedCall> plan_root(const Config& config);

// Docker's lists of what to hide and what to make read-only below /proc and /sys.
const std::vector<std::string>& masked_paths();
const std::vector<std::string>& read_only_paths();

}  // namespace cutaway::rootfs
