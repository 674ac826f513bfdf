// SPDX-License-Identifier: Apache-2.0
#include "core/base/sha256.h"

// The low-level calls are the ones that need no provider to be loaded (1.3 ms); upstream calls them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "core/base/hex.h"

namespace cutaway {

namespace {
SHA256_CTX* context(std::array<std::uint8_t, 128>& state) {
    static_assert(sizeof(SHA256_CTX) <= 128 && alignof(SHA256_CTX) <= 8);
    return reinterpret_cast<SHA256_CTX*>(state.data());
}
}  // namespace

Sha256::Sha256() : state_{} { SHA256_Init(context(state_)); }

void Sha256::add(std::span<const std::uint8_t> bytes) { SHA256_Update(context(state_), bytes.data(), bytes.size()); }

void Sha256::add(std::string_view text) { SHA256_Update(context(state_), text.data(), text.size()); }

std::array<std::uint8_t, 32> Sha256::finish() {
    std::array<std::uint8_t, 32> sum{};
    SHA256_Final(sum.data(), context(state_));
    SHA256_Init(context(state_));
    return sum;
}

std::string Sha256::finish_hex() { return to_hex(finish()); }

std::string sha256_hex(std::string_view text) {
    Sha256 sum;
    sum.add(text);
    return sum.finish_hex();
}

}  // namespace cutaway
