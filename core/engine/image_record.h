// SPDX-License-Identifier: Apache-2.0
// What an image's documents say of it, as the store's record keeps it: the same whether it was pulled, loaded or made
// here. It writes nothing.
#pragma once

#include <string_view>
#include <vector>

#include "core/layer/keep.h"
#include "core/oci/image_config.h"
#include "core/oci/manifest.h"
#include "core/store/images.h"

namespace cutaway::engine {

// Where each layer of the manifest stands in the stack, bottom first. The two must fit each other
// (oci::check_config_matches).
std::vector<layer::LayerPlace> layer_places(const oci::Manifest& manifest, const oci::ImageConfig& config);

store::ImageLayer layer_record(const layer::LayerPlace& place, const layer::LayerRecord& kept);

struct ImageDocuments {
    const oci::Manifest& manifest;
    const oci::Descriptor& manifest_descriptor;
    const oci::ImageConfig& config;
    std::string_view config_bytes;
    std::uint64_t manifest_size;
};
// With the layers as layer_record made them; the history and the annotations add what made each and its published size.
store::ImageRecord image_record(const ImageDocuments& documents, std::vector<store::ImageLayer> layers);

}  // namespace cutaway::engine
