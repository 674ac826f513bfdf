// SPDX-License-Identifier: Apache-2.0
#include "core/cli/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace cutaway::cli {

namespace {

// The width in columns, near enough for what docker prints: one a code point.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string plural(std::int64_t count, std::string_view unit) {
    return std::to_string(count) + " " + std::string(unit);
}

}  // namespace

std::string human_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> units{"B", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000.0 && unit + 1 < units.size()) {
        value /= 1000.0;
        ++unit;
    }
    std::array<char, 32> text{};
    // Go's %.4g drops zeros at the end just as C's does; docker shows three digits for sizes of images.
    const int size = std::snprintf(text.data(), text.size(), "%.3g", value);
    return std::string(text.data(), static_cast<std::size_t>(size)) + std::string(units[unit]);
}

std::string human_duration(std::int64_t ns) {
    const std::int64_t seconds = ns / 1'000'000'000;
    const std::int64_t minutes = seconds / 60;
    const std::int64_t hours = static_cast<std::int64_t>(std::llround(static_cast<double>(seconds) / 3600.0));
    if (seconds < 1) {
        return "Less than a second";
    }
    if (seconds == 1) {
        return "1 second";
    }
    if (seconds < 60) {
        return plural(seconds, "seconds");
    }
    if (minutes == 1) {
        return "About a minute";
    }
    if (minutes < 60) {
        return plural(minutes, "minutes");
    }
    if (hours == 1) {
        return "About an hour";
    }
    if (hours < 48) {
        return plural(hours, "hours");
    }
    if (hours < 24 * 7 * 2) {
        return plural(hours / 24, "days");
    }
    if (hours < 24 * 30 * 2) {
        return plural(hours / 24 / 7, "weeks");
    }
    if (hours < 24 * 365 * 2) {
        return plural(hours / 24 / 30, "months");
    }
    return plural(hours / 24 / 365, "years");
}

std::string cut(std::string_view text, std::size_t width) {
    if (width_of(text) <= width) {
        return std::string(text);
    }
    std::size_t at = 0;
    std::size_t columns = 0;
    while (at < text.size() && columns + 1 < width) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
            ++at;
        }
        ++columns;
    }
    return std::string(text.substr(0, at)) + "\xE2\x80\xA6";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) {
                text.append(std::max<std::size_t>(widths[i] + 3, 10) - width_of(row[i]), ' ');
            }
        }
        text.push_back('\n');
    }
    return text;
}

}  // namespace cutaway::cli
