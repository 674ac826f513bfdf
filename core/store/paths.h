// SPDX-License-Identifier: Apache-2.0
// Where everything lies below the data root (docs/store.md). Only validated digests, ids and names become parts of a
// path: ids and names are checked by the functions that take them from users, never here.
#pragma once

#include <string>
#include <string_view>

#include "core/oci/digest.h"
#include "core/world/world.h"

namespace cutaway::store {

inline constexpr std::string_view unfinished = ".new-";  // begins the names of what is still being made

std::string blob_path(const world::World& world, const oci::Digest& digest);
std::string index_path(const world::World& world);  // index.json: the names
std::string image_path(const world::World& world, const oci::Digest& id);
std::string layers_dir(const world::World& world);
std::string layer_dir(const world::World& world, const oci::Digest& chain_id);
std::string layer_tree(const world::World& world, const oci::Digest& chain_id);   // its files: …/fs
std::string layer_index(const world::World& world, const oci::Digest& chain_id);  // the list of them: …/index.jsonl

// Of one container; `id` is the full one.
std::string container_dir(const world::World& world, std::string_view id);
std::string container_upper(const world::World& world, std::string_view id);
std::string container_work(const world::World& world, std::string_view id);
std::string container_merged(const world::World& world, std::string_view id);
std::string container_log(const world::World& world, std::string_view id);
std::string container_file(const world::World& world, std::string_view id, std::string_view file);  // "hosts", …

std::string volume_dir(const world::World& world, std::string_view name);
std::string volume_data(const world::World& world, std::string_view name);
std::string network_path(const world::World& world, std::string_view id);
std::string lock_path(const world::World& world);  // held while names are looked up and taken; never while gated

}  // namespace cutaway::store
