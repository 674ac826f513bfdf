// SPDX-License-Identifier: Apache-2.0
// What an ordinary user's machine lacks beside root's: other users' ids, cgroups, networks. Asked for such a thing it
// refuses with one sentence that says what would be needed. Pure but for the container's processes, which are looked
// for in /proc where no cgroup lists them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/configure.h"
#include "core/engine/start_plan.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// The network of an ordinary user, where the program is: --network slirp4netns.
inline constexpr std::string_view slirp = "slirp4netns";

bool is_rootless(const world::MachineProfile& machine);
bool has_cgroups(const world::MachineProfile& machine);
// Whether a container gets a cgroup namespace: on v1 docker leaves the host's.
bool has_cgroup_space(const world::MachineProfile& machine);
bool holds(const std::vector<world::IdRange>& ranges, std::uint32_t inside);

// What the options ask for that only root, a cgroup of one's own or more ids could give.
Status check_rootless(const world::MachineProfile& machine, const store::ContainerRecord& record);
Status check_ids(const world::MachineProfile& machine, const User& user);
// `what` freezes, counts or limits: that takes a cgroup.
Status check_cgroups(const world::MachineProfile& machine, std::string_view what);

// Those of its pid namespace, if its first process still is what it was: the one whose root lies on this upper directory.
Result<std::vector<std::int64_t>> processes_by_root(world::World& world, const store::ContainerRecord& record);

}  // namespace cutaway::engine
