// SPDX-License-Identifier: Apache-2.0
// Plans a container's network: a cable from a bridge on the host to an eth0 inside, an address, a way out by
// masquerade, and published ports. Pure: addresses are chosen by whoever keeps the records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/plan.h"
#include "core/world/world.h"

namespace cutaway::network {

struct Config {
    std::string container;
    std::string bridge;   // "cutaway0"
    std::string subnet;   // "172.17.0.0/16"
    std::string gateway;  // "172.17.0.1"
    std::uint8_t prefix = 16;
    std::string address;  // "172.17.0.2"
    std::vector<world::PortNote> ports;
    std::string resolver;  // "127.0.0.11" where names resolve; empty: nobody answers
    // A container may be plugged into several networks: one link each, and one of them leads out.
    std::string link = "eth0";
    std::string host_link;  // the cable's outer end; empty: by the container's id
    bool way_out = true;
};

// The host's end of a cable: "veth" and an id's first seven letters (IFNAMSIZ is 15).
std::string veth_name(std::string_view id);

std::vector<plan::PlannedCall> plan_bridge(const Config& config);   // on the host, before the container; stays
std::vector<plan::PlannedCall> plan_cable(const Config& config);    // behind the clone: veth, its move, NAT
std::vector<plan::PlannedCall> plan_inside(const Config& config);   // by the init: address, loopback, route
std::vector<plan::PlannedCall> plan_further(const Config& config);  // the same of a second network's link
std::vector<plan::PlannedCall> plan_names(const Config& config);    // by the shim: who answers for names, if anybody

// An ordinary user's: slirp4netns makes a tap inside and carries what goes over it. It gives these addresses.
inline constexpr std::string_view slirp_address = "10.0.2.100";
inline constexpr std::string_view slirp_resolver = "10.0.2.3";
std::vector<plan::PlannedCall> plan_slirp(const std::string& program);  // by the shim, behind plan_inside

struct Subnet {
    std::uint32_t base = 0;  // bits beyond the prefix are off
    std::uint32_t mask = 0;
    unsigned prefix = 0;
};
std::optional<Subnet> parse_subnet(std::string_view text);  // "a.b.c.d/n"

// Of subnets from /8 to /30. "172.17.0.0/16" and a number 1… → "172.17.0.1"; empty past the subnet's end.
std::string host_in(std::string_view subnet, std::uint32_t number);
std::uint32_t hosts_in(std::string_view subnet);

}  // namespace cutaway::network
