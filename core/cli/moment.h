// SPDX-License-Identifier: Apache-2.0
// Moments as docker's flags take them (--since, --until, until=…): RFC 3339 and its shorter forms, seconds since 1970,
// or how long ago ("10m", "1h30m"; "-5s" is yet to come).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::cli {

std::optional<std::int64_t> parse_duration(std::string_view text);  // Go's: "1h30m", "1.5m"; in nanoseconds
Result<std::int64_t> parse_moment(const std::string& text, std::int64_t now);

}  // namespace cutaway::cli
