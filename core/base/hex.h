// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text of bytes, lower case, and whether a text is that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cutaway {

std::string to_hex(std::span<const std::uint8_t> bytes);
bool is_hex(std::string_view text);  // lower case only; the empty text is not

}  // namespace cutaway
