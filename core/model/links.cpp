// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/model/errors.h"
#include "core/model/network.h"

namespace cutaway::model {
namespace {

NetSpace& space_at(Machine& machine, SpaceId net) { return machine.state.net_spaces.at(net); }

Link* find_link(Machine& machine, SpaceId net, const std::string& name) {
    NetSpace& space = space_at(machine, net);
    const auto found = space.links.find(name);
    return found == space.links.end() ? nullptr : &found->second;
}

std::string new_mac(Machine& machine) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string mac = "02:42";
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t byte = random_number(machine) & 0xffU;
        mac += ':';
        mac += digits[byte >> 4U];
        mac += digits[byte & 15U];
    }
    return mac;
}

Link new_link(Machine& machine, std::string kind) {
    Link link;
    link.index = machine.state.next_link++;
    link.kind = std::move(kind);
    link.mac = new_mac(machine);
    return link;
}

bool same_rule(const world::NatRule& a, const world::NatRule& b) { return a == b; }

bool addresses_meet(const std::string& a, const std::string& b) {
    const auto any = [](const std::string& text) { return text.empty() || text == "0.0.0.0"; };
    return any(a) || any(b) || a == b;
}

}  // namespace

Status make_bridge(Machine& machine, SpaceId net, const std::string& name) {
    if (name.empty() || name.size() > 15) {
        return os_error(EINVAL, "bridge " + name);  // IFNAMSIZ
    }
    if (const Link* link = find_link(machine, net, name); link != nullptr) {
        return link->kind == "bridge" ? Status() : Status(os_error(EEXIST, "bridge " + name));
    }
    space_at(machine, net).links.emplace(name, new_link(machine, "bridge"));
    return {};
}

Status make_veth(Machine& machine, SpaceId net, const std::string& name, const std::string& peer) {
    if (name.empty() || name.size() > 15 || peer.empty() || peer.size() > 15 || name == peer) {
        return os_error(EINVAL, "veth " + name);
    }
    if (find_link(machine, net, name) != nullptr || find_link(machine, net, peer) != nullptr) {
        return os_error(EEXIST, "veth " + name);
    }
    Link one = new_link(machine, "veth");
    Link other = new_link(machine, "veth");
    one.peer = peer;
    other.peer = name;
    one.peer_space = net;
    other.peer_space = net;
    space_at(machine, net).links.emplace(name, std::move(one));
    space_at(machine, net).links.emplace(peer, std::move(other));
    return {};
}

Status move_link(Machine& machine, SpaceId net, const std::string& name, SpaceId to, const std::string& as) {
    Link* link = find_link(machine, net, name);
    if (link == nullptr) {
        return os_error(ENODEV, "link " + name);
    }
    if (link->kind == "loopback" || link->kind == "bridge") {
        return os_error(EINVAL, "link " + name);  // NETIF_F_NETNS_LOCAL
    }
    const std::string new_name = as.empty() ? name : as;
    if (find_link(machine, to, new_name) != nullptr) {
        return os_error(EEXIST, "link " + new_name);
    }
    Link moved = std::move(*link);
    space_at(machine, net).links.erase(name);
    moved.up = false;  // a move takes it down and its addresses away
    moved.addresses.clear();
    moved.bridge.clear();
    if (Link* peer = moved.peer_space == 0 ? nullptr : find_link(machine, moved.peer_space, moved.peer);
        peer != nullptr) {
        peer->peer = new_name;
        peer->peer_space = to;
    }
    space_at(machine, to).links.emplace(new_name, std::move(moved));
    return {};
}

Status attach_link(Machine& machine, SpaceId net, const std::string& name, const std::string& bridge) {
    Link* link = find_link(machine, net, name);
    const Link* onto = find_link(machine, net, bridge);
    if (link == nullptr || onto == nullptr) {
        return os_error(ENODEV, "link " + (link == nullptr ? name : bridge));
    }
    if (onto->kind != "bridge" || link->kind == "loopback") {
        return os_error(EINVAL, "link " + name);
    }
    link->bridge = bridge;
    return {};
}

Status raise_link(Machine& machine, SpaceId net, const std::string& name) {
    Link* link = find_link(machine, net, name);
    if (link == nullptr) {
        return os_error(ENODEV, "link " + name);
    }
    link->up = true;
    if (link->kind == "loopback" && link->addresses.empty()) {
        link->addresses.emplace_back("127.0.0.1/8");  // the kernel gives it as lo comes up
    }
    return {};
}

Status add_address(Machine& machine, SpaceId net, const std::string& name, const std::string& address) {
    Link* link = find_link(machine, net, name);
    if (link == nullptr) {
        return os_error(ENODEV, "link " + name);
    }
    if (!parse_subnet(address).has_value()) {
        return os_error(EINVAL, "address " + address);
    }
    if (std::find(link->addresses.begin(), link->addresses.end(), address) == link->addresses.end()) {
        link->addresses.push_back(address);
    }
    return {};
}

Status add_route(Machine& machine, SpaceId net, const Route& route) {
    NetSpace& space = space_at(machine, net);
    if (!route.link.empty() && find_link(machine, net, route.link) == nullptr) {
        return os_error(ENODEV, "route " + route.to);
    }
    const std::optional<std::uint32_t> via = parse_address(route.via);
    if (!route.via.empty()) {
        const bool on_link =
            via.has_value() && std::any_of(space.links.begin(), space.links.end(), [&](const auto& link) {
                return std::any_of(
                    link.second.addresses.begin(), link.second.addresses.end(), [&](const std::string& text) {
                        const Subnet subnet = *parse_subnet(text);
                        const std::uint32_t mask = subnet.bits == 0 ? 0 : ~std::uint32_t{0} << (32 - subnet.bits);
                        return link.second.up && (subnet.address & mask) == (*via & mask);
                    });
            });
        if (!on_link) {
            return os_error(ENETUNREACH, "route " + route.to);
        }
    }
    for (const Route& other : space.routes) {
        if (other.to == route.to) {
            return other.via == route.via ? Status() : Status(os_error(EEXIST, "route " + route.to));
        }
    }
    space.routes.push_back(route);
    return {};
}

namespace {

// With the routes that lead over it.
void erase_link(NetSpace& space, const std::string& name) {
    space.links.erase(name);
    std::erase_if(space.routes, [&](const Route& route) { return route.link == name; });
}

}  // namespace

Status remove_link(Machine& machine, SpaceId net, const std::string& name) {
    const Link* link = find_link(machine, net, name);
    if (link == nullptr) {
        return os_error(ENODEV, "link " + name);
    }
    if (link->kind == "loopback") {
        return os_error(EOPNOTSUPP, "link " + name);
    }
    const SpaceId peer_space = link->peer_space;
    const std::string peer = link->peer;
    NetSpace& space = space_at(machine, net);
    for (auto& [other_name, other] : space.links) {
        if (other.bridge == name) {
            other.bridge.clear();
        }
    }
    erase_link(space, name);
    if (peer_space != 0 && machine.state.net_spaces.contains(peer_space)) {
        erase_link(space_at(machine, peer_space), peer);
    }
    return {};
}

Status add_nat(Machine& machine, SpaceId net, const NatEntry& entry) {
    NetSpace& space = space_at(machine, net);
    const world::NatRule& rule = entry.rule;
    for (const NatEntry& other : space.nat) {
        if (other.rule.what != rule.what) {
            continue;
        }
        if (rule.what == "masquerade" && other.rule.subnet == rule.subnet) {
            return {};
        }
        const bool taken = rule.what == "publish" && other.rule.host_port == rule.host_port &&
                           other.rule.protocol == rule.protocol &&
                           addresses_meet(other.rule.host_address, rule.host_address);
        if (taken) {
            return os_error(EADDRINUSE, "publish " + std::to_string(rule.host_port));
        }
    }
    if (rule.what == "publish") {  // a host process that listens there has it
        for (const auto& [id, listener] : machine.state.listeners) {
            if (listener.net == net && listener.port == rule.host_port &&
                addresses_meet(listener.address, rule.host_address)) {
                return os_error(EADDRINUSE, "publish " + std::to_string(rule.host_port));
            }
        }
    }
    space.nat.push_back(entry);
    return {};
}

Status remove_nat(Machine& machine, SpaceId net, const NatEntry& entry) {
    NetSpace& space = space_at(machine, net);
    const auto found = std::find_if(space.nat.begin(), space.nat.end(),
                                    [&](const NatEntry& other) { return same_rule(other.rule, entry.rule); });
    if (found == space.nat.end()) {
        return os_error(ENOENT, "nat rule");
    }
    space.nat.erase(found);
    return {};
}

}  // namespace cutaway::model
