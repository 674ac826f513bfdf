// SPDX-License-Identifier: Apache-2.0
#include "core/store/networks.h"

#include <algorithm>
#include <memory>

#include "core/store/ids.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"
#include "core/world/note.h"

namespace cutaway::store {

Result<NetworkRecord> create_network(world::World& world, NetworkRecord network) {
    TRY(check_name("network", network.name));
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    for (const NetworkRecord& one : TRY(list_networks(world))) {
        if (one.name == network.name) {
            return fail(Errc::conflict, "network with name " + network.name + " already exists");
        }
    }
    if (network.id.empty()) {
        network.id = random_id(world.entropy);
    }
    if (network.created.empty()) {
        network.created = to_time_text(world.clock.wall_ns());
    }
    if (network.bridge.empty() && network.driver == "bridge") {
        network.bridge = "br-" + short_id(network.id);
    }
    TRY_IN("write the record of network " + network.name, save_record(world, network_path(world, network.id), network));
    world.narrator.note(
        world::NetworkKnown{network.id, network.name, network.driver, network.subnet, network.gateway, network.bridge});
    return network;
}

Result<NetworkRecord> find_network(world::World& world, std::string_view name_or_id) {
    std::vector<NetworkRecord> all = TRY(list_networks(world));
    std::vector<NetworkRecord> begun;
    for (NetworkRecord& one : all) {
        if (one.id == name_or_id || one.name == name_or_id) {
            return std::move(one);
        }
        if (!name_or_id.empty() && one.id.substr(0, name_or_id.size()) == name_or_id) {
            begun.push_back(std::move(one));
        }
    }
    if (begun.size() > 1) {
        return fail(Errc::invalid, "network " + std::string(name_or_id) + " is ambiguous (" +
                                       std::to_string(begun.size()) + " matches found based on ID prefix)");
    }
    if (begun.empty()) {
        return fail(Errc::not_found, "network " + std::string(name_or_id) + " not found");
    }
    return std::move(begun.front());
}

Result<std::vector<NetworkRecord>> list_networks(world::World& world) {
    std::vector<NetworkRecord> all;
    const std::string folder = world.machine.data_root + "/networks";
    const Result<std::vector<world::DirEntry>> found = world.disk.list(folder);
    if (!found) {
        return found.error().code == Errc::not_found ? Result<std::vector<NetworkRecord>>(all) : found.error();
    }
    for (const world::DirEntry& entry : *found) {
        all.push_back(TRY(load_record<NetworkRecord>(world, folder + "/" + entry.name)));
    }
    std::sort(all.begin(), all.end(), [](const NetworkRecord& a, const NetworkRecord& b) { return a.name < b.name; });
    return all;
}

Status remove_network(world::World& world, const NetworkRecord& network) {
    if (network.built_in) {
        return fail(Errc::denied, network.name + " is a pre-defined network and cannot be removed");
    }
    TRY_IN("remove the record of network " + network.name, world.disk.remove(network_path(world, network.id)));
    world.narrator.note(world::NetworkForgotten{network.id});
    return {};
}

}  // namespace cutaway::store
