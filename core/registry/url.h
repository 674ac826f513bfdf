// SPDX-License-Identifier: Apache-2.0
// http and https addresses as registries use them: taken apart, put together, and judged by where they lead.
// It refuses what two programs could read as two addresses: a user before the host, control characters, backslashes
// and IPv4 numbers in any shape but a.b.c.d (0x7f.1 is 127.0.0.1 to some, a name to others). It looks up no name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/enum.h"
#include "core/base/result.h"

namespace cutaway::registry {

struct Url {
    std::string scheme;      // "http" or "https"
    std::string host;        // lower case; IPv6 keeps its brackets
    std::uint16_t port = 0;  // always set
    std::string target;      // path and query, from "/" on; no fragment

    friend bool operator==(const Url&, const Url&) = default;
};

Result<Url> parse_url(std::string_view text);
std::string to_text(const Url& url);  // without the scheme's own port

// A Location header, absolute or relative (RFC 9110 section 10.2.2), read from where `base` answered.
Result<Url> resolve_location(const Url& base, std::string_view location);

bool same_origin(const Url& a, const Url& b);  // scheme, host and port: who may see credentials

// Where a host leads as far as its text tells: names are outside except localhost.
enum class Reach { outside, inside, loopback };
CUTAWAY_ENUM(Reach, outside, inside, loopback)
Reach reach_of(std::string_view host);

using Ipv4 = std::array<std::uint8_t, 4>;
std::optional<Ipv4> to_ipv4(std::string_view text);  // a.b.c.d and nothing else

std::string percent_encoded(std::string_view text);  // all but RFC 3986's unreserved characters

}  // namespace cutaway::registry
