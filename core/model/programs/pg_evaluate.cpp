// SPDX-License-Identifier: Apache-2.0
// Values of bound expressions.
#include <algorithm>

#include "core/model/programs/pg_engine.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

// LIKE's patterns: % for anything, _ for one character, a backslash before what stands for itself.
bool matches(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern.front() == '%') {
        for (std::size_t skip = 0; skip <= text.size(); ++skip) {
            if (matches(text.substr(skip), pattern.substr(1))) {
                return true;
            }
        }
        return false;
    }
    const bool any = pattern.front() == '_';
    pattern.remove_prefix(pattern.front() == '\\' && pattern.size() > 1 ? 1 : 0);
    return !text.empty() && (any || text.front() == pattern.front()) && matches(text.substr(1), pattern.substr(1));
}

bool holds(const std::string& op, int order) {
    if (op == "=") {
        return order == 0;
    }
    if (op == "<>") {
        return order != 0;
    }
    return op.front() == '<' ? order < 0 || (op.size() == 2 && order == 0)
                             : order > 0 || (op.size() == 2 && order == 0);
}

Value negated(const Value& value, bool negate) { return value.null || !negate ? value : truth(value.whole == 0); }

}  // namespace

Value Evaluator::fail(const Expression& one, Problem problem) {
    if (!failed_) {
        failed_ = true;
        problem.at = problem.at == 0 && problem.code != "22012" ? one.at : problem.at;
        problem_ = std::move(problem);
        // Only what stands in the text is pointed at; a calculation's failure has no place.
        if (problem_.code == "22003" || problem_.code == "22001") {
            problem_.at = 0;
        }
    }
    return null_of(one.kind);
}

bool Evaluator::is_true(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    const Value is = value(one, row, group);
    return !is.null && is.whole != 0;
}

Value Evaluator::value(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    if (failed_) {
        return null_of(one.kind);
    }
    switch (one.node) {
        case Node::constant: return one.value;
        case Node::star: return Value();
        case Node::column: return row == nullptr ? null_of(one.kind) : (*row)[static_cast<std::size_t>(one.column)];
        case Node::binary: return binary(one, row, group);
        case Node::in_list: return in_list(one, row, group);
        case Node::between: return between(one, row, group);
        case Node::like: return like(one, row, group);
        case Node::cast: return cast(one, row, group);
        case Node::is_null: {
            const Value of = value(one.parts[0], row, group);
            const bool is = one.name == "null" ? of.null : !of.null && (of.whole != 0) == (one.name == "true");
            return truth(is != one.negated);
        }
        case Node::unary: {
            const Value of = value(one.parts[0], row, group);
            if (one.name == "not") {
                return negated(of, true);
            }
            Problem problem;
            const auto made = calculate('-', whole_of(of.kind, 0), of, problem);
            return made ? *made : fail(one, problem);
        }
        case Node::choice: {
            const std::size_t pairs = one.parts.size() / 2 * 2;
            for (std::size_t i = 0; i < pairs; i += 2) {
                if (is_true(one.parts[i], row, group)) {
                    return value(one.parts[i + 1], row, group);
                }
            }
            return one.parts.size() % 2 == 1 ? value(one.parts.back(), row, group) : null_of(one.kind);
        }
        case Node::call: break;
    }
    if (is_aggregate(one)) {
        return group == nullptr ? null_of(one.kind) : aggregate(one, *group);
    }
    std::vector<Value> given;
    for (const Expression& part : one.parts) {
        given.push_back(value(part, row, group));
    }
    Problem problem;
    const Function* function = find_function(one.name);
    problem.code.clear();
    Value made = function->run(session_, given, problem);
    return problem.code.empty() ? made : fail(one, problem);
}

Value Evaluator::cast(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    Value of = value(one.parts[0], row, group);
    const Expression& inner = one.parts[0];
    if (inner.kind == Kind::boolean && is_textual(one.type.kind) && !of.null) {
        of = text_of(of.whole != 0 ? "true" : "false");
    }
    Problem problem;
    const auto made = convert(of, one.type, true, problem);
    problem.at = inner.node == Node::constant && problem.code == "22P02" ? inner.at : 0;
    return made ? *made : fail(problem.at != 0 ? inner : one, problem);
}

Value Evaluator::logic(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    const bool decides = one.name == "or";
    const Value left = value(one.parts[0], row, group);
    if (!left.null && (left.whole != 0) == decides) {
        return left;
    }
    const Value right = value(one.parts[1], row, group);
    if (!right.null && (right.whole != 0) == decides) {
        return right;
    }
    return left.null || right.null ? null_of(Kind::boolean) : truth(!decides);
}

Value Evaluator::binary(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    if (one.name == "and" || one.name == "or") {
        return logic(one, row, group);
    }
    const Value left = value(one.parts[0], row, group);
    const Value right = value(one.parts[1], row, group);
    if (left.null || right.null) {
        return null_of(one.kind);
    }
    if (one.name == "||") {
        return text_of(to_text(left) + to_text(right));
    }
    if (one.kind == Kind::boolean) {
        return truth(holds(one.name, compare(left, right)));
    }
    if (left.kind == Kind::date) {
        const std::int64_t by = one.name == "-" ? -right.whole : right.whole;
        return whole_of(one.kind, left.whole + by);
    }
    Problem problem;
    const auto made = calculate(one.name.front(), left, right, problem);
    return made ? *made : fail(one, problem);
}

Value Evaluator::in_list(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    const Value what = value(one.parts[0], row, group);
    bool unsure = what.null;
    for (std::size_t i = 1; i < one.parts.size() && !what.null; ++i) {
        const Value other = value(one.parts[i], row, group);
        if (!other.null && compare(what, other) == 0) {
            return truth(!one.negated);
        }
        unsure = unsure || other.null;
    }
    return unsure ? null_of(Kind::boolean) : truth(one.negated);
}

Value Evaluator::between(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    const Value what = value(one.parts[0], row, group);
    const Value low = value(one.parts[1], row, group);
    const Value high = value(one.parts[2], row, group);
    if (what.null || low.null || high.null) {
        return null_of(Kind::boolean);
    }
    return negated(truth(compare(what, low) >= 0 && compare(what, high) <= 0), one.negated);
}

Value Evaluator::like(const Expression& one, const Row* row, const std::vector<const Row*>* group) {
    const Value what = value(one.parts[0], row, group);
    const Value pattern = value(one.parts[1], row, group);
    if (what.null || pattern.null) {
        return null_of(Kind::boolean);
    }
    const bool fits = one.distinct ? matches(programs::lower(what.text), programs::lower(pattern.text))
                                   : matches(what.text, pattern.text);
    return truth(fits != one.negated);
}

Value Evaluator::sum(const Expression& one, const std::vector<Value>& values) {
    const Kind kind = one.name == "avg" && one.kind != Kind::float8 ? Kind::numeric : one.kind;
    Value total = whole_of(kind, 0);
    Problem problem;
    for (const Value& next : values) {
        const auto more = convert(next, Type{kind, -1, -1}, true, problem);
        const auto both = more ? calculate('+', total, *more, problem) : std::nullopt;
        if (!both) {
            return fail(one, problem);
        }
        total = *both;
    }
    if (one.name == "sum") {
        return total;
    }
    const auto made = calculate('/', total, whole_of(Kind::numeric, static_cast<std::int64_t>(values.size())), problem);
    return made ? *made : fail(one, problem);
}

Value Evaluator::aggregate(const Expression& one, const std::vector<const Row*>& group) {
    if (one.parts[0].node == Node::star) {
        return whole_of(Kind::bigint, static_cast<std::int64_t>(group.size()));
    }
    std::vector<Value> values;
    for (const Row* row : group) {
        const Value next = value(one.parts[0], row);
        const auto same = [&](const Value& other) { return compare(other, next) == 0; };
        if (!next.null && !(one.distinct && std::any_of(values.begin(), values.end(), same))) {
            values.push_back(next);
        }
    }
    if (one.name == "count") {
        return whole_of(Kind::bigint, static_cast<std::int64_t>(values.size()));
    }
    if (values.empty()) {
        return null_of(one.kind);
    }
    const auto less = [](const Value& a, const Value& b) { return compare(a, b) < 0; };
    if (one.name == "min") {
        return *std::min_element(values.begin(), values.end(), less);
    }
    return one.name == "max" ? *std::max_element(values.begin(), values.end(), less) : sum(one, values);
}

}  // namespace cutaway::model::pg
