// SPDX-License-Identifier: Apache-2.0
// Named storage that outlives containers: a record and a directory each. Who uses a volume is in the containers'
// records, so there is no counter that could be wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/world/vocabulary.h"
#include "core/world/world.h"

namespace cutaway::store {

struct VolumeRecord {
    std::uint32_t version = 0;
    std::string name;
    std::string created;
    std::string driver = "local";
    std::string path;  // of its data
    bool anonymous = false;
    std::vector<world::Pair> labels;
    std::vector<world::Pair> options;
    friend bool operator==(const VolumeRecord&, const VolumeRecord&) = default;
};
CUTAWAY_FIELDS(VolumeRecord, version, name, created, driver, path, anonymous, labels, options)

// Present is fine: the answer is then what is there. No name: an anonymous one with 64 digits.
Result<VolumeRecord> create_volume(world::World& world, VolumeRecord volume);
Result<VolumeRecord> load_volume(world::World& world, std::string_view name);  // "get x: no such volume"
Result<std::vector<VolumeRecord>> list_volumes(world::World& world);           // by name
Status remove_volume(world::World& world, std::string_view name);  // Errc::conflict while a container has it

}  // namespace cutaway::store
