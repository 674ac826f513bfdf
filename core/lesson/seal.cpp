// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/seal.h"

#include <algorithm>
#include <array>

#include "core/base/hex.h"
#include "core/base/sha256.h"

namespace cutaway::lesson {

// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view text) {
    constexpr std::size_t block = 64;
    std::array<std::uint8_t, block> padded{};
    Sha256 sum;
    if (key.size() > block) {
        sum.add(key);
        const std::array<std::uint8_t, 32> hashed = sum.finish();
        std::copy(hashed.begin(), hashed.end(), padded.begin());
    } else {
        std::transform(key.begin(), key.end(), padded.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    }
    const auto masked = [&](std::uint8_t mask) {
        std::array<std::uint8_t, block> out = padded;
        for (std::uint8_t& byte : out) {
            byte = static_cast<std::uint8_t>(byte ^ mask);
        }
        return out;
    };
    sum.add(masked(0x36));
    sum.add(text);
    const std::array<std::uint8_t, 32> inner = sum.finish();
    sum.add(masked(0x5c));
    sum.add(inner);
    return to_hex(sum.finish());
}

std::string seal_of(const Progress& progress, std::string_view key) {
    Progress bare = progress;
    bare.seal.clear();
    return hmac_sha256(key, to_json(bare));
}

Progress sealed(Progress progress, std::string_view key) {
    progress.seal = seal_of(progress, key);
    return progress;
}

Progress examined(Progress progress, std::string_view key) {
    if (progress.trust == Trust::edited) {
        return progress;
    }
    if (progress.seal.empty()) {
        progress.trust = Trust::unsealed;
    } else if (progress.seal != seal_of(progress, key)) {
        progress.trust = Trust::edited;
    }
    return progress;
}

}  // namespace cutaway::lesson
