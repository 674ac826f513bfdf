// SPDX-License-Identifier: Apache-2.0
#include "core/store/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace cutaway::store {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400;

struct Date {
    std::int64_t year = 0;
    int month = 0;
    int day = 0;
};

// Howard Hinnant's civil calendar: years begin in March, so that the leap day is the last one.
Date date_of(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t of_era = days - era * 146'097;
    const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const std::int64_t month = (5 * of_year + 2) / 153;
    Date date;
    date.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
    date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
    date.year = year + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

std::int64_t days_of(const Date& date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t of_era = year - era * 400;
    const std::int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

// Takes `width` digits and then `mark` (0: none) off the front.
bool take(std::string_view& text, std::size_t width, char mark, int& value) {
    const auto* end = text.data() + std::min(width, text.size());
    const auto got = std::from_chars(text.data(), end, value);
    if (text.size() < width || got.ec != std::errc{} || got.ptr != end || value < 0) {
        return false;
    }
    text.remove_prefix(width);
    if (mark == 0) {
        return true;
    }
    if (text.empty() || text.front() != mark) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

std::int64_t take_fraction(std::string_view& text) {
    std::int64_t value = 0;
    std::int64_t unit = second;
    if (text.empty() || text.front() != '.') {
        return 0;
    }
    text.remove_prefix(1);
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        unit /= 10;
        value += unit * (text.front() - '0');
        text.remove_prefix(1);
    }
    return value;
}

std::optional<std::int64_t> take_offset(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0;
    }
    if (text.size() != 6 || (text.front() != '+' && text.front() != '-')) {
        return std::nullopt;
    }
    const std::int64_t sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!take(text, 2, ':', hours) || !take(text, 2, 0, minutes)) {
        return std::nullopt;
    }
    return sign * (hours * 3600 + minutes * 60);
}

}  // namespace

std::string to_time_text(std::int64_t wall_ns) {
    std::int64_t fraction = wall_ns % second;
    std::int64_t seconds = wall_ns / second;
    if (fraction < 0) {
        fraction += second;
        --seconds;
    }
    std::int64_t days = seconds / day;
    std::int64_t rest = seconds % day;
    if (rest < 0) {
        rest += day;
        --days;
    }
    const Date date = date_of(days);
    std::array<char, 80> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%04lld-%02d-%02dT%02d:%02d:%02d.%09lld",
                      static_cast<long long>(date.year), date.month, date.day, static_cast<int>(rest / 3600),
                      static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60), static_cast<long long>(fraction));
    std::string_view shown(text.data(), static_cast<std::size_t>(size));
    shown = shown.substr(0, shown.find_last_not_of('0') + 1);
    if (shown.back() == '.') {
        shown.remove_suffix(1);
    }
    return std::string(shown) + "Z";
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    int year = 0;
    Date date;
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    const bool shaped = take(text, 4, '-', year) && take(text, 2, '-', date.month) && take(text, 2, 'T', date.day) &&
                        take(text, 2, ':', hours) && take(text, 2, ':', minutes) && take(text, 2, 0, seconds);
    if (!shaped || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31 || hours > 23 || minutes > 59 ||
        seconds > 60 || year < 1678 || year > 2261) {  // what 64 bits of nanoseconds reach
        return std::nullopt;
    }
    date.year = year;
    const std::int64_t fraction = take_fraction(text);
    const std::optional<std::int64_t> offset = take_offset(text);
    if (!offset.has_value()) {
        return std::nullopt;
    }
    const std::int64_t whole = days_of(date) * day + hours * 3600 + minutes * 60 + seconds - *offset;
    return whole * second + fraction;
}

}  // namespace cutaway::store
