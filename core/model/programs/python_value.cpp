// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/python_value.h"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/model/programs/program.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using Values = std::vector<Value>;
constexpr int deepest = 64;

Value of_text(std::string text) { return Value{ValueKind::text, 0, 0, std::move(text)}; }
Value of_integer(std::int64_t number) { return Value{ValueKind::integer, number, 0, {}}; }
Value of_real(double number) { return Value{ValueKind::real, 0, number, {}}; }
Value of_boolean(bool yes) { return Value{ValueKind::boolean, yes ? 1 : 0, 0, {}}; }

bool is_number(const Value& value) { return value.kind != ValueKind::text && value.kind != ValueKind::none; }
double as_real(const Value& value) {
    return value.kind == ValueKind::real ? value.real : static_cast<double>(value.integer);
}
bool truth(const Value& value) {
    return value.kind == ValueKind::text ? !value.text.empty()
                                         : (value.kind == ValueKind::real ? value.real != 0 : value.integer != 0);
}

std::string kind_name(const Value& value) {
    constexpr std::array<const char*, 5> names{"NoneType", "bool", "int", "float", "str"};
    return names.at(static_cast<std::size_t>(value.kind));
}

// One line: statements between ";". Stops at the first that does not go well.
class Line {
public:
    Line(Sys& sys, Variables& variables, std::string_view text) : sys_(sys), variables_(variables), text_(text) {}

    Ran run() {
        while (good()) {
            skip();
            if (at_end()) {
                break;
            }
            statement();
            skip();
            if (good() && !at_end() && !take(";")) {
                error("SyntaxError: invalid syntax");
            }
        }
        return std::move(ran_);
    }

private:
    [[nodiscard]] bool good() const { return ran_.outcome == Outcome::done; }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size() || text_[at_] == '#'; }
    void error(std::string what) {
        if (good()) {
            ran_.outcome = Outcome::error;
            ran_.err = std::move(what);
        }
    }
    void unknown(std::string what) {
        if (good()) {
            ran_.outcome = Outcome::unknown;
            ran_.err = std::move(what);
        }
    }
    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
            ++at_;
        }
    }
    bool take(std::string_view token) {
        skip();
        if (text_.substr(at_, token.size()) != token) {
            return false;
        }
        at_ += token.size();
        return true;
    }
    bool take_word(std::string_view word) {
        const std::size_t before = at_;
        if (take(word) && (at_ >= text_.size() || !is_name(text_[at_]))) {
            return true;
        }
        at_ = before;
        return false;
    }
    static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
    std::string name() {
        skip();
        const std::size_t from = at_;
        while (at_ < text_.size() && is_name(text_[at_])) {
            ++at_;
        }
        return std::string(text_.substr(from, at_ - from));
    }

    void statement() {
        for (const std::string_view word :
             {"if", "for", "while", "def", "class", "with", "try", "from", "lambda", "raise"}) {
            if (take_word(word)) {
                return unknown(std::string(word));
            }
        }
        if (take_word("pass")) {
            return;
        }
        if (take_word("import")) {
            const std::string module = name();
            if (module != "os" && module != "sys" && module != "socket") {
                unknown("import " + module);
            }
            return;
        }
        const std::size_t before = at_;
        const std::string target = name();
        skip();
        const bool assigns = !target.empty() && std::isdigit(static_cast<unsigned char>(target[0])) == 0 &&
                             text_.substr(at_, 1) == "=" && text_.substr(at_, 2) != "==";
        if (assigns) {
            ++at_;
            const Value value = expression();
            if (good()) {
                variables_[target] = value;
                ran_.shown.reset();
            }
            return;
        }
        at_ = before;
        const Value value = expression();
        if (good()) {
            ran_.shown = value;
        }
    }

    Value expression() {
        if (++depth_ > deepest) {
            unknown("so deep an expression");
            return {};
        }
        Value value = comparison();
        while (good() && (take_word("and") ? ((value = truth(value) ? comparison() : (comparison(), value)), true)
                                           : (take_word("or") &&
                                              ((value = truth(value) ? (comparison(), value) : comparison()), true)))) {
        }
        --depth_;
        return value;
    }

    Value comparison() {
        if (take_word("not")) {
            return of_boolean(!truth(comparison()));
        }
        Value left = sum();
        for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
            if (good() && take(sign)) {
                return compared(left, sign, sum());
            }
        }
        return left;
    }
    Value compared(const Value& left, std::string_view sign, const Value& right) {
        int order = 0;
        if (left.kind == ValueKind::text && right.kind == ValueKind::text) {
            order = left.text.compare(right.text);
        } else if (is_number(left) && is_number(right)) {
            order = as_real(left) < as_real(right) ? -1 : (as_real(left) > as_real(right) ? 1 : 0);
        } else if (sign != "==" && sign != "!=") {
            error("TypeError: '" + std::string(sign) + "' not supported between instances of '" + kind_name(left) +
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

    Value sum() {
        Value left = product();
        while (good()) {
            const bool plus = take("+");
            if (!plus && !take("-")) {
                break;
            }
            left = calculated(left, plus ? "+" : "-", product());
        }
        return left;
    }
    Value product() {
        Value left = power();
        while (good()) {
            std::string_view found;
            for (const std::string_view sign : {"//", "*", "/", "%"}) {
                if (found.empty() && text_.substr(at_, 2) != "**" && take(sign)) {
                    found = sign;
                }
            }
            if (found.empty()) {
                break;
            }
            left = calculated(left, found, power());
        }
        return left;
    }
    Value power() {
        if (take("-")) {
            return calculated(of_integer(0), "-", power());
        }
        const Value base = atom();
        skip();
        return good() && take("**") ? calculated(base, "**", power()) : base;
    }

    Value calculated(const Value& left, std::string_view sign, const Value& right) {
        if (!good()) {
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
            unknown("formatting with %");
            return {};
        }
        if (!is_number(left) || !is_number(right)) {
            error(left.kind == ValueKind::text && sign == "+"
                      ? "TypeError: can only concatenate str (not \"" + kind_name(right) + "\") to str"
                      : "TypeError: unsupported operand type(s) for " + std::string(sign) + ": '" + kind_name(left) +
                            "' and '" + kind_name(right) + "'");
            return {};
        }
        const bool reals = left.kind == ValueKind::real || right.kind == ValueKind::real;
        return reals || sign == "/" ? in_reals(as_real(left), sign, as_real(right))
                                    : in_integers(left.integer, sign, right.integer);
    }
    Value in_reals(double left, std::string_view sign, double right) {
        if (right == 0 && (sign == "/" || sign == "//" || sign == "%")) {
            error(sign == "/" ? "ZeroDivisionError: division by zero"
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
    Value in_integers(std::int64_t left, std::string_view sign, std::int64_t right) {
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
            error(sign == "%" ? "ZeroDivisionError: integer modulo by zero"
                              : "ZeroDivisionError: integer division or modulo by zero");
        } else {
            const auto whole =
                static_cast<std::int64_t>(std::floor(static_cast<double>(left) / static_cast<double>(right)));
            made = sign == "//" ? whole : left - whole * right;
        }
        if (over) {
            unknown("integers beyond 64 bits");
        }
        return of_integer(made);
    }

    Value atom() {
        skip();
        if (at_end()) {
            error("SyntaxError: invalid syntax");
            return {};
        }
        const char c = text_[at_];
        if (c == '(') {
            ++at_;
            Value inner = expression();
            if (good() && !take(")")) {
                error("SyntaxError: '(' was never closed");
            }
            return inner;
        }
        if (c == '\'' || c == '"') {
            return literal();
        }
        if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            return number();
        }
        return named();
    }
    Value literal() {
        const char quote = text_[at_++];
        std::string text;
        for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                const char next = text_[++at_];
                text += next == 'n' ? '\n' : (next == 't' ? '\t' : next);
            } else {
                text += text_[at_];
            }
        }
        if (at_++ >= text_.size()) {
            error("SyntaxError: unterminated string literal (detected at line 1)");
        }
        return of_text(std::move(text));
    }
    Value number() {
        const std::size_t from = at_;
        bool real = false;
        while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')) {
            real = real || text_[at_] == '.';
            ++at_;
        }
        const std::string digits(text_.substr(from, at_ - from));
        return real ? of_real(std::strtod(digits.c_str(), nullptr)) : of_integer(to_number(digits).value_or(0));
    }

    Values arguments(std::string& end) {
        Values all;
        while (good() && !take(")")) {
            const std::size_t before = at_;
            const bool named_end = take_word("end") && take("=") && text_.substr(at_, 1) != "=";
            at_ = named_end ? at_ : before;
            Value value = expression();
            if (named_end) {
                end = value.text;
            } else {
                all.push_back(std::move(value));
            }
            skip();
            if (good() && !take(",") && text_.substr(at_, 1) != ")") {
                error("SyntaxError: invalid syntax");
            }
        }
        return all;
    }
    Value named() {
        std::string word = name();
        while (text_.substr(at_, 1) == "." && !word.empty()) {
            ++at_;
            word += "." + name();
        }
        if (word.empty()) {
            error("SyntaxError: invalid syntax");
            return {};
        }
        if (take("(")) {
            std::string end = "\n";
            const Values given = arguments(end);
            return good() ? called(word, given, end) : Value{};
        }
        if (word == "True" || word == "False") {
            return of_boolean(word == "True");
        }
        const auto found = variables_.find(word);
        if (word != "None" && found == variables_.end()) {
            word.find('.') == std::string::npos ? error("NameError: name '" + word + "' is not defined")
                                                : unknown(word);
        }
        return found == variables_.end() ? Value{} : found->second;
    }

    Value called(const std::string& word, const Values& given, const std::string& end) {
        const Value first = given.empty() ? Value{} : given.front();
        if (word == "print") {
            for (std::size_t i = 0; i < given.size(); ++i) {
                ran_.out += (i > 0 ? " " : "") + to_str(given[i]);
            }
            ran_.out += end;
            return {};
        }
        if (word == "exit" || word == "quit" || word == "sys.exit") {
            ran_.outcome = Outcome::leave;
            ran_.code = first.kind == ValueKind::text ? 1 : static_cast<int>(first.integer & 0xFF);
            ran_.err = first.kind == ValueKind::text ? first.text + "\n" : "";
            return {};
        }
        if (word == "str" || word == "repr") {
            return of_text(word == "str" ? to_str(first) : to_repr(first));
        }
        if (word == "len" && first.kind == ValueKind::text) {
            return of_integer(static_cast<std::int64_t>(first.text.size()));
        }
        if (word == "int" && (is_number(first) || to_number(first.text))) {
            return of_integer(first.kind == ValueKind::text   ? to_number(first.text).value_or(0)
                              : first.kind == ValueKind::real ? static_cast<std::int64_t>(first.real)
                                                              : first.integer);
        }
        return of_the_system(word, given);
    }
    Value of_the_system(const std::string& word, const Values& given) {
        if (word == "os.getpid") {
            return of_integer(sys_.pid());
        }
        if (word == "os.getuid") {
            return of_integer(sys_.uid());
        }
        if (word == "socket.gethostname") {
            return of_text(sys_.hostname());
        }
        if (word == "open" && !given.empty() && good()) {
            return file(given[0].text, given.size() > 1 ? given[1].text : "r");
        }
        unknown(word + "()");
        return {};
    }
    Value file(const std::string& path, const std::string& mode) {
        if (take(".read()")) {
            const auto text = read_file(sys_, path);
            if (!text) {
                error("FileNotFoundError: [Errno 2] No such file or directory: '" + path + "'");
            }
            return of_text(text.value_or(""));
        }
        if (!take(".write(") || (mode != "w" && mode != "a")) {
            unknown("open() but for .read() and .write()");
            return {};
        }
        std::string end;
        const Values given = arguments(end);
        const std::string text = given.empty() ? "" : given[0].text;
        if (const Status wrote = write_file(sys_, path, text, mode == "a"); good() && !wrote) {
            error("OSError: [Errno " + std::to_string(errno_of(wrote.error())) + "] " + errno_text(wrote.error()) +
                  ": '" + path + "'");
        }
        return of_integer(static_cast<std::int64_t>(text.size()));
    }

    Sys& sys_;
    Variables& variables_;
    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    Ran ran_;
};

}  // namespace

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

Ran run_python_line(Sys& sys, Variables& variables, std::string_view line) { return Line(sys, variables, line).run(); }

}  // namespace cutaway::model::programs
