// SPDX-License-Identifier: Apache-2.0
// A tar, entry by entry, whatever dialect (ustar, PAX, GNU, old). libarchive takes it apart and does nothing else: it
// never sees a disk and converts no name, so names come out byte for byte in any locale. It judges nothing: names here
// are still the archive's own and may say "../..".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/world/disk.h"

namespace cutaway::layer {

struct TarPiece {
    std::uint64_t offset = 0;  // beyond what came before where a sparse file has a hole
    std::string_view bytes;    // until the next call
};

class TarReader {
public:
    // `tar` must outlive the reader; errors it gives come out of next() and read() as they are.
    static Result<std::unique_ptr<TarReader>> open(world::Source& tar);
    virtual ~TarReader() = default;
    virtual Result<std::optional<world::TreeEntry>> next() = 0;  // nothing: the end
    virtual Result<std::optional<TarPiece>> read() = 0;          // of the entry's bytes; nothing: their end
};

}  // namespace cutaway::layer
