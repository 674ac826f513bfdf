// SPDX-License-Identifier: Apache-2.0
// `docker push`: the blobs of a stored image go to a registry as they lie in the store, its manifest last. Of an image
// that came by an index the index goes too, if all that it names is here; else this platform's manifest alone.
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

struct PushOptions {
    Tags tags = Tags::one;
    std::string platform;  // not empty: this platform's manifest, alone
};

// `name` with its tag, or of all tags without. Lines go through io.say, bytes sent through io.progress.
Result<std::vector<Pushed>> push_image(Engine& engine, const std::string& name, const PushOptions& options, Io& io);

}  // namespace cutaway::engine
