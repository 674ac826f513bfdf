// SPDX-License-Identifier: Apache-2.0
// Which network a container joins and which address it gets: kept in the records, so that two engines never give out
// one address twice.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/engine/options.h"
#include "core/network/network.h"
#include "core/store/container_record.h"
#include "core/store/networks.h"
#include "core/world/world.h"

namespace cutaway::engine {

// Whether this machine can give a container a network of its own: its addresses are private, so somebody must
// translate them. Without, a container that asks for nothing gets only a loopback.
bool has_networks(const world::MachineProfile& machine);
// What is missing where there are none, as the beginning of a sentence; and the warning where one gets none by default.
std::string_view why_no_networks(const world::MachineProfile& machine);
std::string no_networks(const world::MachineProfile& machine);

// What the options and the machine make of it: the mode, into the record; or one sentence why not.
Status settle_network(const world::MachineProfile& machine, const ContainerOptions& options,
                      store::ContainerRecord& record);

// --network container:NAME: another container's network, by its full id in the record from here on; and what then makes
// no sense beside it, in docker's words.
Status settle_joined(world::World& world, const ContainerOptions& options, store::ContainerRecord& record);
// Whether it goes on a bridge, so that it needs an address there.
bool is_on_bridge(const store::ContainerRecord& record);
// Whose network the container has; empty: its own, the host's or none.
std::string joined_container(const store::ContainerRecord& record);
// That container, which must be up.
Result<store::ContainerRecord> find_joined(world::World& world, const store::ContainerRecord& record);

// docker's three: bridge, host, none. Cheap when they are there.
Status ensure_networks(world::World& world);

// So that there is an endpoint, of the network that it was made for if of no other; nothing is saved.
Status settle_endpoints(world::World& world, store::ContainerRecord& record);
// An address, a link and names for an endpoint of the record, under the store's lock; nothing is saved.
Status plug_in(world::World& world, store::ContainerRecord& record, store::NetworkEndpoint& endpoint);
// What the planner needs of an endpoint that is plugged in.
Result<network::Config> config_of(world::World& world, const store::ContainerRecord& record,
                                  const store::NetworkEndpoint& endpoint);

// The network part of a start with the addresses that it has.
Result<std::vector<plan::PlannedCall>> network_again(world::World& world, const store::ContainerRecord& record);

// Takes the lowest free addresses and free host ports, writes them into the record and saves it. Answers what the
// planner needs, eth0's first; empty: it has no network of its own.
Result<std::vector<network::Config>> take_addresses(world::World& world, store::ContainerRecord& record);

void give_back_address(store::ContainerRecord& record);

}  // namespace cutaway::engine
