// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>

#include "core/base/json.h"
#include "core/runtime/shim.h"

namespace cutaway::runtime {

namespace {

struct Date {
    std::int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
};

// Days since 1970 to a date of the proleptic Gregorian calendar; eras of 400 years start on 1 March.
Date to_date(std::int64_t days) {
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto of_era = static_cast<unsigned>(days - era * 146097);
    const unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    const unsigned march = (5 * of_year + 2) / 153;
    const unsigned month = march < 10 ? march + 3 : march - 9;
    return {static_cast<std::int64_t>(year) + era * 400 + (month <= 2 ? 1 : 0), month,
            of_year - (153 * march + 2) / 5 + 1};
}

}  // namespace

std::string rfc3339(std::int64_t wall_ns) {
    constexpr std::int64_t second = 1'000'000'000;
    std::int64_t seconds = wall_ns / second;
    std::int64_t rest = wall_ns % second;
    if (rest < 0) {
        rest += second;
        --seconds;
    }
    std::int64_t days = seconds / 86400;
    std::int64_t of_day = seconds % 86400;
    if (of_day < 0) {
        of_day += 86400;
        --days;
    }
    const Date date = to_date(days);
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04lld-%02u-%02uT%02lld:%02lld:%02lld.%09lldZ",
                                   static_cast<long long>(date.year), date.month, date.day,
                                   static_cast<long long>(of_day / 3600), static_cast<long long>(of_day / 60 % 60),
                                   static_cast<long long>(of_day % 60), static_cast<long long>(rest));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string log_line(world::Stream stream, std::string_view text, std::int64_t wall_ns) {
    std::string line = "{\"log\":";
    json::append_string(line, text);
    line += stream == world::Stream::out ? ",\"stream\":\"stdout\"" : ",\"stream\":\"stderr\"";
    line += ",\"time\":\"" + rfc3339(wall_ns) + "\"}\n";
    return line;
}

}  // namespace cutaway::runtime
