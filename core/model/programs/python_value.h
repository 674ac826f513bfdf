// SPDX-License-Identifier: Apache-2.0
// A value of the small Python: None, bool, int, float and str; and the evaluation of one line. No objects, no blocks:
// what is outside is told as Outcome::unknown and becomes "not modelled".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/model/sys.h"

namespace cutaway::model::programs {

enum class ValueKind { none, boolean, integer, real, text };
CUTAWAY_ENUM(ValueKind, none, boolean, integer, real, text)

struct Value {
    ValueKind kind = ValueKind::none;
    std::int64_t integer = 0;  // of boolean too
    double real = 0;
    std::string text;
};
CUTAWAY_FIELDS(Value, kind, integer, real, text)

inline Value of_text(std::string text) { return Value{ValueKind::text, 0, 0, std::move(text)}; }
inline Value of_integer(std::int64_t number) { return Value{ValueKind::integer, number, 0, {}}; }
inline Value of_real(double number) { return Value{ValueKind::real, 0, number, {}}; }
inline Value of_boolean(bool yes) { return Value{ValueKind::boolean, yes ? 1 : 0, 0, {}}; }

std::string to_str(const Value& value);
std::string to_repr(const Value& value);

enum class Outcome { done, error, leave, unknown };

struct Ran {
    Outcome outcome = Outcome::done;
    std::string out;             // printed
    std::string err;             // of error: "NameError: …"; of unknown: what
    int code = 0;                // of leave
    std::optional<Value> shown;  // an expression's value, for the prompt to print

    [[nodiscard]] bool good() const { return outcome == Outcome::done; }
    void error(std::string what) { end(Outcome::error, std::move(what)); }  // the first of them stays
    void unknown(std::string what) { end(Outcome::unknown, std::move(what)); }

private:
    void end(Outcome how, std::string what) {
        if (good()) {
            outcome = how;
            err = std::move(what);
        }
    }
};

// "==", "<" and so on; "+", "//" and so on. What cannot be done is ran's error.
Value compared(Ran& ran, const Value& left, std::string_view sign, const Value& right);
Value calculated(Ran& ran, const Value& left, std::string_view sign, const Value& right);

using Variables = std::map<std::string, Value>;
Ran run_python_line(Sys& sys, Variables& variables, std::string_view line);

}  // namespace cutaway::model::programs
