// SPDX-License-Identifier: Apache-2.0
#include "core/engine/networking.h"

#include <algorithm>
#include <set>

#include "core/base/sha256.h"
#include "core/engine/names.h"
#include "core/engine/pools.h"
#include "core/engine/rootless.h"
#include "core/engine/start_plan.h"
#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

constexpr std::string_view default_root = "/var/lib/cutaway";
constexpr std::string_view default_bridge = "cutaway0";
constexpr std::uint16_t first_free_port = 32768;
constexpr std::string_view joins = "container:";

Status ensure(world::World& world, store::NetworkRecord network) {
    if (store::find_network(world, network.name)) {
        return {};
    }
    network.built_in = true;
    const Result<store::NetworkRecord> made = store::create_network(world, network);
    const bool there = made || made.error().code == Errc::conflict;  // another command was faster
    return there ? Status() : Status(made.error());
}

std::uint8_t prefix_of(const std::string& subnet) {
    return static_cast<std::uint8_t>(std::stoul(subnet.substr(subnet.find('/') + 1)));
}

// Two stores on one machine are two engines: each has a bridge of its own, or they would give out the same addresses.
std::string bridge_name(const world::MachineProfile& machine) {
    if (machine.data_root.empty() || machine.data_root == default_root) {
        return std::string(default_bridge);
    }
    return "cut-" + sha256_hex(machine.data_root).substr(0, 8);
}

std::string default_subnet(const world::World& world) {
    const Routes routes = read_routes(world.disk);
    for (std::string pool : address_pools()) {
        if (!routes.meet(pool)) {
            return pool;
        }
    }
    return address_pools().front();
}

struct Taken {
    std::set<std::string> addresses;  // behind its network's id
    std::set<std::uint16_t> ports;
    [[nodiscard]] bool has(const std::string& network, const std::string& address) const {
        return addresses.contains(network + " " + address);
    }
};

Result<Taken> taken_by_others(world::World& world, const store::ContainerRecord& record) {
    Taken taken;
    for (const store::ContainerClaim& other : TRY(store::list_claims(world))) {
        if (other.id == record.id) {
            continue;
        }
        for (const store::NetworkEndpoint& endpoint : other.endpoints) {
            taken.addresses.insert(endpoint.network_id + " " + endpoint.address);
        }
        for (const store::PortBinding& port : other.published) {
            taken.ports.insert(port.host_port);
        }
    }
    return taken;
}

Result<std::string> free_address(const store::NetworkRecord& network, const Taken& taken) {
    const std::uint32_t hosts = network::hosts_in(network.subnet);
    for (std::uint32_t number = 2; number <= hosts; ++number) {
        std::string address = network::host_in(network.subnet, number);
        if (!taken.has(network.id, address) && address != network.gateway) {
            return address;
        }
    }
    return fail(Errc::conflict, "no available IPv4 addresses on this network's address pools: " + network.name);
}

// docker's way from an address to a hardware address: 02:42 and the four bytes.
std::string hardware_address(const std::string& address) {
    std::string mac = "02:42";
    std::size_t at = 0;
    constexpr std::string_view digits = "0123456789abcdef";
    while (at <= address.size()) {
        const std::size_t end = std::min(address.find('.', at), address.size());
        const auto byte = static_cast<unsigned>(std::stoul(address.substr(at, end - at)));
        mac += {':', digits[byte >> 4U], digits[byte & 15U]};
        at = end + 1;
    }
    return mac;
}

// The kernel would not take a name twice; docker, too, counts from 0.
std::string free_link(const store::ContainerRecord& record) {
    for (unsigned number = 0;; ++number) {
        std::string name = "eth" + std::to_string(number);
        if (std::none_of(record.endpoints.begin(), record.endpoints.end(),
                         [&](const store::NetworkEndpoint& one) { return one.link == name; })) {
            return name;
        }
    }
}

void publish(store::ContainerRecord& record, const Taken& taken) {
    record.published.clear();
    std::uint16_t next = first_free_port;
    for (store::PortBinding port : record.host.ports) {
        while (port.host_port == 0 && taken.ports.contains(next)) {
            ++next;
        }
        if (port.host_port == 0) {
            port.host_port = next++;
        }
        if (port.host_address.empty()) {
            port.host_address = "0.0.0.0";
        }
        record.published.push_back(port);
    }
}

}  // namespace

bool has_networks(const world::MachineProfile& machine) { return machine.firewall != "none" && !is_rootless(machine); }

std::string_view why_no_networks(const world::MachineProfile& machine) {
    return is_rootless(machine) ? "bridges and cables take root" : "no address translation here";
}

std::string no_networks(const world::MachineProfile& machine) {
    return "WARNING: " + std::string(why_no_networks(machine)) +
           ": the container gets a loopback and no network (as with --network none)\n";
}

namespace {

Status settle_slirp(const world::MachineProfile& machine, const store::ContainerRecord& record) {
    if (machine.user_network.empty()) {
        return fail(Errc::unsupported,
                    "--network slirp4netns takes the program slirp4netns: install it, or use --network "
                    "none or --network host");
    }
    if (!record.host.ports.empty() || record.host.publish_all) {
        return fail(
            Errc::unsupported,
            "-p takes root: slirp4netns carries what the container opens, and nothing comes in to it; --network "
            "host publishes what is listened on");
    }
    return {};
}

}  // namespace

Status settle_network(const world::MachineProfile& machine, const ContainerOptions& options,
                      store::ContainerRecord& record) {
    if (has_networks(machine)) {
        return {};
    }
    if (options.network.empty()) {
        record.host.network_mode = machine.user_network.empty() ? "none" : slirp;
    }
    const std::string& mode = record.host.network_mode;
    if (is_rootless(machine) && mode == slirp) {
        return settle_slirp(machine, record);
    }
    const std::string why(why_no_networks(machine));
    if (is_on_bridge(record)) {
        return fail(Errc::unsupported, why + ", so no network \"" + mode + "\": use --network none or --network host");
    }
    if (mode == "none" && !options.publish.empty()) {
        return fail(Errc::unsupported, why + ", so no port can be published: leave out -p");
    }
    return {};
}

Status settle_joined(world::World& world, const ContainerOptions& options, store::ContainerRecord& record) {
    if (!options.network.starts_with(joins)) {
        return {};
    }
    if (!options.hostname.empty()) {
        return fail(Errc::invalid, "conflicting options: hostname and the network mode");
    }
    if (!options.publish.empty()) {
        return fail(Errc::invalid, "conflicting options: port publishing and the container type network mode");
    }
    if (!options.aliases.empty()) {
        return fail(Errc::invalid, "network-scoped alias is supported only for containers in user defined networks");
    }
    const store::ContainerRecord other =
        TRY(store::find_container(world, std::string_view(options.network).substr(joins.size())));
    record.host.network_mode = std::string(joins) + other.id;
    record.config.hostname = other.config.hostname;
    return {};
}

bool is_on_bridge(const store::ContainerRecord& record) {
    const std::string& mode = record.host.network_mode;
    return mode != "none" && mode != "host" && mode != slirp && !mode.starts_with(joins);
}

std::string joined_container(const store::ContainerRecord& record) {
    const std::string& mode = record.host.network_mode;
    return mode.starts_with(joins) ? mode.substr(joins.size()) : std::string();
}

// The one it was made for, unless it was plugged elsewhere since; one whose last was unplugged gets the first again.
Status settle_endpoints(world::World& world, store::ContainerRecord& record) {
    if (record.endpoints.empty()) {
        const store::NetworkRecord found = TRY(store::find_network(world, record.host.network_mode));
        store::NetworkEndpoint endpoint;
        endpoint.network = found.name;
        endpoint.network_id = found.id;
        record.endpoints.push_back(std::move(endpoint));
    }
    return {};
}

Result<store::ContainerRecord> find_joined(world::World& world, const store::ContainerRecord& record) {
    store::ContainerRecord other = TRY(store::load_container(world, joined_container(record)));
    if (!store::is_up(other)) {
        return fail(Errc::conflict, "cannot join network of a non running container: " + other.id);
    }
    return other;
}

Status ensure_networks(world::World& world) {
    if (!store::find_network(world, "bridge")) {
        store::NetworkRecord bridge;
        bridge.name = "bridge";
        bridge.bridge = bridge_name(world.machine);
        bridge.subnet = default_subnet(world);
        bridge.gateway = network::host_in(bridge.subnet, 1);
        TRY(ensure(world, bridge));
    }
    for (const std::string_view name : {"host", "none"}) {
        store::NetworkRecord plain;
        plain.name = name;
        plain.driver = name == "none" ? "null" : "host";
        TRY(ensure(world, plain));
    }
    return {};
}

namespace {

Status plug_beside(world::World& world, const Taken& taken, store::ContainerRecord& record,
                   store::NetworkEndpoint& endpoint) {
    const store::NetworkRecord found = TRY(store::find_network(world, endpoint.network_id));
    const bool first = &endpoint == &record.endpoints.front();
    endpoint.network = found.name;
    endpoint.endpoint_id = store::random_id(world.entropy);
    endpoint.address = endpoint.asked_address.empty() ? TRY(free_address(found, taken)) : endpoint.asked_address;
    if (taken.has(found.id, endpoint.address)) {
        return fail(Errc::conflict, "Address already in use");
    }
    endpoint.prefix = prefix_of(found.subnet);
    endpoint.gateway = found.gateway;
    endpoint.mac = hardware_address(endpoint.address);
    endpoint.link = free_link(record);
    endpoint.host_link = network::veth_name(first ? record.id : endpoint.endpoint_id);
    endpoint.names.clear();
    if (!found.built_in) {  // on the default bridge names do not resolve
        const bool own = found.name == record.host.network_mode;
        const std::vector<std::string>& aliases = own ? record.host.network_aliases : endpoint.aliases;
        endpoint.names = {record.name, store::short_id(record.id)};
        endpoint.names.insert(endpoint.names.end(), aliases.begin(), aliases.end());
    }
    return {};
}

}  // namespace

Status plug_in(world::World& world, store::ContainerRecord& record, store::NetworkEndpoint& endpoint) {
    return plug_beside(world, TRY(taken_by_others(world, record)), record, endpoint);
}

Result<network::Config> config_of(world::World& world, const store::ContainerRecord& record,
                                  const store::NetworkEndpoint& endpoint) {
    const store::NetworkRecord found = TRY(store::find_network(world, endpoint.network_id));
    network::Config config;
    config.container = record.id;
    config.bridge = found.bridge;
    config.subnet = found.subnet;
    config.gateway = found.gateway;
    config.prefix = static_cast<std::uint8_t>(endpoint.prefix);
    config.address = endpoint.address;
    config.link = endpoint.link;
    config.host_link = endpoint.host_link;
    config.way_out = &endpoint == &record.endpoints.front();
    return config;
}

Result<std::vector<network::Config>> take_addresses(world::World& world, store::ContainerRecord& record) {
    std::vector<network::Config> configs;
    if (!is_on_bridge(record)) {
        return configs;
    }
    TRY(settle_endpoints(world, record));
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(store::lock_path(world)));
    give_back_address(record);
    const Taken taken = TRY(taken_by_others(world, record));
    for (store::NetworkEndpoint& endpoint : record.endpoints) {
        TRY(plug_beside(world, taken, record, endpoint));
        configs.push_back(TRY(config_of(world, record, endpoint)));
    }
    publish(record, taken);
    TRY(store::save_container(world, record));
    for (const store::NetworkEndpoint& endpoint : record.endpoints) {
        TRY(write_names(world, TRY(store::find_network(world, endpoint.network_id))));
    }
    for (const store::PortBinding& port : record.published) {
        configs.front().ports.push_back({port.host_address, port.host_port, port.port, port.protocol});
    }
    configs.front().resolver = has_names(record) ? embedded_dns : "";
    return configs;
}

Result<std::vector<plan::PlannedCall>> network_again(world::World& world, const store::ContainerRecord& record) {
    network::Config first;
    first.container = record.id;
    std::vector<network::Config> further;
    for (const store::NetworkEndpoint& endpoint : record.endpoints) {
        further.push_back(TRY(config_of(world, record, endpoint)));
    }
    if (!further.empty()) {
        first = further.front();
        further.erase(further.begin());
    }
    for (const store::PortBinding& port : record.published) {
        first.ports.push_back({port.host_address, port.host_port, port.port, port.protocol});
    }
    first.resolver = has_names(record) ? embedded_dns : "";
    return plan_network(first, further);
}

void give_back_address(store::ContainerRecord& record) {
    record.published.clear();
    for (store::NetworkEndpoint& endpoint : record.endpoints) {
        endpoint.address.clear();
        endpoint.gateway.clear();
        endpoint.prefix = 0;
        endpoint.mac.clear();
        endpoint.host_link.clear();
        endpoint.link.clear();
        endpoint.endpoint_id.clear();
    }
}

}  // namespace cutaway::engine
