// SPDX-License-Identifier: Apache-2.0
// A descriptor: what some bytes are, how many, and their name by content. Documents point at each other only so.
// A value; reading and checking the bytes is the work of the codec, the registry and the store.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/oci/digest.h"
#include "core/oci/platform.h"

namespace cutaway::oci {

using Annotations = std::map<std::string, std::string>;

struct Descriptor {
    std::string media_type;
    Digest digest;
    std::int64_t size = 0;  // never negative once it comes from the codec
    std::optional<Platform> platform;
    std::vector<std::string> urls;
    Annotations annotations;
    std::string artifact_type;

    friend bool operator==(const Descriptor&, const Descriptor&) = default;
};
CUTAWAY_FIELDS(Descriptor, media_type, digest, size, platform, urls, annotations, artifact_type)

// Of bytes that are here: their digest and size.
Descriptor describe(std::string_view media_type, std::string_view bytes);

// Of a layer made for the model, in its annotations: what the real one weighs.
inline constexpr const char* published_size_key = "cutaway.published-size";

}  // namespace cutaway::oci
