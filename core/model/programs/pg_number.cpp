// SPDX-License-Identifier: Apache-2.0
// Numbers, and what becomes what: exact decimals, arithmetic, casts.
#include <array>
#include <charconv>
#include <cmath>

#include "core/model/programs/pg_value.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::trim;

constexpr std::int64_t day_us = 86'400'000'000;

std::optional<std::int64_t> power_of_ten(std::int64_t digits) {
    std::int64_t power = 1;
    for (std::int64_t i = 0; i < digits; ++i) {
        if (__builtin_mul_overflow(power, 10, &power)) {
            return std::nullopt;
        }
    }
    return power;
}

std::optional<Value> decimal(std::int64_t digits, std::int64_t scale) {
    Value value = whole_of(Kind::numeric, digits);
    value.scale = scale;
    return value;
}

// Where the first digit of a number stands, in groups of four, and that group's number: what numeric division rounds by.
struct Head {
    std::int64_t weight = 0;
    std::int64_t first = 0;
};
Head head_of(const Value& value) {
    const std::string text = decimal_text(value);
    std::string whole = text.substr(text.starts_with("-") ? 1 : 0);
    const std::size_t point = whole.find('.');
    std::string behind = point == std::string::npos ? "" : whole.substr(point + 1);
    whole = whole.substr(0, point);
    whole.insert(0, (4 - whole.size() % 4) % 4, '0');
    behind.append((4 - behind.size() % 4) % 4, '0');
    const std::string all = whole + behind;
    for (std::size_t i = 0; i < all.size(); i += 4) {
        if (const std::int64_t group = programs::to_number(all.substr(i, 4)).value_or(0); group != 0) {
            return {static_cast<std::int64_t>(whole.size() / 4) - 1 - static_cast<std::int64_t>(i / 4), group};
        }
    }
    return {};
}

std::optional<Value> divide(const Value& one, const Value& other, Problem& problem) {
    const Head top = head_of(one);
    const Head bottom = head_of(other);
    const std::int64_t weight = top.weight - bottom.weight - (top.first <= bottom.first ? 1 : 0);
    const std::int64_t scale = std::max({16 - weight * 4, one.scale, other.scale, std::int64_t{0}});
    const std::int64_t common = std::max(one.scale, other.scale);
    const auto left = rescaled(one, common);
    const auto right = rescaled(other, common);
    if (!left || !right || *right > INT64_MAX / 20 || *right < -(INT64_MAX / 20)) {
        problem = {"0A000", "numeric of more than 18 digits: not modelled", 0, {}, {}};
        return std::nullopt;
    }
    const bool negative = (*left < 0) != (*right < 0);
    const std::int64_t by = std::abs(*right);
    std::int64_t rest = std::abs(*left) % by;
    std::int64_t digits = std::abs(*left) / by;
    std::int64_t kept = 0;
    for (; kept < scale; ++kept) {
        std::int64_t more = 0;
        if (__builtin_mul_overflow(digits, 10, &more) || __builtin_add_overflow(more, rest * 10 / by, &more)) {
            break;  // as many digits as there is room for
        }
        digits = more;
        rest = rest * 10 % by;
    }
    digits += kept == scale && rest * 2 >= by ? 1 : 0;
    return decimal(negative ? -digits : digits, kept);
}

std::optional<Value> out_of_range(Kind kind, Problem& problem) {
    problem = kind == Kind::numeric ? Problem{"0A000", "numeric of more than 18 digits: not modelled", 0, {}, {}}
                                    : Problem{"22003", std::string(kind_name(kind)) + " out of range", 0, {}, {}};
    return std::nullopt;
}

std::optional<Value> calculate_decimal(char op, const Value& one, const Value& other, Problem& problem) {
    const std::int64_t scale = std::max(one.scale, other.scale);
    std::int64_t digits = 0;
    if (op == '*') {
        return __builtin_mul_overflow(one.whole, other.whole, &digits) ? out_of_range(Kind::numeric, problem)
                                                                       : decimal(digits, one.scale + other.scale);
    }
    if (op == '/') {
        return divide(one, other, problem);
    }
    const auto left = rescaled(one, scale);
    const auto right = rescaled(other, scale);
    if (!left || !right || (op == '+' && __builtin_add_overflow(*left, *right, &digits)) ||
        (op == '-' && __builtin_sub_overflow(*left, *right, &digits))) {
        return out_of_range(Kind::numeric, problem);
    }
    return decimal(op == '%' ? *left % *right : digits, scale);
}

std::optional<Value> calculate_real(char op, double one, double other) {
    switch (op) {
        case '+': return real_of(one + other);
        case '-': return real_of(one - other);
        case '*': return real_of(one * other);
        case '/': return real_of(one / other);
        default: return real_of(std::fmod(one, other));
    }
}

std::optional<Value> calculate_whole(char op, const Value& one, const Value& other, Problem& problem) {
    const Kind kind = std::max(one.kind, other.kind);
    std::int64_t number = 0;
    bool over = false;
    switch (op) {
        case '+': over = __builtin_add_overflow(one.whole, other.whole, &number); break;
        case '-': over = __builtin_sub_overflow(one.whole, other.whole, &number); break;
        case '*': over = __builtin_mul_overflow(one.whole, other.whole, &number); break;
        case '/':
            over = one.whole == INT64_MIN && other.whole == -1;
            number = over ? 0 : one.whole / other.whole;
            break;
        default: number = other.whole == -1 ? 0 : one.whole % other.whole; break;
    }
    return over || !fits_kind(number, kind) ? out_of_range(kind, problem) : whole_of(kind, number);
}

std::optional<Value> to_length(const Value& value, const Type& type, bool is_explicit, Problem& problem) {
    Value made = value;
    made.kind = type.kind;
    made.text = to_text(value);
    const auto length = static_cast<std::size_t>(type.length);
    if (type.length < 0) {
        return made;
    }
    if (made.text.size() > length) {
        if (!is_explicit && made.text.find_first_not_of(' ', length) != std::string::npos) {
            problem = {"22001", "value too long for type " + type_text(type), 0, {}, {}};
            return std::nullopt;
        }
        made.text.resize(length);
    }
    if (type.kind == Kind::bpchar) {
        made.text.append(length - made.text.size(), ' ');
    }
    return made;
}

std::optional<Value> to_numeric(const Value& value, const Type& type, Problem& problem) {
    Value made = value.kind == Kind::numeric ? value : whole_of(Kind::numeric, value.whole);
    if (value.kind == Kind::real || value.kind == Kind::float8) {
        const auto parsed = parse_decimal(real_text(value.real, value.kind == Kind::real));
        if (!parsed) {
            return out_of_range(Kind::numeric, problem);
        }
        made = *parsed;
    }
    if (type.length < 0) {
        return made;
    }
    const std::int64_t scale = std::max<std::int64_t>(type.scale, 0);
    const auto digits = rescaled(made, scale);
    const auto limit = power_of_ten(type.length);
    if (!digits || (limit && std::abs(*digits) >= *limit)) {
        problem = {"22003", "numeric field overflow", 0, {}, {}};
        problem.detail = "A field with precision " + std::to_string(type.length) + ", scale " + std::to_string(scale) +
                         " must round to an absolute value less than 10^" + std::to_string(type.length - scale) + ".";
        return std::nullopt;
    }
    return decimal(*digits, scale);
}

std::optional<Value> to_whole(const Value& value, Kind kind, Problem& problem) {
    std::int64_t number = value.whole;
    if (value.kind == Kind::numeric) {
        number = rescaled(value, 0).value_or(0);
    } else if (value.kind == Kind::real || value.kind == Kind::float8) {
        if (!(std::abs(value.real) < 9.2e18)) {
            return out_of_range(kind, problem);
        }
        number = std::llrint(value.real);
    }
    return fits_kind(number, kind) ? whole_of(kind, number) : out_of_range(kind, problem);
}

std::optional<Value> to_moment(const Value& value, Kind kind) {
    std::int64_t at = value.whole;
    if (value.kind == Kind::date && kind != Kind::date) {
        at *= day_us;
    } else if (value.kind != Kind::date && kind == Kind::date) {
        at = at / day_us - (at % day_us < 0 ? 1 : 0);
    }
    return whole_of(kind, at);
}

std::optional<Value> parse_or_say(const Value& value, Kind kind, Problem& problem) {
    auto parsed = parse_value(trim(value.text), kind);
    if (parsed) {
        return parsed;
    }
    if (is_whole(kind) && parse_decimal(trim(value.text)).value_or(Value()).scale == 0 &&
        parse_decimal(trim(value.text))) {
        problem = {"22003",
                   "value \"" + value.text + "\" is out of range for type " + std::string(kind_name(kind)),
                   0,
                   {},
                   {}};
    } else {
        problem = {"22P02",
                   "invalid input syntax for type " + std::string(kind_name(kind)) + ": \"" + value.text + "\"",
                   0,
                   {},
                   {}};
    }
    return std::nullopt;
}

}  // namespace

// The same number with that many digits behind the point, rounded half away from zero.
std::optional<std::int64_t> rescaled(const Value& value, std::int64_t scale) {
    if (scale >= value.scale) {
        const auto power = power_of_ten(scale - value.scale);
        std::int64_t digits = 0;
        if (!power || __builtin_mul_overflow(value.whole, *power, &digits)) {
            return std::nullopt;
        }
        return digits;
    }
    const auto power = power_of_ten(value.scale - scale);
    if (!power) {
        return 0;
    }
    const std::int64_t rest = value.whole % *power;
    const std::int64_t away = value.whole < 0 ? -1 : 1;
    return value.whole / *power + (std::abs(rest) * 2 >= *power ? away : 0);
}

std::string decimal_text(const Value& value) {
    const bool negative = value.whole < 0;
    std::string digits = std::to_string(value.whole).substr(negative ? 1 : 0);
    const auto scale = static_cast<std::size_t>(value.scale);
    if (scale > 0) {
        digits.insert(0, digits.size() <= scale ? scale + 1 - digits.size() : 0, '0');
        digits.insert(digits.size() - scale, ".");
    }
    return (negative ? "-" : "") + digits;
}

std::string real_text(double number, bool single) {
    if (std::isnan(number)) {
        return "NaN";
    }
    if (std::isinf(number)) {
        return number < 0 ? "-Infinity" : "Infinity";
    }
    std::array<char, 64> text{};
    const auto end = single ? std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(number))
                            : std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), end.ptr};
}

std::optional<Value> parse_decimal(std::string_view text) {
    std::int64_t digits = 0;
    std::int64_t scale = -1;
    bool any = false;
    const bool negative = text.starts_with("-");
    text.remove_prefix(negative || text.starts_with("+") ? 1 : 0);
    for (const char c : text) {
        if (c == '.' && scale < 0) {
            scale = 0;
            continue;
        }
        if (c < '0' || c > '9' || __builtin_mul_overflow(digits, 10, &digits) ||
            __builtin_add_overflow(digits, c - '0', &digits)) {
            return std::nullopt;
        }
        any = true;
        scale += scale >= 0 ? 1 : 0;
    }
    return any ? decimal(negative ? -digits : digits, std::max<std::int64_t>(scale, 0)) : std::nullopt;
}

bool fits_kind(std::int64_t number, Kind kind) {
    return kind == Kind::bigint || (kind == Kind::integer && number >= INT32_MIN && number <= INT32_MAX) ||
           (kind == Kind::smallint && number >= INT16_MIN && number <= INT16_MAX);
}

std::optional<Value> convert(const Value& value, const Type& type, bool is_explicit, Problem& problem) {
    if (value.null) {
        return null_of(type.kind);
    }
    if (is_textual(type.kind)) {
        return to_length(value, type, is_explicit, problem);
    }
    if (is_textual(value.kind) || value.kind == Kind::unknown) {
        const auto parsed = parse_or_say(value, type.kind, problem);
        return parsed && type.kind == Kind::numeric ? to_numeric(*parsed, type, problem) : parsed;
    }
    if (is_number(value.kind) || value.kind == Kind::boolean) {
        if (type.kind == Kind::boolean) {
            return truth(value.whole != 0);
        }
        if (is_whole(type.kind)) {
            return to_whole(value, type.kind, problem);
        }
        if (type.kind == Kind::numeric) {
            return to_numeric(value, type, problem);
        }
        Value made = real_of(to_real(value));
        made.kind = type.kind;
        return made;
    }
    return to_moment(value, type.kind);
}

std::optional<Value> calculate(char op, const Value& one, const Value& other, Problem& problem) {
    const Kind kind = std::max(one.kind, other.kind);
    if (one.null || other.null) {
        return null_of(kind);
    }
    if ((op == '/' || op == '%') && to_real(other) == 0) {
        problem = {"22012", "division by zero", 0, {}, {}};
        return std::nullopt;
    }
    if (kind >= Kind::real) {
        return calculate_real(op, to_real(one), to_real(other));
    }
    return kind == Kind::numeric ? calculate_decimal(op, one, other, problem)
                                 : calculate_whole(op, one, other, problem);
}

Value round_to(const Value& value, std::int64_t digits) {
    return *decimal(rescaled(value, digits).value_or(value.whole), digits);
}

}  // namespace cutaway::model::pg
