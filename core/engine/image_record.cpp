// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image_record.h"

#include <cstdlib>

#include "core/oci/chain_id.h"

namespace cutaway::engine {

namespace {

void name_steps(const oci::ImageConfig& config, std::vector<store::ImageLayer>& layers) {
    std::size_t layer = 0;
    for (const oci::HistoryEntry& entry : config.history) {
        if (!entry.empty_layer && layer < layers.size()) {
            layers[layer++].created_by = entry.created_by;
        }
    }
}

// What the annotation says the published layers weigh; shown, never checked against anything.
void add_published_sizes(const oci::Manifest& manifest, std::vector<store::ImageLayer>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const oci::Annotations& annotations = manifest.layers[i].annotations;
        if (const auto size = annotations.find(oci::published_size_key); size != annotations.end()) {
            layers[i].published_size = std::strtoull(size->second.c_str(), nullptr, 10);
        }
    }
}

}  // namespace

std::vector<layer::LayerPlace> layer_places(const oci::Manifest& manifest, const oci::ImageConfig& config) {
    std::vector<layer::LayerPlace> places;
    const std::vector<oci::Digest> chains = oci::chain_ids(config.diff_ids);
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        layer::LayerPlace place;
        place.digest = manifest.layers[i].digest;
        place.diff_id = config.diff_ids[i];
        place.chain_id = chains[i];
        if (i > 0) {
            place.parent = chains[i - 1];
        }
        place.size = static_cast<std::uint64_t>(manifest.layers[i].size);
        places.push_back(std::move(place));
    }
    return places;
}

store::ImageLayer layer_record(const layer::LayerPlace& place, const layer::LayerRecord& kept) {
    store::ImageLayer layer;
    layer.digest = oci::to_text(place.digest);
    layer.diff_id = oci::to_text(place.diff_id);
    layer.chain_id = oci::to_text(place.chain_id);
    layer.size = place.size;
    layer.unpacked = kept.counts.bytes;
    layer.files = static_cast<std::uint32_t>(kept.counts.entries);
    layer.whiteouts = static_cast<std::uint32_t>(kept.counts.whiteouts);
    return layer;
}

store::ImageRecord image_record(const ImageDocuments& documents, std::vector<store::ImageLayer> layers) {
    const oci::ImageConfig& config = documents.config;
    store::ImageRecord record;
    record.id = oci::to_text(oci::image_id(documents.config_bytes));
    record.manifest = oci::to_text(documents.manifest_descriptor.digest);
    record.media_type = documents.manifest_descriptor.media_type;
    record.manifest_size = documents.manifest_size;
    record.platform = oci::to_text(oci::platform_of(config));
    record.created = config.created;
    record.command = config.config.entrypoint;
    record.command.insert(record.command.end(), config.config.cmd.begin(), config.config.cmd.end());
    record.layers = std::move(layers);
    name_steps(config, record.layers);
    add_published_sizes(documents.manifest, record.layers);
    return record;
}

}  // namespace cutaway::engine
