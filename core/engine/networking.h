// SPDX-License-Identifier: Apache-2.0
// Which network a container joins and which address it gets: kept in the records, so that two engines never give out
// one address twice.
#pragma once

#include "core/base/result.h"
#include "core/network/network.h"
#include "core/store/container_record.h"
#include "core/store/networks.h"
#include "core/world/world.h"

namespace cutaway::engine {

// docker's three: bridge, host, none. Cheap when they are there.
Status ensure_networks(world::World& world);

// Takes the lowest free address and free host ports, writes them into the record and saves it. Answers what the
// planner needs; an empty bridge: no network of its own.
Result<network::Config> take_address(world::World& world, store::ContainerRecord& record);

void give_back_address(store::ContainerRecord& record);

}  // namespace cutaway::engine
