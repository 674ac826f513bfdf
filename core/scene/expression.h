// SPDX-License-Identifier: Apache-2.0
// The one small language of breakpoints, predictions and lesson checks: `containers["web"].state == "running"`,
// `count(processes) > 3`, `any(processes, it.state == "zombie")`. docs/expressions.md is its manual. It is pure and
// total: a bad text is an Error that says where and what was expected; a path that leads nowhere is the value
// `missing`; depth, length and work are bounded. It reads the Picture in place and copies none of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/scene/encode.h"
#include "core/scene/node.h"

namespace cutaway::scene {

struct Missing {
    friend bool operator==(const Missing&, const Missing&) = default;
};
struct Null {
    friend bool operator==(const Null&, const Null&) = default;
};

// A Node among them (a list, a record, a map) is good as long as the Picture lives unchanged.
using Value = std::variant<Missing, Null, bool, std::int64_t, double, std::string, Node>;

inline bool is_missing(const Value& value) { return std::holds_alternative<Missing>(value); }
bool truthy(const Value& value);  // missing, null, false, 0, "" and what is empty are not
std::string to_json(const Value& value, Layout layout = Layout::compact);  // missing is "missing", without quotes

struct ExpressionTree;

class Expression {
public:
    static constexpr std::size_t most_text = 4096;
    static constexpr std::size_t most_depth = 32;
    static constexpr std::size_t most_steps = 200'000;  // about 20 ms

    explicit Expression(std::shared_ptr<const ExpressionTree> tree) : tree_(std::move(tree)) {}
    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] const ExpressionTree& tree() const { return *tree_; }

private:
    std::shared_ptr<const ExpressionTree> tree_;  // never null, never changes
};

// Errc::invalid: "at 12: expected a value, found ')'"; positions count bytes from 1.
Result<Expression> parse_expression(std::string_view text);

// Errc::unsupported only if it takes more than most_steps.
Result<Value> evaluate(const Expression& expression, const Picture& picture);

// Whether it holds; an evaluation that had to be given up does not.
bool holds(const Expression& expression, const Picture& picture);

// What could stand where `text` ends, each the whole text so completed: fields, keys, functions; sorted, 50 at most.
std::vector<std::string> complete(std::string_view text, const Picture& picture);

}  // namespace cutaway::scene
