// SPDX-License-Identifier: Apache-2.0
// The verbs of networks and volumes: make, list, look at, remove.
#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "core/cli/filters.h"
#include "core/cli/inspect_each.h"
#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/objects.h"
#include "core/engine/plugging.h"
#include "core/store/ids.h"

namespace cutaway::cli {

namespace {

int create_network(Invocation& call) {
    engine::NetworkOptions options;
    options.name = call.given.arguments.front();
    options.driver = call.given.has("driver") ? call.given.text("driver") : "bridge";
    options.subnet = call.given.text("subnet");
    options.gateway = call.given.text("gateway");
    options.internal = call.given.on("internal");
    options.labels = call.given.list("label");
    options.options = call.given.list("opt");
    const Result<std::string> id = engine::create_network(call.engine, options);
    if (!id) {
        return refuse(call, id.error());
    }
    call.console.out(*id + "\n");
    return 0;
}

int remove_networks(Invocation& call) {
    return for_each_argument(call, [](Invocation& one, const std::string& name) {
        const Status removed = engine::remove_network(one.engine, name);
        return !removed && one.given.on("force") && removed.error().code == Errc::not_found ? Status() : removed;
    });
}

int connect_network(Invocation& call) {
    const auto& words = call.given.arguments;
    const Status done =
        engine::connect_network(call.engine, {words[0], words[1], call.given.list("alias"), call.given.text("ip")});
    return done ? 0 : refuse(call, done.error());
}

int disconnect_network(Invocation& call) {
    const auto& words = call.given.arguments;
    const Status done = engine::disconnect_network(call.engine, words[0], words[1], call.given.on("force"));
    return done ? 0 : refuse(call, done.error());
}

int inspect_networks(Invocation& call) { return inspect_each(call, inspect_network); }
int inspect_volumes(Invocation& call) { return inspect_each(call, inspect_volume); }

int print_rows(Invocation& call, const std::vector<Column>& columns, std::vector<std::vector<std::string>> rows) {
    if (call.given.on("quiet")) {
        for (const std::vector<std::string>& row : rows) {
            call.console.out((columns.front().field == "ID" ? row[0] : row[1]) + "\n");
        }
        return 0;
    }
    std::string format = call.given.text("format");
    if (format.empty() || format == "table") {
        std::vector<std::string> titles;
        for (std::size_t i = 0; i < 4 && i < columns.size() && !columns[i].title.empty(); ++i) {
            titles.emplace_back(columns[i].title);
        }
        for (std::vector<std::string>& row : rows) {
            row.resize(titles.size());
        }
        rows.insert(rows.begin(), std::move(titles));
        call.console.out(table(rows));
        return 0;
    }
    const Result<std::string> text = formatted(format, columns, rows);
    text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
    return text ? 0 : 1;
}

std::string labels_text(const std::vector<world::Pair>& labels) {
    std::string text;
    for (const world::Pair& label : labels) {
        text += (text.empty() ? "" : ",") + label.name + "=" + label.value;
    }
    return text;
}

bool fits(const store::NetworkRecord& network, const std::string& key, const std::string& value) {
    return key == "name"     ? network.name.find(value) != std::string::npos
           : key == "id"     ? network.id.find(value) != std::string::npos
           : key == "driver" ? network.driver == value
           : key == "label"  ? has_label(network.labels, value)
           : key == "scope"  ? value == "local"
                             : network.built_in == (value == "builtin");
}

int list_networks(Invocation& call) {
    constexpr std::array<std::string_view, 6> known{"driver", "id", "label", "name", "scope", "type"};
    const Result<Filters> filters = read_filters(call.given, known);
    if (!filters) {
        return refuse_filters(call, filters.error());
    }
    const auto networks = call.engine.networks();
    if (!networks) {
        return refuse(call, networks.error());
    }
    std::vector<std::vector<std::string>> rows;
    for (const store::NetworkRecord& network : *networks) {
        if (fits_all(*filters, [&](const auto& key, const auto& value) { return fits(network, key, value); })) {
            rows.push_back({call.given.on("no-trunc") ? network.id : store::short_id(network.id), network.name,
                            network.driver, "local", labels_text(network.labels), network.internal ? "true" : "false",
                            network.created});
        }
    }
    return print_rows(call,
                      {{"ID", "NETWORK ID"},
                       {"Name", "NAME"},
                       {"Driver", "DRIVER"},
                       {"Scope", "SCOPE"},
                       {"Labels", "LABELS"},
                       {"Internal", "INTERNAL"},
                       {"CreatedAt", "CREATED AT"}},
                      std::move(rows));
}

int create_volume(Invocation& call) {
    engine::VolumeOptions options;
    const auto& words = call.given.arguments;
    options.name = words.empty() ? call.given.text("name") : words.front();
    options.driver = call.given.has("driver") ? call.given.text("driver") : "local";
    options.labels = call.given.list("label");
    options.options = call.given.list("opt");
    const Result<store::VolumeRecord> volume = engine::create_volume(call.engine, options);
    if (!volume) {
        return refuse(call, volume.error());
    }
    call.console.out(volume->name + "\n");
    return 0;
}

int remove_volumes(Invocation& call) {
    return for_each_argument(call, [](Invocation& one, const std::string& name) {
        const Status removed = engine::remove_volume(one.engine, name);
        return !removed && one.given.on("force") && removed.error().code == Errc::not_found ? Status() : removed;
    });
}

// Dangling is what no container, running or not, refers to.
Result<std::set<std::string>> used_volumes(Invocation& call) {
    std::set<std::string> used;
    for (const store::ContainerRecord& record : TRY(call.engine.containers())) {
        for (const store::MountPoint& mount : record.mounts) {
            used.insert(mount.name);
        }
    }
    return used;
}

Result<std::vector<store::VolumeRecord>> choose_volumes(Invocation& call) {
    constexpr std::array<std::string_view, 4> known{"dangling", "driver", "label", "name"};
    const Filters filters = TRY(read_filters(call.given, known));
    const std::set<std::string> used = TRY(used_volumes(call));
    std::vector<store::VolumeRecord> chosen;
    for (const store::VolumeRecord& volume : TRY(call.engine.volumes())) {
        const auto good = [&](const std::string& key, const std::string& value) {
            return key == "name"     ? volume.name.find(value) != std::string::npos
                   : key == "driver" ? volume.driver == value
                   : key == "label"  ? has_label(volume.labels, value)
                                     : used.contains(volume.name) != (value == "true" || value == "1");
        };
        if (fits_all(filters, good)) {
            chosen.push_back(volume);
        }
    }
    return chosen;
}

int list_volumes(Invocation& call) {
    const auto volumes = choose_volumes(call);
    if (!volumes) {
        return refuse_filters(call, volumes.error());
    }
    std::vector<std::vector<std::string>> rows;
    for (const store::VolumeRecord& volume : *volumes) {
        rows.push_back({volume.driver, volume.name, "local", volume.path, labels_text(volume.labels)});
    }
    return print_rows(call,
                      {{"Driver", "DRIVER"},
                       {"Name", "VOLUME NAME"},
                       {"Scope", ""},
                       {"Mountpoint", "MOUNTPOINT"},
                       {"Labels", "LABELS"}},
                      std::move(rows));
}

std::vector<FlagSpec> network_flags() {
    return {{"attachable", 0, FlagKind::boolean, "Enable manual container attachment", not_yet},
            {"driver", 'd', FlagKind::text, "Driver to manage the Network", ""},
            {"gateway", 0, FlagKind::text, "IPv4 or IPv6 Gateway for the master subnet", ""},
            {"internal", 0, FlagKind::boolean, "Restrict external access to the network", ""},
            {"ip-range", 0, FlagKind::text, "Allocate container ip from a sub-range", not_yet},
            {"ipv6", 0, FlagKind::boolean, "Enable or disable IPv6 address assignment", not_yet},
            {"label", 0, FlagKind::list, "Set metadata on a network", ""},
            {"opt", 'o', FlagKind::list, "Set driver specific options", ""},
            {"subnet", 0, FlagKind::text, "Subnet in CIDR format that represents a network segment", ""}};
}

FlagSpec force(std::string_view help) { return {"force", 'f', FlagKind::boolean, help, ""}; }
FlagSpec filter() { return {"filter", 'f', FlagKind::list, "Provide filter values (e.g. \"driver=bridge\")", ""}; }
FlagSpec rows_format() { return {"format", 0, FlagKind::text, "Format output using a custom template", ""}; }
FlagSpec quiet(std::string_view help) { return {"quiet", 'q', FlagKind::boolean, help, ""}; }

std::vector<FlagSpec> connect_flags() {
    return {{"alias", 0, FlagKind::list, "Add network-scoped alias for the container", ""},
            {"driver-opt", 0, FlagKind::list, "driver options for the network", not_yet},
            {"gw-priority", 0, FlagKind::number, "Highest gw-priority provides the default gateway", not_yet},
            {"ip", 0, FlagKind::text, "IPv4 address (e.g., \"172.30.100.104\")", ""},
            {"ip6", 0, FlagKind::text, "IPv6 address (e.g., \"2001:db8::33\")", not_yet},
            {"link", 0, FlagKind::list, "Add link to another container", not_yet},
            {"link-local-ip", 0, FlagKind::list, "Add a link-local address for the container", not_yet}};
}

std::vector<Verb> network_verbs() {
    return {{"network create", "network", "create", "[OPTIONS] NETWORK", "Create a network", network_flags(),
             Mix::anywhere, 1, 1, create_network},
            {"network ls",
             "network",
             "ls",
             "[OPTIONS]",
             "List networks",
             {filter(),
              rows_format(),
              {"no-trunc", 0, FlagKind::boolean, "Do not truncate the output", ""},
              quiet("Only display network IDs")},
             Mix::anywhere,
             0,
             0,
             list_networks},
            {"network inspect",
             "network",
             "inspect",
             "[OPTIONS] NETWORK [NETWORK...]",
             "Display detailed information on one or more networks",
             {format_flag()},
             Mix::anywhere,
             1,
             -1,
             inspect_networks},
            {"network rm",
             "network",
             "rm",
             "NETWORK [NETWORK...]",
             "Remove one or more networks",
             {force("Do not error if the network does not exist")},
             Mix::anywhere,
             1,
             -1,
             remove_networks},
            {"network connect", "network", "connect", "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network",
             connect_flags(), Mix::anywhere, 2, 2, connect_network},
            {"network disconnect",
             "network",
             "disconnect",
             "[OPTIONS] NETWORK CONTAINER",
             "Disconnect a container from a network",
             {force("Force the container to disconnect from a network")},
             Mix::anywhere,
             2,
             2,
             disconnect_network}};
}

std::vector<Verb> volume_verbs() {
    return {{"volume create",
             "volume",
             "create",
             "[OPTIONS] [VOLUME]",
             "Create a volume",
             {{"driver", 'd', FlagKind::text, "Specify volume driver name", ""},
              {"label", 0, FlagKind::list, "Set metadata for a volume", ""},
              {"name", 0, FlagKind::text, "Specify volume name", ""},
              {"opt", 'o', FlagKind::list, "Set driver specific options", ""}},
             Mix::anywhere,
             0,
             1,
             create_volume},
            {"volume ls",
             "volume",
             "ls",
             "[OPTIONS]",
             "List volumes",
             {filter(), rows_format(), quiet("Only display volume names")},
             Mix::anywhere,
             0,
             0,
             list_volumes},
            {"volume inspect",
             "volume",
             "inspect",
             "[OPTIONS] VOLUME [VOLUME...]",
             "Display detailed information on one or more volumes",
             {format_flag()},
             Mix::anywhere,
             1,
             -1,
             inspect_volumes},
            {"volume rm",
             "volume",
             "rm",
             "[OPTIONS] VOLUME [VOLUME...]",
             "Remove one or more volumes",
             {force("Force the removal of one or more volumes")},
             Mix::anywhere,
             1,
             -1,
             remove_volumes}};
}

}  // namespace

const std::vector<Verb>& object_verbs() {
    static const std::vector<Verb> verbs = [] {
        std::vector<Verb> all = network_verbs();
        for (Verb& verb : volume_verbs()) {
            all.push_back(std::move(verb));
        }
        return all;
    }();
    return verbs;
}

}  // namespace cutaway::cli
