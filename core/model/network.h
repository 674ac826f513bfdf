// SPDX-License-Identifier: Apache-2.0
// The simulated network: links, addresses, routes and NAT a namespace, and the way a connection takes through them.
// Reachability follows the topology: nothing is connected that no cable, bridge, route or rule connects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/machine.h"

namespace cutaway::model {

struct Subnet {
    std::uint32_t address = 0;
    unsigned bits = 32;
};
std::optional<std::uint32_t> parse_address(std::string_view text);  // "172.17.0.2"
std::optional<Subnet> parse_subnet(std::string_view text);          // "172.17.0.2/16"
std::string address_text(std::uint32_t address);

// --- links (links.cpp): rtnetlink(7) and nf_tables, in one network namespace ---
Status make_bridge(Machine& machine, SpaceId net, const std::string& name);
Status make_veth(Machine& machine, SpaceId net, const std::string& name, const std::string& peer);
Status move_link(Machine& machine, SpaceId net, const std::string& link, SpaceId to, const std::string& as);
Status attach_link(Machine& machine, SpaceId net, const std::string& link, const std::string& bridge);
Status raise_link(Machine& machine, SpaceId net, const std::string& link);
Status add_address(Machine& machine, SpaceId net, const std::string& link, const std::string& address);
Status add_route(Machine& machine, SpaceId net, const Route& route);
Status remove_link(Machine& machine, SpaceId net, const std::string& link);
Status add_nat(Machine& machine, SpaceId net, const NatEntry& entry);
// names.cpp: from here on names are answered at that address, in that namespace
Status open_resolver(Machine& machine, SpaceId net, const std::string& container, const std::string& address);
Status remove_nat(Machine& machine, SpaceId net, const NatEntry& entry);

// --- connections (network.cpp) ---
struct Reached {
    int error = 0;  // errno; 0: somebody listens
    SpaceId net = 0;
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    ObjectId listener = 0;
    std::uint32_t from = 0;  // the source address as the listener sees it
};
Reached find_way(Machine& machine, SpaceId net, std::uint32_t address, std::uint16_t port);
Result<ObjectId> listen_on(Machine& machine, Pid pid, const std::string& address, std::uint16_t port);   // a listener
Result<ObjectId> connect_to(Machine& machine, Pid pid, const std::string& address, std::uint16_t port);  // a stream
Result<ObjectId> accept_from(Machine& machine, ObjectId listener);                                       // a stream
Result<std::string> resolve_name(Machine& machine, Pid pid, const std::string& name);

}  // namespace cutaway::model
