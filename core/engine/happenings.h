// SPDX-License-Identifier: Apache-2.0
// What `docker events` tells: one line a happening, kept below the run root, so that it survives the command but not the
// machine, as docker's are lost with its daemon. A record for people: nothing in the engine reads it, and a line that
// cannot be written fails no verb. The trace is the account of what was done; this is the account of what it came to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/store/container_record.h"
#include "core/store/images.h"
#include "core/world/world.h"

namespace cutaway::engine {

struct Happening {
    std::int64_t wall_ns = 0;
    std::string type;    // "container", "image", "network", "volume"
    std::string action;  // "start", "die"
    std::string id;
    std::vector<world::Pair> attributes;  // sorted by name
    friend bool operator==(const Happening&, const Happening&) = default;
};
CUTAWAY_FIELDS(Happening, wall_ns, type, action, id, attributes)

// wall_ns 0: now.
void happened(world::World& world, Happening happening);
// With its image, name and labels, as docker tells of containers.
void happened(world::World& world, const store::ContainerRecord& record, std::string action,
              std::vector<world::Pair> more = {}, std::int64_t wall_ns = 0);

void tell_removal(world::World& world, const store::ImageRemoval& removal);  // of images

// "connect" or "disconnect", of each network that the container is on.
void plugged(world::World& world, const store::ContainerRecord& record, const std::string& action);

Result<std::vector<Happening>> happenings(world::World& world);  // in the order of their times

}  // namespace cutaway::engine
