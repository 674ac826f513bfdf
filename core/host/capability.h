// SPDX-License-Identifier: Apache-2.0
// Capabilities by their names in capabilities(7) and the kernel's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::host {

struct CapabilitySets {
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::uint64_t inheritable = 0;
};

int capability_number(std::string_view name);  // "CAP_CHOWN" → 0; negative: unknown
std::string capability_name(int number);       // of a number without a name: "CAP_63"
std::vector<std::string> capability_names(std::uint64_t set);

}  // namespace cutaway::host
