// SPDX-License-Identifier: Apache-2.0
// What nothing uses any more, found and taken away, and what everything weighs: docker's prune verbs and system df.
// Nothing that a container refers to is ever taken; a name that another took meanwhile is left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

enum class Unused { dangling, all };

struct PrunedImages {
    std::vector<std::string> untagged;
    std::vector<std::string> deleted;
    std::uint64_t reclaimed = 0;
};

Result<PrunedImages> prune_images(Engine& engine, Unused which, const MayGo& may_go = {});

struct Usage {
    std::uint32_t total = 0;
    std::uint32_t active = 0;
    std::uint64_t size = 0;
    std::uint64_t reclaimable = 0;
};

struct DiskUsage {
    Usage images;
    Usage containers;
    Usage volumes;
};

Result<DiskUsage> disk_usage(Engine& engine);

// The bytes of all files beneath a directory; one that is gone weighs nothing.
Result<std::uint64_t> size_beneath(world::Disk& disk, const std::string& directory);

// What `docker images` calls a layer's size: of a model image the published one, else what it takes unpacked.
std::uint64_t shown_size(const store::ImageLayer& layer);
std::uint64_t shown_size(const store::ImageRecord& record);

}  // namespace cutaway::engine
