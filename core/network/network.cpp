// SPDX-License-Identifier: Apache-2.0
#include "core/network/network.h"

#include <array>
#include <charconv>

namespace cutaway::network {

namespace {

using plan::Place;
using plan::PlannedCall;
using world::Call;

struct Line {
    std::string step;
    std::string why;
};

PlannedCall planned(Place place, const Line& line, Call call) {
    PlannedCall one;
    one.place = place;
    one.actor = place == Place::engine ? world::Actor::daemon : world::Actor::runtime;
    one.phase = world::Phase::network;
    one.step = line.step;
    one.why = line.why;
    one.call = std::move(call);
    return one;
}

PlannedCall nat(const Config& config, const Line& line, const world::NatRule& rule, bool lasting) {
    PlannedCall call = planned(Place::engine, line, world::AddNat{lasting ? "" : config.container, rule});
    if (!lasting) {
        call.undo = {world::RemoveNat{config.container, rule}};
    }
    return call;
}

}  // namespace

std::optional<Subnet> parse_subnet(std::string_view text) {
    Subnet subnet;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int part = 0; part < 4; ++part) {
        unsigned value = 0;
        const auto got = std::from_chars(at, end, value);
        const char expected = part == 3 ? '/' : '.';
        if (got.ec != std::errc{} || value > 255 || got.ptr == end || *got.ptr != expected) {
            return std::nullopt;
        }
        subnet.base = (subnet.base << 8U) | value;
        at = got.ptr + 1;
    }
    const auto got = std::from_chars(at, end, subnet.prefix);
    if (got.ec != std::errc{} || got.ptr != end || subnet.prefix > 32) {
        return std::nullopt;
    }
    subnet.mask = subnet.prefix == 0 ? 0 : 0xFFFFFFFFU << (32 - subnet.prefix);
    subnet.base &= subnet.mask;
    return subnet;
}

std::uint32_t hosts_in(std::string_view text) {
    const std::optional<Subnet> subnet = parse_subnet(text);
    const bool fit = subnet && subnet->prefix >= 8 && subnet->prefix <= 30;
    return fit ? (std::uint32_t{1} << (32 - subnet->prefix)) - 2 : 0;
}

std::string host_in(std::string_view text, std::uint32_t number) {
    if (number == 0 || number > hosts_in(text)) {
        return {};
    }
    const std::uint32_t address = parse_subnet(text)->base + number;
    std::string out;
    for (const unsigned shift : std::to_array<unsigned>({24, 16, 8, 0})) {
        out += (out.empty() ? "" : ".") + std::to_string((address >> shift) & 255U);
    }
    return out;
}

std::string veth_name(std::string_view id) { return "veth" + std::string(id.substr(0, 7)); }

std::vector<PlannedCall> plan_bridge(const Config& config) {
    const Line make{"make sure the bridge is there",
                    "a switch in the kernel: every container's cable ends here; it stays for the next container"};
    const Line out{"let containers reach the outside",
                   "their addresses are private: packets that leave take on the host's address"};
    world::NatRule masquerade;
    masquerade.what = "masquerade";
    masquerade.subnet = config.subnet;
    masquerade.bridge = config.bridge;
    return {planned(Place::engine, make, world::MakeBridge{config.bridge}),
            planned(Place::engine, make,
                    world::AddAddress{config.bridge, config.gateway + "/" + std::to_string(config.prefix)}),
            planned(Place::engine, make, world::RaiseLink{config.bridge}),
            planned(Place::engine, out, world::WriteSysctl{"net.ipv4.ip_forward", "1"}),
            nat(config, out, masquerade, true)};
}

std::vector<PlannedCall> plan_cable(const Config& config) {
    const std::string host_end = config.host_link.empty() ? veth_name(config.container) : config.host_link;
    const std::string peer = "p" + host_end.substr(1);
    const Line lay{"lay a cable from the bridge to the container",
                   "a veth pair has two ends: one stays on the bridge, the other moves into the new network namespace"};
    std::vector<PlannedCall> calls{planned(Place::engine, lay, world::MakeVeth{host_end, peer}),
                                   planned(Place::engine, lay, world::AttachLink{host_end, config.bridge}),
                                   planned(Place::engine, lay, world::RaiseLink{host_end}),
                                   planned(Place::engine, lay, world::MoveLink{peer, plan::init_pid, config.link})};
    calls.front().undo = {world::RemoveLink{host_end}};
    const Line publish{"publish the ports", "a host port is only a rule: packets to it are sent on to the container"};
    for (const world::PortNote& port : config.ports) {
        world::NatRule rule;
        rule.what = "publish";
        rule.bridge = config.bridge;
        rule.protocol = port.protocol;
        rule.host_address = port.host_address;
        rule.host_port = port.host_port;
        rule.address = config.address;
        rule.port = port.port;
        calls.push_back(nat(config, publish, rule, false));
    }
    return calls;
}

namespace {

void set_up(std::vector<PlannedCall>& calls, const Config& config, const Line& line) {
    const std::string address = config.address + "/" + std::to_string(config.prefix);
    calls.push_back(planned(Place::init, line, world::AddAddress{config.link, address}));
    calls.push_back(planned(Place::init, line, world::RaiseLink{config.link}));
    if (config.way_out) {
        calls.push_back(planned(Place::init, line, world::AddRoute{"default", config.gateway, config.link}));
    }
}

}  // namespace

std::vector<PlannedCall> plan_inside(const Config& config) {
    const Line line{"give the container's end its address",
                    "done inside: only a process in the network namespace can see " + config.link + " now"};
    std::vector<PlannedCall> calls{planned(Place::init, line, world::RaiseLink{"lo"})};
    if (!config.address.empty()) {
        set_up(calls, config, line);
    }
    return calls;
}

std::vector<PlannedCall> plan_further(const Config& config) {
    const Line line{"give " + config.link + " its address",
                    "a link of its own for each network that it is plugged into"};
    std::vector<PlannedCall> calls;
    set_up(calls, config, line);
    return calls;
}

std::vector<PlannedCall> plan_slirp(const std::string& program) {
    const Line line{
        "let a program carry the packets",
        "who is not root lays no cable: what the container sends, slirp4netns says again by sockets of its own"};
    return {planned(Place::shim, line,
                    world::StartCompanion{program,
                                          {"slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback",
                                           "--ready-fd=3", "$PID", "eth0"}})};
}

std::vector<PlannedCall> plan_names(const Config& config) {
    if (config.resolver.empty()) {
        return {};
    }
    const Line line{"open the name server inside",
                    "on a network of your own containers find each other by name: what is asked at " + config.resolver +
                        " is answered by the shim"};
    return {planned(Place::shim, line, world::OpenResolver{plan::init_pid, config.resolver})};
}

}  // namespace cutaway::network
