// SPDX-License-Identifier: Apache-2.0
// `cutaway fsck`: everything that the store promises is compared with what lies on the disk: each blob's bytes with its
// digest, each layer's files with their list, each record, each name. What can be made good from what is there is; what
// a killed process left is taken away; what is lost is told with the way to get it back. Nothing that any record refers
// to is ever removed, but for bytes that are not what they are called.
// It holds the store's lock only while it decides what nobody needs. Errors are of the examination itself; what was
// found wrong is in the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct FsckOptions {
    bool dry_run = false;
    bool force = false;  // take what is younger than a day, too: nobody else is at work
    bool deep = false;   // layers' files with the bytes in their blobs, too
};

struct Finding {
    std::string what;
    std::string done;   // or what would be done
    bool open = false;  // wrong still
};

struct FsckReport {
    std::vector<Finding> findings;
    std::vector<std::string> left;  // rubbish too young to be certain of
    std::uint64_t blobs = 0;
    std::uint64_t bytes = 0;
    std::uint64_t layers = 0;
    std::uint64_t compared = 0;  // of them with their blobs
    std::uint64_t images = 0;
    std::uint64_t containers = 0;
};

Result<FsckReport> fsck(Engine& engine, const FsckOptions& options);

}  // namespace cutaway::engine
