// SPDX-License-Identifier: Apache-2.0
// The HTTP side of the simulated registry: requests taken apart, answers put together. No registry rule lives here.
// A request comes from our own client or from a modelled curl, yet nothing in it is trusted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/world/transport.h"

namespace cutaway::model {

struct HttpTarget {
    std::string scheme;
    std::string authority;
    std::string path;
    std::vector<world::Pair> query;  // decoded
};

HttpTarget read_target(std::string_view url);
std::string_view query_value(const HttpTarget& target, std::string_view name);
std::vector<std::string> query_values(const HttpTarget& target, std::string_view name);
std::string_view request_header(const world::HttpRequest& request, std::string_view name);  // whatever its case

struct Outgoing {
    int status = 200;
    std::vector<world::Pair> headers;
    std::string own;                          // a body made for this answer
    std::optional<std::string_view> lasting;  // or one that outlives it
    std::optional<std::uint64_t> lost_at;     // the connection goes away behind so many bytes
};

// Adds Content-Length, answers HEAD without a body.
world::HttpResponse to_response(Outgoing out, bool head);

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};
enum class RangeAnswer { whole, part, impossible };
// "bytes=5-", "bytes=5-9", "bytes=-5"; lists of ranges are answered whole, as RFC 9110 section 14.2 allows.
std::pair<RangeAnswer, ByteRange> read_range(std::string_view header, std::uint64_t size);

std::string error_body(std::string_view code, std::string_view message, std::string_view detail = {});

// "Basic dXNlcjpwYXNz" to {"user", "pass"}.
std::optional<world::Pair> read_basic(std::string_view authorization);

}  // namespace cutaway::model
