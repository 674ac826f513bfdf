// SPDX-License-Identifier: Apache-2.0
// What a process sees of its network namespace: rtnetlink(7)'s dumps, and icmp(7)'s echo.
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/network.h"
#include "core/model/process_sys.h"
#include "core/model/processes.h"

namespace cutaway::model {

namespace {

const NetSpace& space_of(Machine& machine, Pid pid) {
    return machine.state.net_spaces.at(machine.state.processes.at(pid).spaces.net);
}

std::uint32_t peer_index(const Machine& machine, const Link& link) {
    const auto other = machine.state.net_spaces.find(link.peer_space);
    if (link.peer.empty() || other == machine.state.net_spaces.end()) {
        return 0;
    }
    const auto peer = other->second.links.find(link.peer);
    return peer == other->second.links.end() ? 0 : peer->second.index;
}

// "172.17.0.2/16" lies in "172.17.0.0/16".
std::string network_of(const std::string& address) {
    const Subnet subnet = parse_subnet(address).value_or(Subnet{});
    const std::uint32_t mask = subnet.bits == 0 ? 0 : ~std::uint32_t{0} << (32 - subnet.bits);
    return address_text(subnet.address & mask) + "/" + std::to_string(subnet.bits);
}

}  // namespace

std::vector<LinkView> ProcessSys::links() {
    std::vector<LinkView> views;
    for (const auto& [name, link] : space_of(machine_, pid_).links) {
        const std::uint32_t index = link.kind == "loopback" ? 1 : link.index;  // each namespace's first
        views.push_back(
            {index, name, link.kind, link.up, link.mac, link.bridge, peer_index(machine_, link), link.addresses});
    }
    std::sort(views.begin(), views.end(), [](const LinkView& a, const LinkView& b) { return a.index < b.index; });
    return views;
}

std::vector<RouteView> ProcessSys::routes() {
    const NetSpace& space = space_of(machine_, pid_);
    const std::vector<LinkView> all = links();
    std::vector<RouteView> views;
    for (const Route& route : space.routes) {
        std::string link = route.link;
        const std::optional<std::uint32_t> via = parse_address(route.via);
        for (const LinkView& one : all) {
            for (const std::string& address : one.addresses) {
                const bool near =
                    via && network_of(route.via + address.substr(address.find('/'))) == network_of(address);
                link = link.empty() && near ? one.name : link;
            }
        }
        views.push_back({route.to, route.via, link, ""});
    }
    for (const LinkView& one : all) {
        for (const std::string& address :
             one.kind == "loopback" || !one.up ? std::vector<std::string>() : one.addresses) {
            views.push_back({network_of(address), "", one.name, address.substr(0, address.find('/'))});
        }
    }
    std::stable_partition(views.begin(), views.end(), [](const RouteView& one) { return one.to == "default"; });
    return views;
}

// Whoever would refuse a connection is there and would answer an echo.
Status ProcessSys::echo(std::string_view address) {
    const std::optional<std::uint32_t> asked = parse_address(address);
    if (!asked) {
        return os_error(EINVAL, "echo " + std::string(address));
    }
    const Reached reached = find_way(machine_, machine_.state.processes.at(pid_).spaces.net, *asked, 0);
    return reached.error == 0 || reached.error == ECONNREFUSED ? Status() : Status(os_error(reached.error, "echo"));
}

}  // namespace cutaway::model
