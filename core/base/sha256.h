// SPDX-License-Identifier: Apache-2.0
// SHA-256 as a running sum, by OpenSSL's assembler (SHA-NI where the CPU has it), linked statically and without
// OpenSSL's start-up: the command line pays nothing for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cutaway {

class Sha256 {
public:
    Sha256();
    void add(std::span<const std::uint8_t> bytes);
    void add(std::string_view text);
    // The sum of all that was added; the object starts afresh.
    std::array<std::uint8_t, 32> finish();
    std::string finish_hex();

private:
    alignas(8) std::array<std::uint8_t, 128> state_;  // OpenSSL's SHA256_CTX; its size is checked where it is known
};

std::string sha256_hex(std::string_view text);

}  // namespace cutaway
