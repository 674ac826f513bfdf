// SPDX-License-Identifier: Apache-2.0
// --restart: what an engine tells a container's shim to do when it ends, and what the shim tells in turn. The shim starts
// it again by itself, with nobody looking on; whoever comes next takes in here what has become of it.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// Whether somebody sees to it: it runs, or waits to be started again.
bool is_tended(const store::ContainerRecord& record);

// Before a start: nothing is left of an earlier one, and the shim finds the policy.
Status begin_tending(world::World& world, const store::ContainerRecord& record);
// Its policy, for the shim to find. `network`: what the next start does instead of the first one's network part.
Status write_order(world::World& world, const store::ContainerRecord& record,
                   std::vector<plan::PlannedCall> network = {});
// Whatever it is doing, it will not be started again. A shim that waits hears of it at once.
Status take_back_order(world::World& world, const store::ContainerRecord& record);

// How often it was started again, and its process now, into the record on disk, and into `record`.
Status take_in_restarts(world::World& world, store::ContainerRecord& record);

// docker's refusal of what needs a process, while there is none for a moment.
Status check_not_restarting(const store::ContainerRecord& record);

}  // namespace cutaway::engine
