// SPDX-License-Identifier: Apache-2.0
#include "core/store/names.h"

#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"

namespace cutaway::store {

namespace {

// containerd's annotations, so that its tools find the names; the id is ours and saves reading every manifest.
constexpr const char* full_name_key = "io.containerd.image.name";
constexpr const char* short_name_key = "org.opencontainers.image.ref.name";
constexpr const char* id_key = "cutaway.image-id";

std::string annotation(const oci::Descriptor& entry, const char* key) {
    const auto found = entry.annotations.find(key);
    return found == entry.annotations.end() ? std::string() : found->second;
}

}  // namespace

Result<Names> load_names(world::World& world) {
    const std::string path = index_path(world);
    const Result<std::string> text = world.disk.read(path);
    if (!text) {
        return text.error().code == Errc::not_found ? Result<Names>(Names{}) : Result<Names>(text.error());
    }
    const Result<oci::Document> document = oci::parse_manifest_or_index(*text, oci::media_type::oci_index);
    if (!document || !std::holds_alternative<oci::Index>(*document)) {
        return damaged(path);
    }
    Names names;
    for (const oci::Descriptor& entry : std::get<oci::Index>(*document).manifests) {
        NamedImage named;
        named.manifest = entry;
        named.manifest.annotations.clear();
        named.id = annotation(entry, id_key);
        names[annotation(entry, full_name_key)] = std::move(named);
    }
    names.erase("");  // another tool's entry without a name
    return names;
}

Status save_names(world::World& world, const Names& names) {
    oci::Index index;
    index.media_type = oci::media_type::oci_index;
    for (const auto& [name, named] : names) {
        oci::Descriptor entry = named.manifest;
        const std::size_t colon = name.rfind(':');
        entry.annotations[full_name_key] = name;
        entry.annotations[short_name_key] = name.substr(colon == std::string::npos ? 0 : colon + 1);
        entry.annotations[id_key] = named.id;
        index.manifests.push_back(std::move(entry));
    }
    return world.disk.save(index_path(world), indented(oci::to_json(index)), world::Durability::durable);
}

}  // namespace cutaway::store
