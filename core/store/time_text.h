// SPDX-License-Identifier: Apache-2.0
// Times in records and logs: RFC 3339 in UTC, the fraction as Go writes it (no zeros at its end), because docker's
// files look so. The year 1 stands for "never", as in `docker inspect`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cutaway::store {

inline constexpr std::string_view never = "0001-01-01T00:00:00Z";

std::string to_time_text(std::int64_t wall_ns);
std::optional<std::int64_t> parse_time(std::string_view text);  // offsets other than Z are understood too

}  // namespace cutaway::store
