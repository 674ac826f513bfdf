// SPDX-License-Identifier: Apache-2.0
// An image manifest: one image for one platform, as the list of its parts. OCI's and docker's schema 2 are one shape.
// Layers are listed lowest first, as they are stacked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/fields.h"
#include "core/oci/descriptor.h"

namespace cutaway::oci {

struct Manifest {
    static constexpr std::string_view kind = "manifest";
    int schema = 2;
    std::string media_type;  // always set by the codec, from Content-Type where the document leaves it out
    std::string artifact_type;
    Descriptor config;
    std::vector<Descriptor> layers;
    std::optional<Descriptor> subject;
    Annotations annotations;

    friend bool operator==(const Manifest&, const Manifest&) = default;
};
CUTAWAY_FIELDS(Manifest, schema, media_type, artifact_type, config, layers, subject, annotations)

}  // namespace cutaway::oci
