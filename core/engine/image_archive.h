// SPDX-License-Identifier: Apache-2.0
// Images as one tar: `save` writes what docker and every OCI tool read (an OCI image layout with docker's manifest.json
// beside it; blobs as the registry gave them, so that digests stay), `load` reads either. What an archive says of itself is
// believed nowhere: each blob is summed, each layer's tar compared with the config.
#pragma once

#include <string>
#include <vector>

#include "core/engine/archive.h"
#include "core/engine/engine.h"

namespace cutaway::engine {

// A name without a tag means all tags of that repository. "reference does not exist".
Status save_images(Engine& engine, const std::vector<std::string>& names, const Bytes& out);

struct LoadedImage {
    std::string id;
    std::vector<std::string> names;  // "nginx:latest"; none: it has none
};
Result<std::vector<LoadedImage>> load_images(Engine& engine, world::Source& archive);

}  // namespace cutaway::engine
