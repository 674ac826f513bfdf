// SPDX-License-Identifier: Apache-2.0
// A layer's blob into a directory, in overlay form, whatever lies below it: one pass from compressed bytes to files,
// both digests computed on the way and compared at its end. Nothing is written outside, no matter what the archive
// says; a layer that is refused leaves nothing behind. It needs no memory beyond its buffers and the list of names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/layer/layer_index.h"
#include "core/oci/digest.h"
#include "core/world/world.h"

namespace cutaway::layer {

struct UnpackLimits {  // against archives that are made to fill disks and memory
    std::uint64_t entries = 2'000'000;
    std::uint64_t bytes = std::uint64_t{64} << 30U;        // of the tar, unpacked
    std::uint64_t name_bytes = 4096;                       // PATH_MAX
    std::uint64_t part_bytes = 255;                        // NAME_MAX
    std::uint64_t xattr_bytes = std::uint64_t{64} << 10U;  // of one entry
};

struct UnpackCounts {
    std::uint64_t entries = 0;
    std::uint64_t files = 0;
    std::uint64_t directories = 0;
    std::uint64_t symlinks = 0;
    std::uint64_t hardlinks = 0;
    std::uint64_t devices = 0;  // and pipes and sockets
    std::uint64_t whiteouts = 0;
    std::uint64_t opaque = 0;
    std::uint64_t bytes = 0;           // in files
    std::uint64_t compressed = 0;      // of the blob
    std::uint64_t tar = 0;             // of the tar
    std::uint64_t dropped_xattrs = 0;  // overlayfs's own names, which no layer may set
    friend bool operator==(const UnpackCounts&, const UnpackCounts&) = default;
};
CUTAWAY_FIELDS(UnpackCounts, entries, files, directories, symlinks, hardlinks, devices, whiteouts, opaque, bytes,
               compressed, tar, dropped_xattrs)

struct UnpackJob {
    oci::Digest digest;      // of the blob; empty: not known (an import)
    oci::Digest diff_id;     // of the tar; empty: not known
    std::uint64_t size = 0;  // of the blob, for the bar
    std::string into;        // the directory that is written
    std::string shown;       // the directory it will be called in the end; empty: the same
    UnpackLimits limits;
};

struct Unpacked {
    oci::Digest digest;   // as computed
    oci::Digest diff_id;  // as computed
    UnpackCounts counts;
    LayerIndex index;
};

// What lies beside the tree and is to become durable with it: called when both digests are right, before the tree is
// made durable.
using Beside = std::function<Status(const Unpacked&)>;

Result<Unpacked> unpack_layer(world::World& world, const UnpackJob& job, world::Source& blob,
                              const Beside& beside = {});

}  // namespace cutaway::layer
