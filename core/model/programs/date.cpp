// SPDX-License-Identifier: Apache-2.0
// UTC only: the machine's clock knows no zones. Days to civil dates by Howard Hinnant's era arithmetic.
#include <array>

#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

int day_of_year(const Date& date) {
    constexpr std::array<int, 12> before{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
    return before[static_cast<std::size_t>(date.month - 1)] + date.day + (leap && date.month > 2 ? 1 : 0);
}

std::string date_letter(char letter, const Date& date, std::int64_t wall_ns) {
    const auto day = static_cast<std::size_t>(date.week_day);
    const auto month = static_cast<std::size_t>(date.month - 1);
    switch (letter) {
        case 'Y': return std::to_string(date.year);
        case 'y': return zeros(date.year % 100, 2);
        case 'm': return zeros(date.month, 2);
        case 'd': return zeros(date.day, 2);
        case 'e': return right(std::to_string(date.day), 2);
        case 'H': return zeros(date.hour, 2);
        case 'I': return zeros((date.hour + 11) % 12 + 1, 2);
        case 'M': return zeros(date.minute, 2);
        case 'S': return zeros(date.second, 2);
        case 'N': return zeros(wall_ns % 1'000'000'000, 9);
        case 's': return std::to_string(wall_ns / 1'000'000'000);
        case 'j': return zeros(date.year_day, 3);
        case 'p': return date.hour < 12 ? "AM" : "PM";
        case 'a': return std::string(days[day].substr(0, 3));
        case 'A': return std::string(days[day]);
        case 'b':
        case 'h': return std::string(months[month].substr(0, 3));
        case 'B': return std::string(months[month]);
        case 'u': return std::to_string(date.week_day == 0 ? 7 : date.week_day);
        case 'w': return std::to_string(date.week_day);
        case 'Z': return "UTC";
        case 'z': return "+0000";
        case 'F': return format_date("%Y-%m-%d", wall_ns);
        case 'T': return format_date("%H:%M:%S", wall_ns);
        case 'R': return format_date("%H:%M", wall_ns);
        case 'D': return format_date("%m/%d/%y", wall_ns);
        case 'c': return format_date("%a %b %e %H:%M:%S %Y", wall_ns);
        case 'n': return "\n";
        case 't': return "\t";
        case '%': return "%";
        default: return std::string("%") + letter;
    }
}

}  // namespace

Date to_date(std::int64_t wall_ns) {
    const std::int64_t seconds = wall_ns / 1'000'000'000;
    const std::int64_t day_number = seconds / 86400;
    const std::int64_t in_day = seconds % 86400;
    const std::int64_t shifted = day_number + 719468;
    const std::int64_t era = shifted / 146097;
    const std::int64_t of_era = shifted - era * 146097;
    const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const std::int64_t day_of = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of + 2) / 153;
    Date date;
    date.day = static_cast<int>(day_of - (153 * shifted_month + 2) / 5 + 1);
    date.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
    date.hour = static_cast<int>(in_day / 3600);
    date.minute = static_cast<int>(in_day / 60 % 60);
    date.second = static_cast<int>(in_day % 60);
    date.week_day = static_cast<int>((day_number + 4) % 7);
    date.year_day = day_of_year(date);
    return date;
}

std::string format_date(std::string_view format, std::int64_t wall_ns) {
    const Date date = to_date(wall_ns);
    std::string made;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%' && i + 1 < format.size()) {
            made += date_letter(format[++i], date, wall_ns);
        } else {
            made += format[i];
        }
    }
    return made;
}

}  // namespace cutaway::model::programs
