// SPDX-License-Identifier: Apache-2.0
// A tar's entries onto a TreeWriter, by the rules of layers. It refuses what no layer may say and bounds what it may
// say at length; it computes no digest and narrates nothing, so any archive can be tried on a writer in memory.
#pragma once

#include "core/base/result.h"
#include "core/layer/layer_tree.h"
#include "core/layer/tar_reader.h"
#include "core/layer/unpack.h"
#include "core/world/disk.h"

namespace cutaway::layer {

struct Applied {
    UnpackCounts counts;
    LayerTree tree;
};

Result<Applied> apply_tar(TarReader& tar, world::TreeWriter& tree, const UnpackLimits& limits);

}  // namespace cutaway::layer
