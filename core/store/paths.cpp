// SPDX-License-Identifier: Apache-2.0
#include "core/store/paths.h"

namespace cutaway::store {

namespace {

std::string below(const world::World& world, std::string_view folder, std::string_view name) {
    return world.machine.data_root + "/" + std::string(folder) + "/" + std::string(name);
}

}  // namespace

std::string blob_path(const world::World& world, const oci::Digest& digest) {
    return below(world, "blobs", digest.algorithm) + "/" + digest.hex;
}

std::string index_path(const world::World& world) { return world.machine.data_root + "/index.json"; }

std::string image_path(const world::World& world, const oci::Digest& id) {
    return below(world, "images", id.hex) + ".json";
}

std::string layers_dir(const world::World& world) { return world.machine.data_root + "/layers"; }

std::string layer_dir(const world::World& world, const oci::Digest& chain_id) {
    return below(world, "layers", chain_id.hex);
}

std::string layer_tree(const world::World& world, const oci::Digest& chain_id) {
    return layer_dir(world, chain_id) + "/fs";
}

std::string layer_index(const world::World& world, const oci::Digest& chain_id) {
    return layer_dir(world, chain_id) + "/index.jsonl";
}

std::string container_dir(const world::World& world, std::string_view id) { return below(world, "containers", id); }

std::string container_upper(const world::World& world, std::string_view id) {
    return container_file(world, id, "upper");
}

std::string container_work(const world::World& world, std::string_view id) { return container_file(world, id, "work"); }

std::string container_merged(const world::World& world, std::string_view id) {
    return container_file(world, id, "merged");
}

std::string container_log(const world::World& world, std::string_view id) {
    return container_file(world, id, std::string(id) + "-json.log");
}

std::string container_file(const world::World& world, std::string_view id, std::string_view file) {
    return container_dir(world, id) + "/" + std::string(file);
}

std::string volume_dir(const world::World& world, std::string_view name) { return below(world, "volumes", name); }

std::string volume_data(const world::World& world, std::string_view name) { return volume_dir(world, name) + "/_data"; }

std::string network_path(const world::World& world, std::string_view id) {
    return below(world, "networks", id) + ".json";
}

std::string lock_path(const world::World& world) { return world.machine.data_root + "/lock"; }

}  // namespace cutaway::store
