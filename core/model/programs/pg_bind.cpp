// SPDX-License-Identifier: Apache-2.0
// Names and types of expressions, before a row is touched.
#include <algorithm>

#include "core/model/programs/pg_engine.h"

namespace cutaway::model::pg {

namespace {

constexpr std::string_view aggregates[] = {"count", "min", "max", "sum", "avg"};
constexpr const char* cast_hint =
    "No operator matches the given name and argument types. You might need to add explicit type casts.";

bool is_constant(const Expression& one) { return one.node == Node::constant && one.kind == Kind::unknown; }

bool go_together(Kind one, Kind other) {
    return one == other || (is_number(one) && is_number(other)) || (is_textual(one) && is_textual(other)) ||
           (is_moment(one) && is_moment(other));
}

Kind kind_of_sum(Kind of) {
    switch (of) {
        case Kind::smallint:
        case Kind::integer: return Kind::bigint;
        case Kind::bigint: return Kind::numeric;
        default: return of;
    }
}

}  // namespace

bool is_aggregate(const Expression& one) {
    return one.node == Node::call &&
           std::find(std::begin(aggregates), std::end(aggregates), one.name) != std::end(aggregates);
}

bool has_aggregate(const Expression& one) {
    return is_aggregate(one) || std::any_of(one.parts.begin(), one.parts.end(), has_aggregate);
}

std::string output_name(const Output& one) {
    if (!one.name.empty()) {
        return one.name;
    }
    switch (one.what.node) {
        case Node::column:
        case Node::call: return one.what.name;
        case Node::choice: return "case";
        case Node::cast: {
            const std::string inner = output_name(Output{one.what.parts[0], ""});
            if (inner != "?column?") {
                return inner;
            }
            switch (one.what.type.kind) {
                case Kind::smallint: return "int2";
                case Kind::integer: return "int4";
                case Kind::bigint: return "int8";
                case Kind::boolean: return "bool";
                case Kind::real: return "float4";
                case Kind::float8: return "float8";
                case Kind::varchar: return "varchar";
                case Kind::bpchar: return "bpchar";
                case Kind::timestamptz: return "timestamptz";
                case Kind::timestamp: return "timestamp";
                default: return std::string(kind_name(one.what.type.kind));
            }
        }
        default: return "?column?";
    }
}

bool Binder::fail(Problem problem) {
    problem_ = std::move(problem);
    return false;
}

bool Binder::bind(Expression& one) {
    if (is_aggregate(one) && ++aggregates_ > 1) {
        return fail({"42803", "aggregate function calls cannot be nested", one.at, {}, {}});
    }
    for (Expression& part : one.parts) {
        if (part.node == Node::star && one.node == Node::call) {
            continue;
        }
        if (!bind(part)) {
            return false;
        }
    }
    aggregates_ -= is_aggregate(one) ? 1 : 0;
    switch (one.node) {
        case Node::constant: return true;
        case Node::star: return fail({"42601", "syntax error at or near \"*\"", one.at, {}, {}});
        case Node::column: return bind_column(one);
        case Node::call: return bind_call(one);
        case Node::binary: return bind_binary(one);
        case Node::choice: return bind_choice(one);
        case Node::cast: one.kind = one.type.kind; return true;
        case Node::is_null: one.kind = Kind::boolean; return true;
        case Node::in_list:
        case Node::between:
            one.kind = Kind::boolean;
            for (std::size_t i = 1; i < one.parts.size(); ++i) {
                const std::string op = one.node == Node::in_list ? "=" : (i == 1 ? ">=" : "<=");
                if (!bind_compared(one, one.parts[0], one.parts[i], op)) {
                    return false;
                }
            }
            return true;
        case Node::like:
            one.kind = Kind::boolean;
            for (Expression& part : one.parts) {
                if (!become(part, Kind::text)) {
                    return false;
                }
            }
            return is_textual(one.parts[0].kind)
                       ? true
                       : no_operator(one, one.distinct ? "~~*" : "~~", one.parts[0].kind, one.parts[1].kind);
        case Node::unary:
            if (one.name == "not") {
                one.kind = Kind::boolean;
                return need_truth(one.parts[0], "NOT");
            }
            one.kind = one.parts[0].kind;
            return is_number(one.kind) ? true : no_operator(one, "-", Kind::unknown, one.kind);
    }
    return true;
}

bool Binder::become(Expression& one, Kind kind) {
    if (!is_constant(one)) {
        return true;
    }
    one.kind = kind;
    if (one.value.null) {
        one.value.kind = kind;
        return true;
    }
    Problem problem;
    auto value = convert(one.value, Type{kind, -1, -1}, true, problem);
    if (!value) {
        problem.at = one.at;
        return fail(std::move(problem));
    }
    one.value = *value;
    return true;
}

bool Binder::need_truth(Expression& one, std::string_view where) {
    if (!become(one, Kind::boolean)) {
        return false;
    }
    return one.kind == Kind::boolean ? true
                                     : fail({"42804",
                                             "argument of " + std::string(where) + " must be type boolean, not type " +
                                                 std::string(kind_name(one.kind)),
                                             one.at,
                                             {},
                                             {}});
}

bool Binder::bind_column(Expression& one) {
    if (!one.table.empty() && one.table != scope_.name) {
        return fail({"42P01", "missing FROM-clause entry for table \"" + one.table + "\"", one.at, {}, {}});
    }
    if (scope_.columns != nullptr) {
        for (std::size_t i = 0; i < scope_.columns->size(); ++i) {
            if ((*scope_.columns)[i].name == one.name) {
                one.column = static_cast<int>(i);
                one.kind = (*scope_.columns)[i].type.kind;
                return true;
            }
        }
    }
    if (one.table.empty() && is_bare_function(one.name)) {
        one.node = Node::call;
        return bind_call(one);
    }
    const std::string name = one.table.empty() ? "\"" + one.name + "\"" : one.table + "." + one.name;
    return fail({"42703", "column " + name + " does not exist", one.at, {}, {}});
}

bool Binder::bind_call(Expression& one) {
    const std::size_t given = one.parts.size();
    const bool star = given == 1 && one.parts[0].node == Node::star;
    if (is_aggregate(one) && given == 1 && (!star || one.name == "count")) {
        one.kind = Kind::bigint;
        if (one.name == "count") {
            return true;
        }
        const Kind of = one.parts[0].kind;
        one.kind = one.name == "sum" ? kind_of_sum(of) : of;
        if (one.name == "avg") {
            one.kind = of == Kind::real || of == Kind::float8 ? Kind::float8 : Kind::numeric;
        }
        if (is_number(of) || one.name == "min" || one.name == "max") {
            return true;
        }
    }
    const Function* function = is_aggregate(one) ? nullptr : find_function(one.name);
    if (function == nullptr || given < function->least || given > function->most || star) {
        if (function == nullptr && is_beyond(one.name)) {
            return fail({"0A000", one.name + "(): not modelled", one.at, {}, {}});
        }
        std::string kinds;
        for (const Expression& part : one.parts) {
            kinds += (kinds.empty() ? "" : ", ") + std::string(star ? "*" : kind_name(part.kind));
        }
        return fail({"42883",
                     "function " + one.name + "(" + kinds + ") does not exist",
                     one.at,
                     {},
                     "No function matches the given name and argument types. You might need to add explicit type "
                     "casts."});
    }
    one.kind = function->result;
    if (one.kind != Kind::unknown) {
        for (Expression& part : one.parts) {
            if (!become(part, one.kind == Kind::text ? Kind::text : part.kind)) {
                return false;
            }
        }
        return true;
    }
    return agree(one, 0, 1);
}

// The parts from `first` on become one type: CASE, coalesce, greatest.
bool Binder::agree(Expression& one, std::size_t first, std::size_t step) {
    Kind kind = Kind::unknown;
    for (std::size_t i = first; i < one.parts.size(); i += step) {
        const Kind next = one.parts[i].kind;
        if (kind != Kind::unknown && next != Kind::unknown && !go_together(kind, next)) {
            return fail({"42804",
                         "types " + std::string(kind_name(kind)) + " and " + std::string(kind_name(next)) +
                             " cannot be matched",
                         one.parts[i].at,
                         {},
                         {}});
        }
        kind = next == Kind::unknown ? kind : std::max(kind, next);
    }
    one.kind = kind == Kind::unknown ? Kind::text : kind;
    for (std::size_t i = first; i < one.parts.size(); i += step) {
        if (!become(one.parts[i], one.kind)) {
            return false;
        }
    }
    return true;
}

bool Binder::bind_choice(Expression& one) {
    const std::size_t pairs = one.parts.size() / 2 * 2;
    for (std::size_t i = 0; i < pairs; i += 2) {
        if (!need_truth(one.parts[i], "CASE/WHEN")) {
            return false;
        }
    }
    Expression results;
    std::vector<std::size_t> places;
    for (std::size_t i = 1; i < one.parts.size(); i += 2) {
        places.push_back(i);
    }
    if (one.parts.size() % 2 == 1) {
        places.push_back(one.parts.size() - 1);
    }
    for (const std::size_t place : places) {
        results.parts.push_back(one.parts[place]);
    }
    if (!agree(results, 0, 1)) {
        return false;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        one.parts[places[i]] = std::move(results.parts[i]);
    }
    one.kind = results.kind;
    return true;
}

bool Binder::no_operator(const Expression& one, const std::string& op, Kind left, Kind right) {
    const std::string before =
        left == Kind::unknown && one.node == Node::unary ? "" : std::string(kind_name(left)) + " ";
    return fail({"42883",
                 "operator does not exist: " + before + op + " " + std::string(kind_name(right)),
                 one.at,
                 {},
                 cast_hint});
}

bool Binder::bind_compared(Expression& one, Expression& left, Expression& right, const std::string& op) {
    const Kind kind = is_constant(left) ? right.kind : left.kind;
    const Kind wanted = kind == Kind::unknown ? Kind::text : kind;
    if (!become(left, wanted) || !become(right, wanted)) {
        return false;
    }
    return go_together(left.kind, right.kind) ? true : no_operator(one, op, left.kind, right.kind);
}

bool Binder::bind_binary(Expression& one) {
    Expression& left = one.parts[0];
    Expression& right = one.parts[1];
    const std::string& op = one.name;
    if (op == "and" || op == "or") {
        one.kind = Kind::boolean;
        const std::string_view where = op == "and" ? "AND" : "OR";
        return need_truth(left, where) && need_truth(right, where);
    }
    if (op == "||") {
        one.kind = Kind::text;
        if (!become(left, Kind::text) || !become(right, Kind::text)) {
            return false;
        }
        return is_textual(left.kind) || is_textual(right.kind) ? true : no_operator(one, op, left.kind, right.kind);
    }
    if (op == "=" || op == "<>" || op == "<" || op == ">" || op == "<=" || op == ">=") {
        one.kind = Kind::boolean;
        return bind_compared(one, left, right, op);
    }
    return bind_calculated(one);
}

bool Binder::bind_calculated(Expression& one) {
    Expression& left = one.parts[0];
    Expression& right = one.parts[1];
    if (!become(left, is_number(right.kind) ? right.kind : left.kind) ||
        !become(right, is_number(left.kind) ? left.kind : right.kind)) {
        return false;
    }
    if (is_number(left.kind) && is_number(right.kind)) {
        one.kind = std::max(left.kind, right.kind);
        if (one.kind >= Kind::real && left.kind != right.kind) {
            one.kind = Kind::float8;
        }
        return true;
    }
    if (left.kind == Kind::date && (one.name == "+" || one.name == "-") && is_whole(right.kind)) {
        one.kind = Kind::date;
        return true;
    }
    if (left.kind == Kind::date && right.kind == Kind::date && one.name == "-") {
        one.kind = Kind::integer;
        return true;
    }
    if (is_moment(left.kind) && is_moment(right.kind) && one.name == "-") {
        return fail({"0A000", "type interval: not modelled", one.at, {}, {}});
    }
    return no_operator(one, one.name, left.kind, right.kind);
}

}  // namespace cutaway::model::pg
