// SPDX-License-Identifier: Apache-2.0
// What the parser makes and the evaluator walks. Private to this room.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/scene/expression.h"

namespace cutaway::scene {

enum class Op {
    literal,
    root,
    item,
    key,
    field,
    subscript,
    call,
    negate,
    invert,
    add,
    subtract,
    multiply,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    within,
    both,
    either
};

enum class Function { count, exists, any, all, find, len, contains, starts_with, ends_with, matches, sum, min, max };
CUTAWAY_ENUM(Function, count, exists, any, all, find, len, contains, starts_with, ends_with, matches, sum, min, max)

struct Signature {
    Function function;
    std::size_t least;
    std::size_t most;
    bool walks;  // its second argument is asked for each item, as `it`
    std::string_view usage;
};

inline constexpr std::array<Signature, 13> signatures{{
    {Function::count, 1, 2, true, "count(list) or count(list, condition)"},
    {Function::exists, 1, 1, false, "exists(path)"},
    {Function::any, 2, 2, true, "any(list, condition)"},
    {Function::all, 2, 2, true, "all(list, condition)"},
    {Function::find, 2, 2, true, "find(list, condition)"},
    {Function::len, 1, 1, false, "len(text or list)"},
    {Function::contains, 2, 2, false, "contains(text or list, part)"},
    {Function::starts_with, 2, 2, false, "starts_with(text, beginning)"},
    {Function::ends_with, 2, 2, false, "ends_with(text, end)"},
    {Function::matches, 2, 2, false, "matches(text, \"pattern with * and ?\")"},
    {Function::sum, 1, 2, true, "sum(list) or sum(list, number)"},
    {Function::min, 1, 2, true, "min(list) or min(list, number)"},
    {Function::max, 1, 2, true, "max(list) or max(list, number)"},
}};

constexpr const Signature& signature_of(Function function) { return signatures[static_cast<std::size_t>(function)]; }

using Index = std::uint32_t;

struct Term {
    Op op = Op::literal;
    Value value = Missing{};  // of a literal; of root and field: the name as text
    Function function = Function::count;
    std::vector<Index> parts;  // operands, or arguments
};

struct ExpressionTree {
    std::string text;
    std::vector<Term> terms;
    Index root = 0;
};

}  // namespace cutaway::scene
