// SPDX-License-Identifier: Apache-2.0
#include "core/cli/moment.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/store/time_text.h"

namespace cutaway::cli {

std::optional<std::int64_t> parse_duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 6> units{
        {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
    const double sign = text.starts_with('-') ? -1 : 1;
    text.remove_prefix(text.starts_with('-') || text.starts_with('+') ? 1U : 0U);
    double sum = 0;
    bool any = false;
    while (!text.empty()) {
        double number = 0;
        const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
        if (got.ec != std::errc{} || number < 0 || number > 1e9) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(got.ptr - text.data()));
        const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
        const auto known = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.first == unit; });
        if (known == units.end()) {
            return std::nullopt;
        }
        sum += number * known->second;
        text.remove_prefix(unit.size());
        any = true;
    }
    return any ? std::optional<std::int64_t>(static_cast<std::int64_t>(sign * sum)) : std::nullopt;
}

Result<std::int64_t> parse_moment(const std::string& text, std::int64_t now) {
    if (const auto ago = parse_duration(text)) {
        return now - *ago;
    }
    if (const auto time = store::parse_time(text)) {
        return *time;
    }
    if (const auto day = store::parse_time(text + "T00:00:00Z")) {
        return *day;
    }
    if (const auto local = store::parse_time(text + "Z")) {
        return *local;
    }
    double seconds = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size() || seconds < 0 ||
        seconds > 1e11) {
        return fail(Errc::invalid, "failed to parse value as time or duration: \"" + text + "\"");
    }
    constexpr double latest = 9.2e9;  // what 64 bits of nanoseconds reach
    return static_cast<std::int64_t>(std::min(seconds, latest) * 1e9);
}

}  // namespace cutaway::cli
