// SPDX-License-Identifier: Apache-2.0
// Networks that containers are plugged into: a record each. Which addresses are taken is in the containers' records;
// links and rules are not made here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/world/vocabulary.h"
#include "core/world/world.h"

namespace cutaway::store {

struct NetworkRecord {
    std::uint32_t version = 0;
    std::string id;
    std::string name;
    std::string created;
    std::string driver = "bridge";
    std::string subnet;   // "172.17.0.0/16"
    std::string gateway;  // "172.17.0.1"
    std::string bridge;   // the link's name: "docker0", "br-<12 digits>"
    bool internal = false;
    bool built_in = false;    // bridge, host, none: never removed
    bool own_subnet = false;  // the user chose it, so the user may choose addresses of it
    std::vector<world::Pair> labels;
    std::vector<world::Pair> options;
    friend bool operator==(const NetworkRecord&, const NetworkRecord&) = default;
};
CUTAWAY_FIELDS(NetworkRecord, version, id, name, created, driver, subnet, gateway, bridge, internal, built_in, labels,
               options, own_subnet)

Result<NetworkRecord> create_network(world::World& world, NetworkRecord network);  // Errc::conflict: the name is taken
Result<NetworkRecord> find_network(world::World& world, std::string_view name_or_id);  // "network x not found"
Result<std::vector<NetworkRecord>> list_networks(world::World& world);                 // by name
Status remove_network(world::World& world, const NetworkRecord& network);              // Errc::denied: built in

}  // namespace cutaway::store
