// SPDX-License-Identifier: Apache-2.0
// Writes a tar: ustar blocks, PAX records only where ustar cannot say it (long names, big numbers, bytes that are no
// ASCII, xattrs, parts of seconds). The same entries give the same bytes, so a layer's digest depends on its content.
// It never writes sparse entries (image spec, layer.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/world/disk.h"

namespace cutaway::layer {

class TarWriter {
public:
    explicit TarWriter(std::string& out) : out_(out) {}  // appended to; may be drained between two calls

    // A regular file's bytes come with it and are as many as entry.info.size says, or the call fails.
    Status add(const world::TreeEntry& entry, std::string_view bytes);
    // Or they follow by the caller's own hand: the header, entry.info.size bytes, pad.
    Status begin(const world::TreeEntry& entry);
    void pad(std::uint64_t size);
    void finish();  // two empty blocks

private:
    std::string& out_;
};

}  // namespace cutaway::layer
