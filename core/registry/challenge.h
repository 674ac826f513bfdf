// SPDX-License-Identifier: Apache-2.0
// WWW-Authenticate (RFC 9110 section 11.6.1): how a server says what it wants to see. One header may carry several
// challenges, a response several headers, and the comma separates both parameters and challenges.
// Total: any text gives the challenges that can be read for certain; one that repeats a parameter is dropped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/world/vocabulary.h"

namespace cutaway::registry {

struct Challenge {
    std::string scheme;                   // lower case: "bearer", "basic"
    std::string token68;                  // of schemes that send one opaque word
    std::vector<world::Pair> parameters;  // names in lower case, values without quotes

    friend bool operator==(const Challenge&, const Challenge&) = default;
};

std::vector<Challenge> parse_challenges(std::string_view header);
std::vector<Challenge> challenges_of(const std::vector<world::Pair>& response_headers);  // of all such headers

std::string_view parameter(const Challenge& challenge, std::string_view name);  // "" if absent

}  // namespace cutaway::registry
