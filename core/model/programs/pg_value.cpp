// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pg_value.h"

#include <charconv>
#include <cmath>

#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::split;
using programs::trim;
using programs::zeros;

struct KindName {
    std::string_view name;
    Kind kind;
};

// The first name of a kind is the one that is printed.
constexpr KindName kind_names[] = {{"unknown", Kind::unknown},
                                   {"boolean", Kind::boolean},
                                   {"bool", Kind::boolean},
                                   {"smallint", Kind::smallint},
                                   {"int2", Kind::smallint},
                                   {"integer", Kind::integer},
                                   {"int", Kind::integer},
                                   {"int4", Kind::integer},
                                   {"bigint", Kind::bigint},
                                   {"int8", Kind::bigint},
                                   {"numeric", Kind::numeric},
                                   {"decimal", Kind::numeric},
                                   {"real", Kind::real},
                                   {"float4", Kind::real},
                                   {"double precision", Kind::float8},
                                   {"float8", Kind::float8},
                                   {"float", Kind::float8},
                                   {"text", Kind::text},
                                   {"character varying", Kind::varchar},
                                   {"varchar", Kind::varchar},
                                   {"character", Kind::bpchar},
                                   {"char", Kind::bpchar},
                                   {"date", Kind::date},
                                   {"timestamp without time zone", Kind::timestamp},
                                   {"timestamp", Kind::timestamp},
                                   {"timestamp with time zone", Kind::timestamptz},
                                   {"timestamptz", Kind::timestamptz}};

constexpr std::int64_t day_us = 86'400'000'000;

std::optional<Value> parse_real(std::string_view text, Kind kind) {
    double number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    Value value = real_of(number);
    value.kind = kind;
    return value;
}

std::optional<Value> parse_truth(std::string_view text) {
    const std::string word = programs::lower(text);
    for (const std::string_view yes : {"t", "true", "yes", "on", "1", "y"}) {
        if (word == yes) {
            return truth(true);
        }
    }
    for (const std::string_view no : {"f", "false", "no", "off", "0", "n"}) {
        if (word == no) {
            return truth(false);
        }
    }
    return std::nullopt;
}

// Days since 1970-01-01 of the Gregorian calendar.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = year / 400;
    const std::int64_t in_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719468;
}

std::optional<std::int64_t> parse_days(std::string_view text) {
    const auto parts = split(text, '-');
    if (parts.size() != 3) {
        return std::nullopt;
    }
    const auto year = programs::to_number(parts[0]);
    const auto month = programs::to_number(parts[1]);
    const auto day = programs::to_number(parts[2]);
    if (!year || !month || !day || *year < 1700 || *year > 2250 || *month < 1 || *month > 12 || *day < 1 ||
        *day > days_of(*month == 12 ? *year + 1 : *year, *month % 12 + 1, 1) - days_of(*year, *month, 1)) {
        return std::nullopt;
    }
    return days_of(*year, *month, *day);
}

// "13:30", "13:30:05.25" and a zone of zero: microseconds of the day.
std::optional<std::int64_t> parse_clock(std::string_view text) {
    for (const std::string_view zone : {"+00:00", "+00", "Z", " UTC"}) {
        if (text.ends_with(zone)) {
            text.remove_suffix(zone.size());
            break;
        }
    }
    const auto parts = split(text, ':');
    const std::int64_t hour = programs::to_number(parts[0]).value_or(-1);
    const std::int64_t minute = parts.size() > 1 ? programs::to_number(parts[1]).value_or(-1) : -1;
    const auto second = parts.size() > 2 ? parse_decimal(parts[2]) : parse_decimal("0");
    if (!second || parts.size() > 3 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return std::nullopt;
    }
    const auto fraction = rescaled(*second, 6);
    if (!fraction || *fraction < 0 || *fraction >= 60'000'000) {
        return std::nullopt;
    }
    return (hour * 60 + minute) * 60'000'000 + *fraction;
}

std::optional<Value> parse_moment(std::string_view text, Kind kind) {
    const std::size_t gap = text.find_first_of(" T");
    const auto days = parse_days(text.substr(0, gap));
    const auto clock =
        gap == std::string_view::npos ? std::optional<std::int64_t>(0) : parse_clock(trim(text.substr(gap + 1)));
    if (!days || !clock) {
        return std::nullopt;
    }
    return whole_of(kind, kind == Kind::date ? *days : *days * day_us + *clock);
}

std::string moment_text(const Value& value) {
    if (value.kind == Kind::date) {
        return programs::format_date("%Y-%m-%d", value.whole * day_us * 1000);
    }
    std::string text = programs::format_date("%Y-%m-%d %H:%M:%S", value.whole * 1000);
    const std::int64_t fraction = ((value.whole % 1'000'000) + 1'000'000) % 1'000'000;
    if (fraction != 0) {
        text += "." + zeros(fraction, 6);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text + (value.kind == Kind::timestamptz ? "+00" : "");
}

}  // namespace

std::optional<Kind> kind_named(std::string_view name) {
    for (const KindName& one : kind_names) {
        if (one.name == name) {
            return one.kind;
        }
    }
    return std::nullopt;
}

std::string_view kind_name(Kind kind) {
    for (const KindName& one : kind_names) {
        if (one.kind == kind) {
            return one.name;
        }
    }
    return "unknown";
}

std::string type_text(const Type& type) {
    std::string text(kind_name(type.kind));
    if (type.kind == Kind::numeric && type.length >= 0) {
        return text + "(" + std::to_string(type.length) + "," + std::to_string(std::max<std::int64_t>(type.scale, 0)) +
               ")";
    }
    return type.length >= 0 ? text + "(" + std::to_string(type.length) + ")" : text;
}

bool is_whole(Kind kind) { return kind >= Kind::smallint && kind <= Kind::bigint; }
bool is_number(Kind kind) { return kind >= Kind::smallint && kind <= Kind::float8; }
bool is_textual(Kind kind) { return kind >= Kind::text && kind <= Kind::bpchar; }
bool is_moment(Kind kind) { return kind >= Kind::date; }

Value null_of(Kind kind) {
    Value value;
    value.kind = kind;
    return value;
}
Value truth(bool is) { return whole_of(Kind::boolean, is ? 1 : 0); }
Value whole_of(Kind kind, std::int64_t number) {
    Value value = null_of(kind);
    value.null = false;
    value.whole = number;
    return value;
}
Value real_of(double number) {
    Value value = whole_of(Kind::float8, 0);
    value.real = number;
    return value;
}
Value text_of(std::string text) {
    Value value = whole_of(Kind::text, 0);
    value.text = std::move(text);
    return value;
}

std::string to_text(const Value& value) {
    if (value.null) {
        return {};
    }
    if (value.kind == Kind::boolean) {
        return value.whole != 0 ? "t" : "f";
    }
    if (is_whole(value.kind)) {
        return std::to_string(value.whole);
    }
    if (value.kind == Kind::numeric) {
        return decimal_text(value);
    }
    if (is_number(value.kind)) {
        return real_text(value.real, value.kind == Kind::real);
    }
    return is_moment(value.kind) ? moment_text(value) : value.text;
}

double to_real(const Value& value) {
    if (value.kind == Kind::real || value.kind == Kind::float8) {
        return value.real;
    }
    return static_cast<double>(value.whole) / std::pow(10.0, static_cast<double>(value.scale));
}

std::optional<Value> parse_value(std::string_view text, Kind kind) {
    if (is_whole(kind)) {
        const auto number = parse_decimal(text);
        return number && text.find('.') == std::string_view::npos && fits_kind(number->whole, kind)
                   ? std::optional(whole_of(kind, number->whole))
                   : std::nullopt;
    }
    switch (kind) {
        case Kind::boolean: return parse_truth(text);
        case Kind::numeric: return parse_decimal(text);
        case Kind::real:
        case Kind::float8: return parse_real(text, kind);
        case Kind::date:
        case Kind::timestamp:
        case Kind::timestamptz: return parse_moment(text, kind);
        default: break;
    }
    Value value = text_of(std::string(text));
    value.kind = kind;
    return value;
}

int compare(const Value& one, const Value& other) {
    const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : (b < a ? 1 : 0); };
    if (one.kind == Kind::bpchar || other.kind == Kind::bpchar) {
        const auto bare = [](const std::string& text) { return text.substr(0, text.find_last_not_of(' ') + 1); };
        return order(bare(one.text), bare(other.text));
    }
    if (is_textual(one.kind) || one.kind == Kind::unknown) {
        const int folded = order(programs::lower(one.text), programs::lower(other.text));
        return folded != 0 ? folded : order(other.text, one.text);  // small letters before capitals, as en_US has it
    }
    if (is_moment(one.kind)) {
        const auto us = [](const Value& moment) { return moment.whole * (moment.kind == Kind::date ? day_us : 1); };
        return order(us(one), us(other));
    }
    const bool reals = one.kind >= Kind::real || other.kind >= Kind::real;
    const std::int64_t scale = std::max(one.scale, other.scale);
    const auto left = rescaled(one, scale);
    const auto right = rescaled(other, scale);
    return reals || !left || !right ? order(to_real(one), to_real(other)) : order(*left, *right);
}

}  // namespace cutaway::model::pg
