// SPDX-License-Identifier: Apache-2.0
// An unpacked layer against the blob it came from: the tar is applied once more, but what would be written is compared
// with what lies there, file by file. Nothing is changed. Times of directories and attributes that a file system may
// refuse (user.*) are not asked for; whiteouts are only asked to be there.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/layer/unpack.h"
#include "core/world/world.h"

namespace cutaway::layer {

struct Damage {
    std::string path;
    std::string what;  // "has other bytes"
};

// By path; empty: the tree is what the blob says. An error: the blob is no layer, or is not this one (diff_id).
Result<std::vector<Damage>> compare_with_blob(world::World& world, world::TreeReader& tree, world::Source& blob,
                                              const oci::Digest& diff_id);

}  // namespace cutaway::layer
