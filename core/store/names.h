// SPDX-License-Identifier: Apache-2.0
// The names of images: index.json of the OCI image layout, one entry a name. One file, replaced whole, so a name
// always points at the old image or the new one. Callers hold the store's lock while they change it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/oci/descriptor.h"
#include "core/world/world.h"

namespace cutaway::store {

struct NamedImage {
    oci::Descriptor manifest;
    std::string id;  // the image's
    friend bool operator==(const NamedImage&, const NamedImage&) = default;
};
using Names = std::map<std::string, NamedImage>;  // by full name: "docker.io/library/nginx:latest"

Result<Names> load_names(world::World& world);
Status save_names(world::World& world, const Names& names);

}  // namespace cutaway::store
