// SPDX-License-Identifier: Apache-2.0
#include "core/engine/plugging.h"

#include <algorithm>

#include "core/base/binary.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/names.h"
#include "core/engine/networking.h"
#include "core/engine/restarting.h"
#include "core/engine/rootless.h"
#include "core/engine/speak.h"
#include "core/runtime/init.h"
#include "core/store/containers.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using store::NetworkEndpoint;
using store::NetworkRecord;
using world::Phase;

constexpr std::int64_t shim_ns = 5'000'000'000;

// --- what docker says no to -------------------------------------------------------------------------------------------

Status check_modes(const ContainerRecord& record, const NetworkRecord& network) {
    if (network.driver == "host") {
        return fail(Errc::denied,
                    "cannot connect container to host network - container must be created in host network mode");
    }
    if (record.host.network_mode == "host" || !joined_container(record).empty()) {
        return fail(Errc::denied,
                    "container sharing network namespace with another container or host cannot be connected to any "
                    "other network");
    }
    if (record.host.network_mode == slirp) {
        return fail(Errc::denied,
                    "container has a network of its user's own (slirp4netns) and cannot be plugged into others");
    }
    if (record.host.network_mode == "none" || network.driver == "null") {
        return fail(Errc::denied,
                    "container cannot be connected to multiple networks with one of the networks in private (none) "
                    "mode");
    }
    return {};
}

Status check_wishes(const NetworkRecord& network, const ConnectOptions& options) {
    std::string wrong;
    if (!options.address.empty() && network.built_in) {
        wrong = "user specified IP address is supported on user defined networks only";
    } else if (!options.aliases.empty() && network.built_in) {
        wrong = "network-scoped aliases are only supported for user-defined networks";
    } else if (!options.address.empty() && !network::parse_subnet(options.address + "/32")) {
        wrong = "invalid IPv4 address: " + options.address;
    } else if (!options.address.empty() && !network.own_subnet) {
        wrong = "user specified IP address is supported only when connecting to networks with user configured subnets";
    } else if (!options.address.empty()) {
        const auto subnet = network::parse_subnet(network.subnet);
        const auto asked = network::parse_subnet(options.address + "/32");
        if (!subnet || (asked->base & subnet->mask) != subnet->base) {
            wrong = "no configured subnet contains IP address " + options.address;
        }
    }
    return wrong.empty() ? Status()
                         : fail(Errc::invalid, "invalid config for network " + network.name +
                                                   ": invalid endpoint settings:\n" + wrong);
}

std::vector<NetworkEndpoint>::iterator find(ContainerRecord& record, const NetworkRecord& network) {
    return std::find_if(record.endpoints.begin(), record.endpoints.end(),
                        [&](const NetworkEndpoint& one) { return one.network_id == network.id; });
}

// --- one container that runs ------------------------------------------------------------------------------------------

// What its end will have to take back, as the start left it.
using Undo = std::vector<world::Call>;

Undo read_undo(world::World& world, const ContainerRecord& record) {
    Undo undo;
    const Result<std::string> saved = world.disk.read(undo_path(world, record.id));
    return saved && binary::decode(*saved, undo) ? undo : Undo{};
}

Status save_undo(world::World& world, const ContainerRecord& record, const Undo& undo) {
    return world.disk.save(undo_path(world, record.id), binary::encode(undo), world::Durability::runtime);
}

Status perform(world::World& world, const ContainerRecord& record, const std::vector<plan::PlannedCall>& calls) {
    for (const plan::PlannedCall& planned : calls) {
        TRY(world.kernel.perform(plan::with_pid(planned.call, record.state.pid)));
    }
    return {};
}

Result<world::Reply> asked_of_shim(world::World& world, const ContainerRecord& record, const world::Call& call) {
    const std::unique_ptr<world::Channel> channel = TRY(world.spawner.connect(record.id));
    TRY(channel->send(runtime::encode(runtime::Ask{call})));
    const std::int64_t until = world.clock.now_ns() + shim_ns;
    while (world.clock.now_ns() < until) {
        const std::optional<runtime::Message> message = TRY(runtime::next_message(*channel, shim_ns));
        const auto* ended = message ? std::get_if<runtime::Ended>(&*message) : nullptr;
        if (ended != nullptr && ended->index == runtime::Ask::index) {
            return runtime::to_result(*ended);
        }
    }
    return fail(Errc::timeout, "the container's shim did not answer");
}

// Who was on networks without names so far has nobody to ask.
Status open_names(world::World& world, const ContainerRecord& record) {
    const world::Call call = world::OpenResolver{record.state.pid, std::string(embedded_dns)};
    TRY(world.narrator.before({world::Actor::runtime, Phase::network, record.id}, call));
    const Result<world::Reply> result = asked_of_shim(world, record, call);
    world.narrator.after(result);
    if (!result) {
        return result.error();
    }
    const std::string resolv = world.disk.read("/etc/resolv.conf").value_or("");
    return world.disk.overwrite(record.resolv_conf_path, resolver_text(record, resolv));
}

// The program inside may have written there, too: only the line is ours.
Status edit_hosts(world::World& world, const ContainerRecord& record, const std::string& without,
                  const std::string& with) {
    const auto line = [&](const std::string& address) { return address + "\t" + record.config.hostname + "\n"; };
    std::string hosts = TRY(world.disk.read(record.hosts_path));
    const std::size_t at = without.empty() ? std::string::npos : ("\n" + hosts).find("\n" + line(without));
    if (at != std::string::npos) {
        hosts.erase(at, line(without).size());
    }
    return world.disk.overwrite(record.hosts_path, hosts + (with.empty() ? "" : line(with)));
}

std::vector<plan::PlannedCall> publishing(const ContainerRecord& record, network::Config config) {
    const std::size_t bare = network::plan_cable(config).size();
    for (const store::PortBinding& port : record.published) {
        config.ports.push_back({port.host_address, port.host_port, port.port, port.protocol});
    }
    std::vector<plan::PlannedCall> calls = network::plan_cable(config);
    calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(bare));
    return calls;
}

Status lay(world::World& world, const ContainerRecord& record, const NetworkEndpoint& endpoint) {
    const network::Config config = TRY(config_of(world, record, endpoint));
    Undo undo = read_undo(world, record);
    undo.insert(undo.begin(), world::RemoveLink{config.host_link});
    TRY(save_undo(world, record, undo));
    world::Span step(world.narrator);
    TRY(step.open(step_span(Phase::network, record.id, "lay a cable from the bridge to the running container")));
    TRY(perform(world, record, network::plan_bridge(config)));
    TRY(perform(world, record, network::plan_cable(config)));
    TRY(world.kernel.perform(world::SetUpLink{record.state.pid, config.link,
                                              config.address + "/" + std::to_string(config.prefix),
                                              config.way_out ? config.gateway : ""}));
    return {};
}

Status plug_running(world::World& world, const ContainerRecord& record, bool had_names) {
    const NetworkEndpoint& endpoint = record.endpoints.back();
    return world::within(world.narrator, phase_span(Phase::network, record.id), [&]() -> Status {
        Status done = lay(world, record, endpoint);
        if (done && !had_names && has_names(record)) {
            done = open_names(world, record);
        }
        if (!done) {
            static_cast<void>(world.kernel.perform(world::RemoveLink{endpoint.host_link}));
            return done;
        }
        return edit_hosts(world, record, "", endpoint.address);
    });
}

// What came by the container's first link goes by the next from now on: the way out, and what is published.
Status lead_elsewhere(world::World& world, const ContainerRecord& record) {
    const network::Config config = TRY(config_of(world, record, record.endpoints.front()));
    TRY(world.kernel.perform(world::SetUpLink{record.state.pid, config.link, "", config.gateway}));
    const std::vector<plan::PlannedCall> calls = publishing(record, config);
    Undo undo = read_undo(world, record);
    for (const plan::PlannedCall& planned : calls) {
        undo.insert(undo.begin(), planned.undo.begin(), planned.undo.end());
    }
    TRY(save_undo(world, record, undo));
    return perform(world, record, calls);
}

// The rules that sent its ports there are taken away, and need not be any more at its end.
Status unpublish(world::World& world, const ContainerRecord& record, const NetworkEndpoint& gone, Undo& undo) {
    network::Config config;
    config.container = record.id;
    config.address = gone.address;
    config.bridge = TRY(store::find_network(world, gone.network_id)).bridge;
    for (const plan::PlannedCall& planned : publishing(record, config)) {
        for (const world::Call& call : planned.undo) {
            std::erase(undo, call);
            TRY(world.kernel.perform(call));
        }
    }
    return {};
}

Status take_cable(world::World& world, const ContainerRecord& record, const NetworkEndpoint& gone, bool first) {
    world::Span step(world.narrator);
    TRY(step.open(step_span(Phase::network, record.id, "take the cable away")));
    const world::Call remove = world::RemoveLink{gone.host_link};
    Undo undo = read_undo(world, record);
    std::erase(undo, remove);
    TRY(first ? unpublish(world, record, gone, undo) : Status());
    TRY(save_undo(world, record, undo));
    TRY(world.kernel.perform(remove));
    return first && !record.endpoints.empty() ? lead_elsewhere(world, record) : Status();
}

// `record` has it no more.
Status unplug_running(world::World& world, const ContainerRecord& record, const NetworkEndpoint& gone, bool first) {
    return world::within(world.narrator, phase_span(Phase::network, record.id), [&]() -> Status {
        TRY(take_cable(world, record, gone, first));
        return edit_hosts(world, record, gone.address, "");
    });
}

// Started again, it is to have the networks that it has now.
Status order_again(world::World& world, const ContainerRecord& record) {
    return write_order(world, record, TRY(network_again(world, record)));
}

void tell(world::World& world, const ContainerRecord& record, const NetworkRecord& network, const std::string& action) {
    happened(world, {0,
                     "network",
                     action,
                     network.id,
                     {{"container", record.id}, {"name", network.name}, {"type", network.driver}}});
}

Status add_endpoint(world::World& world, ContainerRecord& record, const NetworkRecord& network,
                    const ConnectOptions& options) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(store::lock_path(world)));
    if (find(record, network) == record.endpoints.end()) {
        record.endpoints.emplace_back();
    }
    NetworkEndpoint& endpoint =
        record.endpoints.back().network_id.empty() ? record.endpoints.back() : *find(record, network);
    endpoint.network = network.name;
    endpoint.network_id = network.id;
    endpoint.aliases = options.aliases;
    endpoint.asked_address = options.address;
    if (store::is_up(record)) {
        TRY(plug_in(world, record, endpoint));
    }
    TRY(store::save_container(world, record));
    return write_names(world, network);
}

Status drop_endpoint(world::World& world, ContainerRecord& record, const NetworkRecord& network) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(store::lock_path(world)));
    record.endpoints.erase(find(record, network));
    TRY(store::save_container(world, record));
    return write_names(world, network);
}

Status connect_found(world::World& world, ContainerRecord& record, const NetworkRecord& network,
                     const ConnectOptions& options) {
    TRY(check_modes(record, network));
    TRY(check_wishes(network, options));
    const bool up = store::is_up(record);
    if (up && find(record, network) != record.endpoints.end()) {
        return fail(Errc::denied, "endpoint with name " + record.name + " already exists in network " + network.name);
    }
    const bool had_names = has_names(record);
    TRY(add_endpoint(world, record, network, options));
    if (!up) {
        return {};
    }
    if (Status plugged = plug_running(world, record, had_names); !plugged) {
        static_cast<void>(drop_endpoint(world, record, network));
        return plugged;
    }
    tell(world, record, network, "connect");
    return order_again(world, record);
}

}  // namespace

Status connect_network(Engine& engine, const ConnectOptions& options) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/networks/" + options.network + "/connect", 200, [&]() -> Status {
        ContainerRecord record = TRY(store::find_container(world, options.container));
        return connect_found(world, record, TRY(store::find_network(world, options.network)), options);
    });
}

Status disconnect_network(Engine& engine, const std::string& name, const std::string& container, bool force) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "POST", "/networks/" + name + "/disconnect", 200, [&]() -> Status {
        ContainerRecord record = TRY(store::find_container(world, container));
        const NetworkRecord network = TRY(store::find_network(world, name));
        const bool up = store::is_up(record);
        if (up && network.driver == "host" && record.host.network_mode == "host") {
            return fail(Errc::denied,
                        "cannot disconnect container from host network - container was created in host network mode");
        }
        const auto found = find(record, network);
        if (found == record.endpoints.end()) {
            return fail(Errc::denied, "container " + record.id + " is not connected to " + (up ? "" : "the ") +
                                          "network " + network.name);
        }
        const NetworkEndpoint gone = *found;
        const bool first = found == record.endpoints.begin();
        TRY(drop_endpoint(world, record, network));
        if (!up) {
            return {};
        }
        if (Status unplugged = unplug_running(world, record, gone, first); !unplugged && !force) {
            return unplugged;
        }
        if (record.endpoints.empty()) {
            record.published.clear();
            TRY(store::save_container(world, record));
        }
        tell(world, record, network, "disconnect");
        return order_again(world, record);
    });
}

}  // namespace cutaway::engine
