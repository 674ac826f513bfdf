// SPDX-License-Identifier: Apache-2.0
#include "core/model/network.h"

#include <algorithm>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

std::uint32_t mask_of(unsigned bits) { return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits); }

bool covers(const Subnet& subnet, std::uint32_t address) {
    return (subnet.address & mask_of(subnet.bits)) == (address & mask_of(subnet.bits));
}

bool is_local(const NetSpace& space, std::uint32_t address) {
    for (const auto& [name, link] : space.links) {
        for (const std::string& text : link.addresses) {
            const Subnet subnet = *parse_subnet(text);
            if (link.up && (subnet.address == address || (link.kind == "loopback" && covers(subnet, address)))) {
                return true;
            }
        }
    }
    return false;
}

struct Hop {
    std::string link;
    std::uint32_t next = 0;  // the neighbour to ask for
};

// The longest prefix wins: a link's own subnet, a route, the default route.
std::optional<Hop> route_to(const NetSpace& space, std::uint32_t address) {
    std::optional<Hop> best;
    int best_bits = -1;
    for (const auto& [name, link] : space.links) {
        for (const std::string& text : link.addresses) {
            const Subnet subnet = *parse_subnet(text);
            if (link.up && covers(subnet, address) && static_cast<int>(subnet.bits) > best_bits) {
                best = Hop{name, address};
                best_bits = static_cast<int>(subnet.bits);
            }
        }
    }
    for (const Route& route : space.routes) {
        const Subnet subnet = route.to == "default" ? Subnet{0, 0} : parse_subnet(route.to).value_or(Subnet{});
        const std::uint32_t via = parse_address(route.via).value_or(address);
        if (!covers(subnet, address) || static_cast<int>(subnet.bits) <= best_bits) {
            continue;
        }
        std::string name = route.link;
        if (const std::optional<Hop> first = name.empty() && via != address ? route_to(space, via) : std::nullopt;
            first) {
            name = first->link;
        }
        const auto link = space.links.find(name);
        if (link != space.links.end() && link->second.up) {
            best = Hop{name, via};
            best_bits = static_cast<int>(subnet.bits);
        }
    }
    return best;
}

// Whose link on that bridge (or cable) answers for an address: its namespace, 0 if nobody's.
SpaceId neighbour(Machine& machine, SpaceId net, const std::string& name, std::uint32_t address) {
    const NetSpace& space = machine.state.net_spaces.at(net);
    const auto owns = [&](const Link& link) {
        return link.up && std::any_of(link.addresses.begin(), link.addresses.end(),
                                      [&](const std::string& text) { return parse_subnet(text)->address == address; });
    };
    const Link& link = space.links.at(name);
    if (link.kind == "bridge") {
        for (const auto& [port_name, port] : space.links) {
            const auto other = machine.state.net_spaces.find(port.peer_space);
            if (port.bridge != name || !port.up || other == machine.state.net_spaces.end()) {
                continue;
            }
            const auto peer = other->second.links.find(port.peer);
            if (peer != other->second.links.end() && owns(peer->second)) {
                return port.peer_space;
            }
        }
        return 0;
    }
    const auto other = machine.state.net_spaces.find(link.peer_space);
    if (link.kind != "veth" || other == machine.state.net_spaces.end()) {
        return 0;
    }
    const auto peer = other->second.links.find(link.peer);
    if (peer == other->second.links.end() || !peer->second.up) {
        return 0;
    }
    if (owns(peer->second)) {
        return link.peer_space;
    }
    const auto bridge = other->second.links.find(peer->second.bridge);
    if (bridge == other->second.links.end() || !bridge->second.up) {
        return 0;
    }
    return owns(bridge->second) ? link.peer_space : neighbour(machine, link.peer_space, peer->second.bridge, address);
}

ObjectId listener_at(Machine& machine, SpaceId net, std::uint32_t address, std::uint16_t port) {
    for (const auto& [id, listener] : machine.state.listeners) {
        const std::uint32_t bound = parse_address(listener.address).value_or(0);
        if (listener.net == net && listener.port == port && (bound == 0 || bound == address)) {
            return id;
        }
    }
    return 0;
}

bool translate(const NetSpace& space, std::uint32_t& address, std::uint16_t& port) {
    for (const NatEntry& entry : space.nat) {
        const world::NatRule& rule = entry.rule;
        const std::uint32_t host = parse_address(rule.host_address).value_or(0);
        if (rule.what == "publish" && rule.host_port == port && (host == 0 || host == address)) {
            address = parse_address(rule.address).value_or(0);
            port = rule.port;
            return true;
        }
    }
    return false;
}

std::uint32_t source_in(const NetSpace& space, const std::string& link) {
    const auto found = space.links.find(link);
    if (found == space.links.end() || found->second.addresses.empty()) {
        return 0;
    }
    return parse_subnet(found->second.addresses.front())->address;
}

bool forwards(const NetSpace& space) {
    const auto forward = space.sysctls.find("net.ipv4.ip_forward");
    return forward != space.sysctls.end() && forward->second == "1";
}

std::string endpoint(std::uint32_t address, std::uint16_t port) {
    return address_text(address) + ":" + std::to_string(port);
}

std::string_view outcome_of(int error) {
    switch (error) {
        case 0: return "connected";
        case ECONNREFUSED: return "refused";
        case ETIMEDOUT: return "timeout";
        default: return "unreachable";
    }
}

}  // namespace

std::optional<std::uint32_t> parse_address(std::string_view text) {
    std::uint32_t address = 0;
    int parts = 0;
    std::uint32_t part = 0;
    int digits = 0;
    for (const char c : std::string(text) + ".") {
        if (c == '.') {
            if (digits == 0 || digits > 3 || part > 255 || ++parts > 4) {
                return std::nullopt;
            }
            address = (address << 8U) | part;
            part = 0;
            digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 3) {
            part = part * 10 + static_cast<std::uint32_t>(c - '0');
            ++digits;
        } else {
            return std::nullopt;
        }
    }
    return parts == 4 ? std::optional<std::uint32_t>(address) : std::nullopt;
}

std::optional<Subnet> parse_subnet(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<std::uint32_t> address = parse_address(text.substr(0, slash));
    if (!address.has_value()) {
        return std::nullopt;
    }
    unsigned bits = 32;
    if (slash != std::string_view::npos) {
        bits = 0;
        const std::string_view digits = text.substr(slash + 1);
        for (const char c : digits) {
            if (c < '0' || c > '9' || bits > 32) {
                return std::nullopt;
            }
            bits = bits * 10 + static_cast<unsigned>(c - '0');
        }
        if (digits.empty() || bits > 32) {
            return std::nullopt;
        }
    }
    return Subnet{*address, bits};
}

std::string address_text(std::uint32_t address) {
    return std::to_string(address >> 24U) + "." + std::to_string((address >> 16U) & 255U) + "." +
           std::to_string((address >> 8U) & 255U) + "." + std::to_string(address & 255U);
}

// The bridge on which a cable from this link ends, in the next namespace; empty: none.
std::string bridge_behind(const Machine& machine, const Link& link) {
    const auto other = machine.state.net_spaces.find(link.peer_space);
    if (link.kind != "veth" || other == machine.state.net_spaces.end()) {
        return {};
    }
    const auto peer = other->second.links.find(link.peer);
    return peer == other->second.links.end() ? std::string() : peer->second.bridge;
}

// docker's networks do not forward to each other; a port that was published is the way in for everybody.
bool is_apart(const NetSpace& space, const std::string& from, const std::string& to) {
    const auto is_network = [&](const std::string& bridge) {
        return std::any_of(space.nat.begin(), space.nat.end(), [&](const NatEntry& entry) {
            return entry.rule.what == "masquerade" && entry.rule.bridge == bridge;
        });
    };
    return !from.empty() && from != to && is_network(from) && is_network(to);
}

Reached find_way(Machine& machine, SpaceId net, std::uint32_t address, std::uint16_t port) {
    Reached reached;
    std::string entered;  // the bridge by which the packet came into this namespace
    bool published = false;
    reached.net = net;
    reached.address = address;
    reached.port = port;
    for (int hops = 0; hops < 8; ++hops) {
        const NetSpace& space = machine.state.net_spaces.at(reached.net);
        if (is_local(space, reached.address)) {
            if (translate(space, reached.address, reached.port)) {
                published = true;
                continue;
            }
            reached.listener = listener_at(machine, reached.net, reached.address, reached.port);
            reached.error = reached.listener == 0 ? ECONNREFUSED : 0;
            reached.from = reached.from == 0 ? reached.address : reached.from;
            return reached;
        }
        const std::optional<Hop> hop =
            hops > 0 && reached.net != net && !forwards(space) ? std::nullopt : route_to(space, reached.address);
        if (!hop.has_value()) {
            reached.error = hops == 0 ? ENETUNREACH : EHOSTUNREACH;
            return reached;
        }
        if (!published && is_apart(space, entered, hop->link)) {
            reached.error = ETIMEDOUT;  // dropped, and nobody is told
            return reached;
        }
        reached.from = reached.from == 0 ? source_in(space, hop->link) : reached.from;
        entered = bridge_behind(machine, space.links.at(hop->link));
        const SpaceId next = neighbour(machine, reached.net, hop->link, hop->next);
        if (next == 0) {
            reached.error = space.links.at(hop->link).kind == "ethernet" ? ETIMEDOUT : EHOSTUNREACH;
            return reached;
        }
        reached.net = next;
    }
    reached.error = EHOSTUNREACH;
    return reached;
}

Result<ObjectId> listen_on(Machine& machine, Pid pid, const std::string& address, std::uint16_t port) {
    const Process& process = machine.state.processes.at(pid);
    const NetSpace& space = machine.state.net_spaces.at(process.spaces.net);
    const std::uint32_t wanted = parse_address(address.empty() ? "0.0.0.0" : address).value_or(~std::uint32_t{0});
    if (wanted != 0 && !is_local(space, wanted)) {
        return os_error(EADDRNOTAVAIL, "bind " + address);
    }
    if (port == 0) {
        port = machine.state.next_port++;
    }
    for (const auto& [id, other] : machine.state.listeners) {
        const std::uint32_t bound = parse_address(other.address).value_or(0);
        if (other.net == process.spaces.net && other.port == port && (bound == 0 || wanted == 0 || bound == wanted)) {
            return os_error(EADDRINUSE, "bind " + address + ":" + std::to_string(port));
        }
    }
    Listener listener;
    listener.net = process.spaces.net;
    listener.address = address_text(wanted);
    listener.port = port;
    listener.container = process.container;
    const ObjectId id = new_object(machine);
    see(machine, world::Actor::kernel, world::SocketListening{process.container, pid, "tcp", listener.address, port});
    machine.state.listeners.emplace(id, std::move(listener));
    return id;
}

Result<ObjectId> connect_to(Machine& machine, Pid pid, const std::string& address, std::uint16_t port) {
    const Process& process = machine.state.processes.at(pid);
    const std::optional<std::uint32_t> asked = parse_address(address);
    if (!asked.has_value()) {
        return os_error(EINVAL, "connect " + address);
    }
    const Reached reached = find_way(machine, process.spaces.net, *asked, port);
    world::ConnectionSeen seen;
    seen.from = process.container.empty() ? "host" : process.container;
    seen.asked = endpoint(*asked, port);
    seen.reached = endpoint(reached.address, reached.port);
    seen.outcome = outcome_of(reached.error);
    if (reached.listener != 0) {
        seen.container = machine.state.listeners.at(reached.listener).container;
    }
    see(machine, world::Actor::kernel, seen);
    if (reached.error != 0) {
        return os_error(reached.error, "connect " + seen.asked);
    }
    Stream stream;
    stream.first_name = endpoint(reached.from, machine.state.next_port++);
    stream.second_name = seen.reached;
    const ObjectId id = new_object(machine);
    machine.state.streams.emplace(id, std::move(stream));
    machine.state.listeners.at(reached.listener).backlog.push_back(id);
    ++machine.change;
    return id;
}

Result<ObjectId> accept_from(Machine& machine, ObjectId listener) {
    Listener& at = machine.state.listeners.at(listener);
    while (!at.backlog.empty()) {
        const ObjectId id = at.backlog.front();
        at.backlog.erase(at.backlog.begin());
        if (machine.state.streams.contains(id)) {
            return id;
        }
    }
    return os_error(EAGAIN, "accept");
}

}  // namespace cutaway::model
