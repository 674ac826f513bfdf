// SPDX-License-Identifier: Apache-2.0
// What the small Python's operators make of two values, and how a value is written.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/model/programs/python_value.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

bool is_number(const Value& value) { return value.kind != ValueKind::text && value.kind != ValueKind::none; }
double as_real(const Value& value) {
    return value.kind == ValueKind::real ? value.real : static_cast<double>(value.integer);
}

std::string kind_name(const Value& value) {
    constexpr std::array<const char*, 5> names{"NoneType", "bool", "int", "float", "str"};
    return names.at(static_cast<std::size_t>(value.kind));
}

Value in_reals(Ran& ran, double left, std::string_view sign, double right) {
    if (right == 0 && (sign == "/" || sign == "//" || sign == "%")) {
        ran.error(sign == "/" ? "ZeroDivisionError: division by zero"
                              : "ZeroDivisionError: float floor division by zero");
        return {};
    }
    return of_real(sign == "+"    ? left + right
                   : sign == "-"  ? left - right
                   : sign == "*"  ? left * right
                   : sign == "/"  ? left / right
                   : sign == "//" ? std::floor(left / right)
                   : sign == "%"  ? left - right * std::floor(left / right)
                                  : std::pow(left, right));
}
Value in_integers(Ran& ran, std::int64_t left, std::string_view sign, std::int64_t right) {
    std::int64_t made = 0;
    bool over = false;
    if (sign == "+") {
        over = __builtin_add_overflow(left, right, &made);
    } else if (sign == "-") {
        over = __builtin_sub_overflow(left, right, &made);
    } else if (sign == "*") {
        over = __builtin_mul_overflow(left, right, &made);
    } else if (sign == "**") {
        made = 1;
        over = right < 0 || right > 64;
        for (std::int64_t i = 0; i < right && !over; ++i) {
            over = __builtin_mul_overflow(made, left, &made);
        }
    } else if (right == 0) {
        ran.error(sign == "%" ? "ZeroDivisionError: integer modulo by zero"
                              : "ZeroDivisionError: integer division or modulo by zero");
    } else {
        const auto whole =
            static_cast<std::int64_t>(std::floor(static_cast<double>(left) / static_cast<double>(right)));
        made = sign == "//" ? whole : left - whole * right;
    }
    if (over) {
        ran.unknown("integers beyond 64 bits");
    }
    return of_integer(made);
}

}  // namespace

Value compared(Ran& ran, const Value& left, std::string_view sign, const Value& right) {
    int order = 0;
    if (left.kind == ValueKind::text && right.kind == ValueKind::text) {
        order = left.text.compare(right.text);
    } else if (is_number(left) && is_number(right)) {
        order = as_real(left) < as_real(right) ? -1 : (as_real(left) > as_real(right) ? 1 : 0);
    } else if (sign != "==" && sign != "!=") {
        ran.error("TypeError: '" + std::string(sign) + "' not supported between instances of '" + kind_name(left) +
                  "' and '" + kind_name(right) + "'");
    } else {
        order = left.kind == right.kind ? 0 : 1;
    }
    return of_boolean(sign == "=="   ? order == 0
                      : sign == "!=" ? order != 0
                      : sign == "<=" ? order <= 0
                      : sign == ">=" ? order >= 0
                      : sign == "<"  ? order < 0
                                     : order > 0);
}

Value calculated(Ran& ran, const Value& left, std::string_view sign, const Value& right) {
    if (!ran.good()) {
        return {};
    }
    if (left.kind == ValueKind::text && right.kind == ValueKind::text && sign == "+") {
        return of_text(left.text + right.text);
    }
    if (left.kind == ValueKind::text && is_number(right) && right.kind != ValueKind::real && sign == "*") {
        std::string text;
        for (std::int64_t i = 0; i < right.integer && text.size() < 65536; ++i) {
            text += left.text;
        }
        return of_text(std::move(text));
    }
    if (left.kind == ValueKind::text && sign == "%") {
        ran.unknown("formatting with %");
        return {};
    }
    if (!is_number(left) || !is_number(right)) {
        ran.error(left.kind == ValueKind::text && sign == "+"
                      ? "TypeError: can only concatenate str (not \"" + kind_name(right) + "\") to str"
                      : "TypeError: unsupported operand type(s) for " + std::string(sign) + ": '" + kind_name(left) +
                            "' and '" + kind_name(right) + "'");
        return {};
    }
    const bool reals = left.kind == ValueKind::real || right.kind == ValueKind::real;
    return reals || sign == "/" ? in_reals(ran, as_real(left), sign, as_real(right))
                                : in_integers(ran, left.integer, sign, right.integer);
}

std::string to_str(const Value& value) {
    switch (value.kind) {
        case ValueKind::none: return "None";
        case ValueKind::boolean: return value.integer != 0 ? "True" : "False";
        case ValueKind::integer: return std::to_string(value.integer);
        case ValueKind::text: return value.text;
        case ValueKind::real: break;
    }
    std::array<char, 40> text{};
    for (const int digits : {15, 16, 17}) {  // the shortest that reads back, nearly
        std::snprintf(text.data(), text.size(), "%.*g", digits, value.real);
        if (std::strtod(text.data(), nullptr) == value.real) {
            break;
        }
    }
    const std::string made = text.data();
    return made.find_first_of(".en") == std::string::npos ? made + ".0" : made;
}

std::string to_repr(const Value& value) {
    if (value.kind != ValueKind::text) {
        return to_str(value);
    }
    const bool doubled = value.text.find('\'') != std::string::npos && value.text.find('"') == std::string::npos;
    const std::string quote = doubled ? "\"" : "'";
    std::string text = replace_all(replace_all(value.text, "\\", "\\\\"), "\n", "\\n");
    return quote + (doubled ? text : replace_all(text, "'", "\\'")) + quote;
}

}  // namespace cutaway::model::programs
