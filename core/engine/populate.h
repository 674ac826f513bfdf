// SPDX-License-Identifier: Apache-2.0
// What a new volume begins with: what the image has at that place, copied once, as docker does. An image's file can
// never lead the copy out of the layers: links are copied, not followed.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/world/world.h"

namespace cutaway::engine {

// `lower`: the layers' trees, the lowest first. A volume that holds anything is left as it is.
Status populate(world::World& world, const std::vector<std::string>& lower, const std::string& target,
                const std::string& volume);

}  // namespace cutaway::engine
