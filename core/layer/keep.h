// SPDX-License-Identifier: Apache-2.0
// A verified layer in the store: layers/<chain id>/{fs, index.jsonl, layer.json}. It is made under another name and
// moved into place when it is whole, so that what has its right name is right; a name is never used twice for
// different work (ext4 is slow at that). What is there already is shared, not made again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/layer/unpack.h"
#include "core/oci/digest.h"
#include "core/world/world.h"

namespace cutaway::layer {

struct LayerRecord {
    std::uint32_t version = 0;
    std::string chain_id;
    std::string parent;  // the chain id below; "" for the lowest
    std::string diff_id;
    std::string digest;  // of the blob it came from
    std::string created;
    UnpackCounts counts;
    friend bool operator==(const LayerRecord&, const LayerRecord&) = default;
};
CUTAWAY_FIELDS(LayerRecord, version, chain_id, parent, diff_id, digest, created, counts)

struct LayerPlace {  // which layer, and where in the stack
    oci::Digest digest;
    oci::Digest diff_id;
    oci::Digest chain_id;
    oci::Digest parent;
    std::uint64_t size = 0;
};

struct KeptLayer {
    LayerRecord record;
    bool shared = false;  // it was there
};

// From a body (a download, a file) or, without one, from the store's own blob.
Result<KeptLayer> keep_layer(world::World& world, const LayerPlace& place, world::Source* blob,
                             const UnpackLimits& limits = {});

Result<bool> has_layer(world::World& world, const oci::Digest& chain_id);
Result<LayerRecord> load_layer(world::World& world, const oci::Digest& chain_id);
Result<LayerIndex> load_layer_index(world::World& world, const oci::Digest& chain_id);

}  // namespace cutaway::layer
