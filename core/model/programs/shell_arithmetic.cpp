// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>

#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Operator {
    std::string_view text;
    int level;
};
// Longest first; levels as in C, higher binds tighter.
constexpr std::array<Operator, 19> operators{{{"**", 11},
                                              {"<<", 8},
                                              {">>", 8},
                                              {"<=", 7},
                                              {">=", 7},
                                              {"==", 6},
                                              {"!=", 6},
                                              {"&&", 2},
                                              {"||", 1},
                                              {"*", 10},
                                              {"/", 10},
                                              {"%", 10},
                                              {"+", 9},
                                              {"-", 9},
                                              {"<", 7},
                                              {">", 7},
                                              {"&", 5},
                                              {"^", 4},
                                              {"|", 3}}};

std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }

struct Evaluator {
    Arithmetic& context;
    std::string_view text;
    std::size_t at = 0;
    int depth = 0;
    bool ok = true;

    void blank() {
        while (at < text.size() && std::string_view(" \t\n").find(text[at]) != std::string_view::npos) {
            ++at;
        }
    }
    std::int64_t fail(std::string_view why) {
        if (ok) {
            context.error = "arithmetic expression: " + std::string(why) + ": \"" + std::string(text) + "\"";
        }
        ok = false;
        return 0;
    }
    bool take(std::string_view what) {
        blank();
        if (!text.substr(at).starts_with(what)) {
            return false;
        }
        at += what.size();
        return true;
    }
    const Operator* peek_operator() {
        blank();
        for (const Operator& one : operators) {
            if (text.substr(at).starts_with(one.text)) {
                const std::size_t behind = at + one.text.size();
                const bool assigns = behind < text.size() && text[behind] == '=' && one.level != 6 && one.level != 7 &&
                                     one.level > 2 && !text.substr(behind).starts_with("==");
                return assigns ? nullptr : &one;
            }
        }
        return nullptr;
    }

    std::int64_t apply(std::string_view op, std::int64_t a, std::int64_t b) {
        const auto ua = static_cast<std::uint64_t>(a);
        const auto ub = static_cast<std::uint64_t>(b);
        if (op == "/" || op == "%") {
            if (b == 0) {
                return fail("division by zero");
            }
            if (b == -1) {
                return op == "/" ? wrap(0 - ua) : 0;
            }
            return op == "/" ? a / b : a % b;
        }
        if (op == "**") {
            std::uint64_t power = 1;
            for (std::int64_t i = 0; i < b && i < 64; ++i) {
                power *= ua;
            }
            return wrap(power);
        }
        switch (op[0]) {
            case '+': return wrap(ua + ub);
            case '-': return wrap(ua - ub);
            case '*': return wrap(ua * ub);
            case '^': return a ^ b;
            case '=': return a == b ? 1 : 0;
            case '!': return a != b ? 1 : 0;
            case '&': return op == "&&" ? (a != 0 && b != 0 ? 1 : 0) : (a & b);
            case '|': return op == "||" ? (a != 0 || b != 0 ? 1 : 0) : (a | b);
            case '<': return op == "<<" ? wrap(ua << (ub & 63U)) : (op == "<=" ? a <= b : a < b);
            default: return op == ">>" ? a >> (ub & 63U) : (op == ">=" ? a >= b : a > b);
        }
    }

    std::int64_t binary(int least) {
        if (++depth > 200) {
            return fail("too deep");
        }
        std::int64_t value = unary();
        for (const Operator* op = peek_operator(); ok && op != nullptr && op->level >= least; op = peek_operator()) {
            at += op->text.size();
            const std::int64_t other = binary(op->level == 11 ? 11 : op->level + 1);
            value = apply(op->text, value, other);
        }
        --depth;
        return value;
    }

    std::int64_t ternary() {
        const std::int64_t condition = binary(1);
        if (!ok || !take("?")) {
            return condition;
        }
        const std::int64_t yes = ternary();
        if (!take(":")) {
            return fail("expecting ':'");
        }
        const std::int64_t no = ternary();
        return condition != 0 ? yes : no;
    }

    std::int64_t unary() {
        blank();
        if (++depth > 200) {
            return fail("too deep");
        }
        std::int64_t value = 0;
        if (text.substr(at).starts_with("++") || text.substr(at).starts_with("--")) {
            const int by = text[at] == '+' ? 1 : -1;
            at += 2;
            blank();
            const std::string name = read_name();
            value = name.empty() ? fail("expecting a variable")
                                 : wrap(static_cast<std::uint64_t>(get(name)) + static_cast<std::uint64_t>(by));
            set(name, value);
        } else if (take("!")) {
            value = unary() == 0 ? 1 : 0;
        } else if (take("~")) {
            value = ~unary();
        } else if (take("-")) {
            value = wrap(0 - static_cast<std::uint64_t>(unary()));
        } else if (take("+")) {
            value = unary();
        } else {
            value = primary();
        }
        --depth;
        return value;
    }

    std::string read_name() {
        const std::size_t from = at;
        while (at < text.size() &&
               (text[at] == '_' || (text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z') ||
                (at > from && text[at] >= '0' && text[at] <= '9'))) {
            ++at;
        }
        return std::string(text.substr(from, at - from));
    }

    std::int64_t get(const std::string& name) {
        const auto own = context.assigned.find(name);
        const std::string held =
            own != context.assigned.end() ? own->second : context.lookup(context.from, name).value_or("");
        if (trim(held).empty()) {
            return 0;
        }
        const auto number = to_number(trim(held));
        return number ? *number : fail("Illegal number: " + held);
    }
    void set(const std::string& name, std::int64_t value) {
        if (ok) {
            context.assigned[name] = std::to_string(value);
        }
    }

    std::int64_t number() {
        int base = 10;
        std::size_t from = at;
        if (text.substr(at).starts_with("0x") || text.substr(at).starts_with("0X")) {
            base = 16;
            from += 2;
        } else if (text[at] == '0' && at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '7') {
            base = 8;
        }
        std::int64_t value = 0;
        const auto got = std::from_chars(text.data() + from, text.data() + text.size(), value, base);
        if (got.ec != std::errc{}) {
            return fail("expecting primary");
        }
        at = static_cast<std::size_t>(got.ptr - text.data());
        return value;
    }

    std::int64_t primary() {
        blank();
        if (take("(")) {
            const std::int64_t value = comma();
            return take(")") ? value : fail("expecting ')'");
        }
        if (at < text.size() && text[at] >= '0' && text[at] <= '9') {
            return number();
        }
        const std::string name = read_name();
        if (name.empty()) {
            return fail("expecting primary");
        }
        return variable(name);
    }

    std::int64_t variable(const std::string& name) {
        blank();
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("++") || rest.starts_with("--")) {
            const std::int64_t value = get(name);
            const std::uint64_t by = rest[0] == '+' ? 1 : ~std::uint64_t{0};
            at += 2;
            set(name, wrap(static_cast<std::uint64_t>(value) + by));
            return value;
        }
        if (rest.starts_with("=") && !rest.starts_with("==")) {
            ++at;
            const std::int64_t value = ternary();
            set(name, value);
            return value;
        }
        for (const Operator& one : operators) {
            if (one.level > 2 && one.level != 6 && one.level != 7 && rest.starts_with(one.text) &&
                rest.substr(one.text.size()).starts_with("=") && !rest.substr(one.text.size()).starts_with("==")) {
                at += one.text.size() + 1;
                const std::int64_t other = ternary();
                const std::int64_t value = apply(one.text, get(name), other);
                set(name, value);
                return value;
            }
        }
        return get(name);
    }

    std::int64_t comma() {
        std::int64_t value = ternary();
        while (ok && take(",")) {
            value = ternary();
        }
        return value;
    }
};

}  // namespace

std::optional<std::int64_t> Arithmetic::evaluate(std::string_view text) {
    if (trim(text).empty()) {
        return 0;
    }
    Evaluator evaluator{*this, text};
    const std::int64_t value = evaluator.comma();
    evaluator.blank();
    if (evaluator.ok && evaluator.at != text.size()) {
        evaluator.fail("expecting EOF");
    }
    return evaluator.ok ? std::optional<std::int64_t>(value) : std::nullopt;
}

}  // namespace cutaway::model::programs
