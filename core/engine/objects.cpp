// SPDX-License-Identifier: Apache-2.0
#include "core/engine/objects.h"

#include <algorithm>

#include "core/engine/clean_up.h"
#include "core/engine/happenings.h"
#include "core/engine/names.h"
#include "core/engine/networking.h"
#include "core/engine/pools.h"
#include "core/engine/speak.h"
#include "core/store/containers.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

std::vector<world::Pair> pairs(const std::vector<std::string>& words) {
    std::vector<world::Pair> all;
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        all.push_back({word.substr(0, equals), equals == std::string::npos ? "" : word.substr(equals + 1)});
    }
    return all;
}

Result<std::string> free_pool(world::World& world, const std::vector<store::NetworkRecord>& networks) {
    const Routes routes = read_routes(world.disk);
    for (std::string pool : address_pools()) {
        const bool taken =
            routes.meet(pool) || std::any_of(networks.begin(), networks.end(),
                                             [&](const store::NetworkRecord& one) { return one.subnet == pool; });
        if (!taken) {
            return pool;
        }
    }
    return fail(Errc::conflict, "all predefined address pools have been fully subnetted");
}

Result<store::NetworkRecord> settle(world::World& world, const NetworkOptions& options) {
    if (options.driver != "bridge") {
        return fail(Errc::not_found, "plugin \"" + options.driver + "\" not found");
    }
    const std::vector<store::NetworkRecord> networks = TRY(store::list_networks(world));
    store::NetworkRecord network;
    network.name = options.name;
    network.internal = options.internal;
    network.labels = pairs(options.labels);
    network.options = pairs(options.options);
    network.own_subnet = !options.subnet.empty();
    network.subnet = options.subnet.empty() ? TRY(free_pool(world, networks)) : options.subnet;
    if (network::hosts_in(network.subnet) == 0) {
        return fail(Errc::invalid,
                    "invalid network config:\ninvalid subnet " + network.subnet + ": invalid CIDR block");
    }
    for (const store::NetworkRecord& other : networks) {
        if (other.subnet == network.subnet) {
            return fail(Errc::denied, "invalid pool request: Pool overlaps with other one on this address space");
        }
    }
    network.gateway = options.gateway.empty() ? network::host_in(network.subnet, 1) : options.gateway;
    return network;
}

network::Config bridge_of(const store::NetworkRecord& network) {
    network::Config config;
    config.bridge = network.bridge;
    config.subnet = network.subnet;
    config.gateway = network.gateway;
    config.prefix = static_cast<std::uint8_t>(std::stoul(network.subnet.substr(network.subnet.find('/') + 1)));
    return config;
}

Status make_bridge(world::World& world, const store::NetworkRecord& network) {
    world::Span step(world.narrator);
    TRY(step.open(step_span(world::Phase::network, "", "make the bridge of network " + network.name)));
    for (const plan::PlannedCall& call : network::plan_bridge(bridge_of(network))) {
        TRY_IN("make the bridge of network " + network.name, world.kernel.perform(call.call));
    }
    return {};
}

Status take_bridge_away(world::World& world, const store::NetworkRecord& network) {
    world::Span step(world.narrator);
    TRY(step.open(step_span(world::Phase::network, "", "remove the bridge of network " + network.name)));
    world::NatRule masquerade;
    masquerade.what = "masquerade";
    masquerade.subnet = network.subnet;
    masquerade.bridge = network.bridge;
    // Both may be gone with a restart of the machine: then there is nothing to take away.
    static_cast<void>(world.kernel.perform(world::RemoveNat{"", masquerade}));
    static_cast<void>(world.kernel.perform(world::RemoveLink{network.bridge}));
    static_cast<void>(world.disk.remove(names_path(world, network.id)));
    return {};
}

bool mentions(const store::ContainerRecord& record, const store::NetworkRecord& network) {
    return record.host.network_mode == network.name ||
           std::any_of(record.endpoints.begin(), record.endpoints.end(),
                       [&](const store::NetworkEndpoint& one) { return one.network_id == network.id; });
}

Status remove_found(Engine& engine, const store::NetworkRecord& network) {
    world::World& world = engine.world();
    std::string active;
    for (const NetworkMember& member : TRY(members(engine, network))) {
        active += (active.empty() ? "name:\"" : ", name:\"") + member.name + "\" id:\"" +
                  store::short_id(member.endpoint.endpoint_id) + "\"";
    }
    if (!active.empty()) {
        return fail(Errc::denied,
                    "error while removing network: network " + network.name + " has active endpoints (" + active + ")");
    }
    TRY(store::remove_network(world, network));
    happened(world, {0, "network", "destroy", network.id, {{"name", network.name}, {"type", network.driver}}});
    return take_bridge_away(world, network);
}

}  // namespace

Result<std::vector<NetworkMember>> members(Engine& engine, const store::NetworkRecord& network) {
    std::vector<NetworkMember> all;
    for (const store::ContainerRecord& record : TRY(store::list_containers(engine.world()))) {
        for (const store::NetworkEndpoint& endpoint : record.endpoints) {
            if (store::is_up(record) && endpoint.network_id == network.id) {
                all.push_back({record.id, record.name, endpoint});
            }
        }
    }
    return all;
}

Result<std::string> create_network(Engine& engine, const NetworkOptions& options) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/networks/create", 201, [&]() -> Result<std::string> {
        for (const store::NetworkRecord& other : TRY(store::list_networks(world))) {
            if (other.name == options.name) {
                return fail(Errc::conflict, "network with name " + options.name + " already exists");
            }
        }
        if (!has_networks(world.machine)) {
            return fail(Errc::unsupported, std::string(why_no_networks(world.machine)) + ", so no network can be made");
        }
        const store::NetworkRecord network = TRY(store::create_network(world, TRY(settle(world, options))));
        TRY(make_bridge(world, network));
        happened(world, {0, "network", "create", network.id, {{"name", network.name}, {"type", network.driver}}});
        return network.id;
    });
}

Status remove_network(Engine& engine, const std::string& name) {
    TRY(engine.reconcile());
    return api(engine.world(), "DELETE", "/networks/" + name, 204,
               [&]() -> Status { return remove_found(engine, TRY(store::find_network(engine.world(), name))); });
}

Result<std::vector<std::string>> prune_networks(Engine& engine, const MayGo& may_go) {
    std::vector<std::string> removed;
    const std::vector<store::ContainerRecord> containers = TRY(engine.containers());
    for (const store::NetworkRecord& network : TRY(store::list_networks(engine.world()))) {
        const bool used = std::any_of(containers.begin(), containers.end(),
                                      [&](const store::ContainerRecord& one) { return mentions(one, network); });
        if (!used && !network.built_in && (!may_go || may_go(network.labels, network.created))) {
            TRY(remove_found(engine, network));
            removed.push_back(network.name);
        }
    }
    return removed;
}

Result<store::VolumeRecord> create_volume(Engine& engine, const VolumeOptions& options) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/volumes/create", 201, [&]() -> Result<store::VolumeRecord> {
        if (options.driver != "local") {
            return fail(Errc::not_found, "create " + options.name + ": error looking up volume plugin " +
                                             options.driver + ": plugin \"" + options.driver + "\" not found");
        }
        store::VolumeRecord volume;
        volume.name = options.name;
        volume.labels = pairs(options.labels);
        volume.options = pairs(options.options);
        store::VolumeRecord made = TRY(store::create_volume(world, volume));
        happened(world, {0, "volume", "create", made.name, {{"driver", made.driver}}});
        return made;
    });
}

Status remove_volume(Engine& engine, const std::string& name) {
    TRY(engine.reconcile());
    return api(engine.world(), "DELETE", "/volumes/" + name, 204, [&]() -> Status {
        TRY(store::remove_volume(engine.world(), name));
        happened(engine.world(), {0, "volume", "destroy", name, {{"driver", "local"}}});
        return {};
    });
}

Result<PruneResult> prune_volumes(Engine& engine, bool named_too, const MayGo& may_go) {
    PruneResult result;
    for (const store::VolumeRecord& volume : TRY(engine.volumes())) {
        if ((!named_too && !volume.anonymous) || (may_go && !may_go(volume.labels, volume.created))) {
            continue;
        }
        const std::uint64_t size = TRY(size_beneath(engine.world().disk, volume.path));
        const Status removed = store::remove_volume(engine.world(), volume.name);
        if (removed) {
            result.removed.push_back(volume.name);
            result.reclaimed += size;
        } else if (removed.error().code != Errc::conflict) {  // one in use stays
            return removed.error();
        }
    }
    return result;
}

}  // namespace cutaway::engine
