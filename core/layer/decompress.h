// SPDX-License-Identifier: Apache-2.0
// Bodies through bodies: a Source that sums what passes through it, and one that inflates. Which compression a layer
// has is told by its first bytes, never by its media type: registries get that wrong. Memory is bounded whatever the
// input says (a zstd window of 128 MiB at most); how much may come out is the reader's to bound.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/layer/gunzip.h"
#include "core/oci/digest.h"
#include "core/oci/media_type.h"
#include "core/world/disk.h"

namespace cutaway::layer {

class SummingSource : public world::Source {
public:
    explicit SummingSource(world::Source& inner) : inner_(inner) {}
    Result<std::size_t> read(std::span<char> into) override;
    oci::Digest digest();  // of all that was read; once
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    world::Source& inner_;
    Sha256 sum_;
    std::uint64_t bytes_ = 0;
};

oci::Compression compression_by_magic(std::string_view first_bytes);

// The bytes inside; `compressed` must outlive it and is read to its very end.
Result<std::unique_ptr<world::Source>> decompressed(world::Source& compressed, Inflater inflater = Inflater::fastest);

}  // namespace cutaway::layer
