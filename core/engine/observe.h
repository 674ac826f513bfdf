// SPDX-License-Identifier: Apache-2.0
// Looking into a container from outside: what changed in its files, its processes, what it uses. Only reads: the upper
// directory, the cgroup's files, /proc. Top and stats are Engine's own (engine.h).
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct Change {
    char kind = 'C';  // 'A' added, 'C' changed, 'D' deleted
    std::string path;
    friend bool operator==(const Change&, const Change&) = default;
};

// As `docker diff`: the upper directory against the layers below, in the order of the paths. What the start itself
// made (mount points) is left out, as docker's own init layer hides it.
Result<std::vector<Change>> diff(Engine& engine, const std::string& container);

// The same of a record at hand: what a commit of the container would keep.
Result<std::vector<Change>> changes_of(world::World& world, const store::ContainerRecord& record);

}  // namespace cutaway::engine
