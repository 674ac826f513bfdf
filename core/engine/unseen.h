// SPDX-License-Identifier: Apache-2.0
// Containers whose shim is gone before it told how they ended: somebody killed it, or the machine went down. Looking
// never ends anything: what still runs stays up, and only what runs no more is recorded as ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/runtime/protocol.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// A shim that would tell of the container's end is there.
bool has_shim(world::World& world, const std::string& id);

// Neither a shim nor its word: nobody will ever tell how this one ends.
bool is_orphan(world::World& world, const std::string& id);

// The pids in the container's cgroup, in the host's numbers.
Result<std::vector<std::int64_t>> processes_of(world::World& world, const store::ContainerRecord& record);

// Something of it runs, whether or not anybody looks after it.
bool runs(world::World& world, const store::ContainerRecord& record);

// The end of one that nobody saw, now.
runtime::ExitRecord unseen_exit(world::World& world, std::int32_t code = 255);

// What is left of an orphan is killed; it is recorded as exited and put away.
Status end_orphan(world::World& world, store::ContainerRecord record);

}  // namespace cutaway::engine
