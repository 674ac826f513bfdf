// SPDX-License-Identifier: Apache-2.0
// `docker push`: the blobs of a stored image go to a registry as they lie in the store, its manifest last. What is
// pushed is this platform's manifest, as docker with its own image store does, also of an image that came by an index.
// Errors are the registry's words and docker's; nothing of the store changes but that the image is known by its digest
// there, too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct Pushed {
    std::string tag;
    std::string digest;
    std::uint64_t size = 0;  // of the manifest
};

enum class Tags { one, all };

// `name` with its tag, or of all tags without. Lines go through io.say, bytes sent through io.progress.
Result<std::vector<Pushed>> push_image(Engine& engine, const std::string& name, Tags tags, Io& io);

}  // namespace cutaway::engine
