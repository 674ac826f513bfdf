// SPDX-License-Identifier: Apache-2.0
// One member of a gzip stream (RFC 1952) after the other, piece by piece, its check sum compared. Two inflaters do the
// same: Intel's library, which is four times as fast and is asked for while running, so that a machine without it does
// the same work with zlib. Memory is bounded by the format's window of 32 KiB.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::layer {

enum class Inflater { fastest, zlib };

class Gunzip {
public:
    struct Step {
        std::size_t used = 0;  // of the input
        std::size_t made = 0;
        bool ended = false;  // the member is whole; the next step begins another
    };
    virtual ~Gunzip() = default;
    virtual Result<Step> step(std::string_view input, std::span<char> into) = 0;
};

std::unique_ptr<Gunzip> make_gunzip(Inflater inflater = Inflater::fastest);
bool has_fast_inflater();

}  // namespace cutaway::layer
