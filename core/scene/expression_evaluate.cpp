// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/json.h"
#include "core/scene/expression_tree.h"

namespace cutaway::scene {

namespace {

Value from_node(const Node& node) {
    switch (node.shape()) {
        case Shape::nothing: return Null{};
        case Shape::boolean: return node.boolean();
        case Shape::integer: return node.integer();
        case Shape::text: return std::string(node.text());
        case Shape::list:
        case Shape::record:
        case Shape::map: break;
    }
    return node;
}

bool is_number(const Value& value) {
    return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double as_real(const Value& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

// -1, 0, 1; nothing for what has no order: missing, null, truths, lists, a text and a number.
std::optional<int> order(const Value& a, const Value& b) {
    const auto* left = std::get_if<std::int64_t>(&a);
    const auto* right = std::get_if<std::int64_t>(&b);
    if (left != nullptr && right != nullptr) {
        return *left < *right ? -1 : *left > *right ? 1 : 0;
    }
    if (is_number(a) && is_number(b)) {
        const double x = as_real(a);
        const double y = as_real(b);
        return x < y ? -1 : x > y ? 1 : 0;
    }
    const auto* text = std::get_if<std::string>(&a);
    const auto* other = std::get_if<std::string>(&b);
    if (text != nullptr && other != nullptr) {
        const int sign = text->compare(*other);
        return sign < 0 ? -1 : sign > 0 ? 1 : 0;
    }
    return std::nullopt;
}

bool equals(const Value& a, const Value& b) {
    if (const auto sign = order(a, b)) {
        return *sign == 0;
    }
    if (a.index() != b.index()) {
        return false;
    }
    if (const auto* truth = std::get_if<bool>(&a)) {
        return *truth == std::get<bool>(b);
    }
    if (const auto* node = std::get_if<Node>(&a)) {
        return equal(*node, std::get<Node>(b));
    }
    return std::holds_alternative<Null>(a);
}

Value combine(Op op, const Value& a, const Value& b) {
    const auto* left = std::get_if<std::int64_t>(&a);
    const auto* right = std::get_if<std::int64_t>(&b);
    if (left != nullptr && right != nullptr) {
        std::int64_t whole = 0;
        const bool over = op == Op::add        ? __builtin_add_overflow(*left, *right, &whole)
                          : op == Op::subtract ? __builtin_sub_overflow(*left, *right, &whole)
                                               : __builtin_mul_overflow(*left, *right, &whole);
        return over ? Value(Missing{}) : Value(whole);
    }
    if (!is_number(a) || !is_number(b)) {
        return Missing{};
    }
    const double x = as_real(a);
    const double y = as_real(b);
    return op == Op::add ? x + y : op == Op::subtract ? x - y : x * y;
}

// * stands for any text, ? for any one byte. Goes back at most to the last star.
bool glob(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char c) { return c == '*'; });
}

struct Item {
    Value value;
    std::string key;
};

class Evaluation {
public:
    Evaluation(const ExpressionTree& tree, const Picture& picture) : tree_(tree), picture_(picture) {}

    Value run() { return value(tree_.root, nullptr); }
    [[nodiscard]] bool spent() const { return steps_ > Expression::most_steps; }

private:
    void spend(std::size_t steps) { steps_ += steps; }

    // Looking at long texts costs as much as it takes.
    Value taken(const std::optional<Node>& node) {
        if (!node) {
            return Missing{};
        }
        if (node->shape() == Shape::text) {
            spend(node->size() / 256);
        }
        return from_node(*node);
    }

    Value value(Index at, const Item* item) {
        spend(1);
        if (spent()) {
            return Missing{};
        }
        const Term& term = tree_.terms[at];
        switch (term.op) {
            case Op::literal: return term.value;
            case Op::root: return taken(node_of(picture_).child(std::get<std::string>(term.value)));
            case Op::item: return item == nullptr ? Value(Missing{}) : item->value;
            case Op::key: return item == nullptr ? Value(Missing{}) : Value(item->key);
            case Op::field: return child(value(term.parts[0], item), std::get<std::string>(term.value));
            case Op::subscript: return subscript(value(term.parts[0], item), value(term.parts[1], item));
            case Op::call: return call(term, item);
            case Op::negate: return combine(Op::subtract, std::int64_t{0}, value(term.parts[0], item));
            case Op::invert: return !truthy(value(term.parts[0], item));
            case Op::both:
            case Op::either: return chain(term, item);
            default: break;
        }
        const Value left = value(term.parts[0], item);
        return operate(term.op, left, value(term.parts[1], item));
    }

    Value chain(const Term& term, const Item* item) {
        const bool stop = term.op == Op::either;
        for (const Index part : term.parts) {
            if (truthy(value(part, item)) == stop) {
                return stop;
            }
        }
        return !stop;
    }

    Value operate(Op op, const Value& left, const Value& right) {
        if (op == Op::add || op == Op::subtract || op == Op::multiply) {
            return combine(op, left, right);
        }
        if (is_missing(left) || is_missing(right)) {
            return false;
        }
        if (op == Op::within) {
            return holds_part(right, left);
        }
        if (op == Op::equal || op == Op::unequal) {
            return compare(left, right) == (op == Op::equal);
        }
        const std::optional<int> sign = order(left, right);
        if (!sign) {
            return false;
        }
        return op == Op::less         ? *sign < 0
               : op == Op::less_equal ? *sign <= 0
               : op == Op::greater    ? *sign > 0
                                      : *sign >= 0;
    }

    bool compare(const Value& a, const Value& b) {
        spend_on(a);
        return equals(a, b);
    }
    // Comparing two places walks them; a rough count is enough to bound it.
    void spend_on(const Value& value) {
        if (const auto* node = std::get_if<Node>(&value)) {
            walk(*node);
        }
    }
    void walk(const Node& node) {
        spend(1);
        auto visit = [&](std::string_view, const Node& held) {
            walk(held);
            return !spent();
        };
        node.each(visit);
    }

    Value child(const Value& of, const std::string& name) {
        const auto* node = std::get_if<Node>(&of);
        if (node == nullptr) {
            return Missing{};
        }
        if (node->shape() == Shape::map) {
            spend(node->size() / 8);  // names other than keys are looked for one by one
        }
        return taken(node->child(name));
    }

    Value subscript(const Value& of, const Value& index) {
        if (const auto* name = std::get_if<std::string>(&index)) {
            return child(of, *name);
        }
        const auto* number = std::get_if<std::int64_t>(&index);
        const auto* node = std::get_if<Node>(&of);
        if (number == nullptr || node == nullptr) {
            return Missing{};
        }
        if (node->shape() == Shape::map) {
            return child(of, std::to_string(*number));
        }
        const auto size = static_cast<std::int64_t>(node->size());
        const std::int64_t at = *number < 0 ? *number + size : *number;  // -1 is the last
        return at < 0 || at >= size ? Value(Missing{}) : taken(node->item(static_cast<std::size_t>(at)));
    }

    bool holds_part(const Value& whole, const Value& part) {
        if (const auto* text = std::get_if<std::string>(&whole)) {
            const auto* sought = std::get_if<std::string>(&part);
            spend(sought == nullptr ? 0 : text->size() * (sought->size() + 1) / 512);
            return sought != nullptr && !spent() && text->find(*sought) != std::string::npos;
        }
        const auto* node = std::get_if<Node>(&whole);
        if (node == nullptr) {
            return false;
        }
        if (node->shape() != Shape::list) {
            const auto* name = std::get_if<std::string>(&part);
            const auto* number = std::get_if<std::int64_t>(&part);
            return (name != nullptr && node->child(*name)) ||
                   (number != nullptr && node->child(std::to_string(*number)));
        }
        bool found = false;
        auto visit = [&](std::string_view, const Node& held) {
            found = compare(taken(held), part);
            spend(1);
            return !found && !spent();
        };
        node->each(visit);
        return found;
    }

    Value call(const Term& term, const Item* item) {
        if (signature_of(term.function).walks) {
            return walk_items(term, item);
        }
        const Value first = value(term.parts[0], item);
        if (term.function == Function::exists) {
            return !is_missing(first);
        }
        if (term.function == Function::len) {
            const auto* text = std::get_if<std::string>(&first);
            const auto* node = std::get_if<Node>(&first);
            return text != nullptr   ? Value(static_cast<std::int64_t>(text->size()))
                   : node != nullptr ? Value(static_cast<std::int64_t>(node->size()))
                                     : Value(Missing{});
        }
        const Value second = value(term.parts[1], item);
        if (term.function == Function::contains) {
            return holds_part(first, second);
        }
        const auto* text = std::get_if<std::string>(&first);
        const auto* other = std::get_if<std::string>(&second);
        return text != nullptr && other != nullptr && about(term.function, *text, *other);
    }

    bool about(Function function, std::string_view text, std::string_view other) {
        if (function == Function::matches) {
            spend(text.size() * (other.size() + 1) / 512);
            return !spent() && glob(text, other);
        }
        if (text.size() < other.size()) {
            return false;
        }
        return function == Function::starts_with ? text.substr(0, other.size()) == other
                                                 : text.substr(text.size() - other.size()) == other;
    }

    Value walk_items(const Term& term, const Item* outer) {
        const Value list = value(term.parts[0], outer);
        const auto* node = std::get_if<Node>(&list);
        if (node == nullptr) {
            return nothing_of(term.function, is_missing(list));
        }
        if (term.function == Function::count && term.parts.size() == 1) {
            return static_cast<std::int64_t>(node->size());
        }
        Value result = nothing_of(term.function, false);
        auto visit = [&](std::string_view key, const Node& held) {
            spend(1);
            const Item item{taken(held), std::string(key)};
            const Value answer = term.parts.size() == 2 ? value(term.parts[1], &item) : item.value;
            return fold_item(term.function, item, answer, result) && !spent();
        };
        node->each(visit);
        return result;
    }

    // What there is when there are no items. A list that is missing has none, and no sum or least one either.
    static Value nothing_of(Function function, bool missing) {
        switch (function) {
            case Function::any: return false;
            case Function::all: return !missing;
            case Function::count:
            case Function::sum: return missing ? Value(Missing{}) : Value(std::int64_t{0});
            default: return Missing{};
        }
    }

    // False: the answer is known, look no further.
    static bool fold_item(Function function, const Item& item, const Value& answer, Value& result) {
        switch (function) {
            case Function::count: result = std::get<std::int64_t>(result) + (truthy(answer) ? 1 : 0); return true;
            case Function::any: result = truthy(answer); return !truthy(answer);
            case Function::all: result = truthy(answer); return truthy(answer);
            case Function::find:
                if (truthy(answer)) {
                    result = item.value;
                }
                return !truthy(answer);
            case Function::sum: result = combine(Op::add, result, answer); return !is_missing(result);
            default: break;
        }
        const std::optional<int> sign = order(answer, result);
        const bool better = sign && (function == Function::min ? *sign < 0 : *sign > 0);
        if (is_missing(result) || better) {
            result = answer;
        }
        return true;
    }

    const ExpressionTree& tree_;
    const Picture& picture_;
    std::size_t steps_ = 0;
};

}  // namespace

bool truthy(const Value& value) {
    return std::visit(
        Overloaded{[](Missing) { return false; }, [](Null) { return false; }, [](bool truth) { return truth; },
                   [](std::int64_t whole) { return whole != 0; }, [](double real) { return real != 0; },
                   [](const std::string& text) { return !text.empty(); },
                   [](const Node& node) { return node.size() > 0; }},
        value);
}

std::string to_json(const Value& value, Layout layout) {
    std::string out;
    std::visit(Overloaded{[&](Missing) { out = "missing"; }, [&](Null) { out = "null"; },
                          [&](bool truth) { out = truth ? "true" : "false"; },
                          [&](std::int64_t whole) { json::append_int(out, whole); },
                          [&](double real) { out = std::to_string(real); },
                          [&](const std::string& text) { json::append_string(out, text); },
                          [&](const Node& node) { out = to_json(node, layout); }},
               value);
    return out;
}

Result<Value> evaluate(const Expression& expression, const Picture& picture) {
    Evaluation evaluation(expression.tree(), picture);
    Value value = evaluation.run();
    if (evaluation.spent()) {
        return fail(Errc::unsupported, "evaluate " + expression.text() + ": it takes more than " +
                                           std::to_string(Expression::most_steps) + " steps");
    }
    return value;
}

bool holds(const Expression& expression, const Picture& picture) {
    const Result<Value> value = evaluate(expression, picture);
    return value && truthy(*value);
}

}  // namespace cutaway::scene
