// SPDX-License-Identifier: Apache-2.0
// The values that the simulated PostgreSQL knows: their types, how each is read from text, written as text, compared
// and converted. Numbers of type numeric have at most 18 digits; there is no time zone but UTC. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/fields.h"

namespace cutaway::model::pg {

enum class Kind {
    unknown,  // a quoted constant whose place has not said yet what it is
    boolean,
    smallint,
    integer,
    bigint,
    numeric,
    real,
    float8,
    text,
    varchar,
    bpchar,
    date,
    timestamp,
    timestamptz
};

struct Type {
    Kind kind = Kind::unknown;
    std::int64_t length = -1;  // of varchar and char; the digits of numeric
    std::int64_t scale = -1;   // of numeric
};
CUTAWAY_FIELDS(Type, kind, length, scale)

struct Value {
    bool null = true;
    Kind kind = Kind::unknown;
    std::int64_t whole = 0;  // truth, whole numbers, days, microseconds, the digits of numeric
    std::int64_t scale = 0;  // of numeric: how many of its digits stand behind the point
    double real = 0;
    std::string text;
};
CUTAWAY_FIELDS(Value, null, kind, whole, scale, real, text)

// What went wrong, as a server reports it. `at` counts characters of the query from 1; 0: nowhere.
struct Problem {
    std::string code = "XX000";
    std::string message;
    std::size_t at = 0;
    std::string detail;
    std::string hint;
};

std::optional<Kind> kind_named(std::string_view name);  // "int4", "character varying"; lower case
std::string_view kind_name(Kind kind);                  // "integer"
std::string type_text(const Type& type);                // "numeric(10,2)"
bool is_whole(Kind kind);
bool is_number(Kind kind);
bool is_textual(Kind kind);
bool is_moment(Kind kind);

Value null_of(Kind kind);
Value truth(bool is);
Value whole_of(Kind kind, std::int64_t number);
Value real_of(double number);
Value text_of(std::string text);

std::string to_text(const Value& value);
double to_real(const Value& value);
std::optional<Value> parse_value(std::string_view text, Kind kind);  // nothing: not that type's syntax, or out of range
int compare(const Value& one, const Value& other);                   // neither null, types that go together

// As a cast does it (explicit: text is cut to length, as an assignment it is too long). Nothing: `problem` says why.
std::optional<Value> convert(const Value& value, const Type& type, bool is_explicit, Problem& problem);

// Exact arithmetic on whole numbers and numerics: "+-*/%". Nothing: division by zero or out of range, in `problem`.
std::optional<Value> calculate(char op, const Value& one, const Value& other, Problem& problem);
Value round_to(const Value& value, std::int64_t digits);  // of a numeric

// --- of numbers' texts (pg_number.cpp) ---
std::optional<Value> parse_decimal(std::string_view text);
std::optional<std::int64_t> rescaled(const Value& value, std::int64_t scale);  // digits; nothing: there is no room
std::string decimal_text(const Value& value);
std::string real_text(double number, bool single);
bool fits_kind(std::int64_t number, Kind kind);

}  // namespace cutaway::model::pg
