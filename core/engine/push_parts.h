// SPDX-License-Identifier: Apache-2.0
// Which documents of a stored image a push sends, for that file alone: the whole index that it came by if all of it is
// here, else this platform's manifest; or the one platform that was asked for. It reads the store and asks nobody.
#pragma once

#include <string>
#include <vector>

#include "core/oci/digest.h"
#include "core/oci/manifest.h"
#include "core/store/images.h"
#include "core/world/world.h"

namespace cutaway::engine {

struct PushedManifest {
    oci::Descriptor descriptor;
    std::string bytes;
    oci::Manifest manifest;
    std::vector<oci::Digest> diff_ids;  // as many as layers
};

struct PushParts {
    std::vector<PushedManifest> manifests;
    oci::Descriptor named;  // what the tag will name: the index, or the only manifest
    std::string bytes;
    [[nodiscard]] bool is_index() const {
        return manifests.empty() || manifests.front().descriptor.digest != named.digest;
    }
};

// `platform` may be empty. Narrates why it is not the whole index.
Result<PushParts> parts_to_push(world::World& world, const store::Image& image, const std::string& platform);

}  // namespace cutaway::engine
