// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/python_value.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <vector>

#include "core/model/programs/program.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using Values = std::vector<Value>;
constexpr int deepest = 64;

bool is_number(const Value& value) { return value.kind != ValueKind::text && value.kind != ValueKind::none; }
bool truth(const Value& value) {
    return value.kind == ValueKind::text ? !value.text.empty()
                                         : (value.kind == ValueKind::real ? value.real != 0 : value.integer != 0);
}

// Names that Python has without an import, and this one has not.
bool is_builtin(std::string_view word) {
    constexpr std::array<std::string_view, 46> words{
        "abs",      "all",    "any",   "ascii",    "bin",       "bool",       "bytearray", "bytes",
        "callable", "chr",    "dict",  "dir",      "divmod",    "enumerate",  "eval",      "exec",
        "exit",     "filter", "float", "format",   "frozenset", "getattr",    "globals",   "hasattr",
        "hash",     "help",   "hex",   "id",       "input",     "isinstance", "iter",      "list",
        "locals",   "map",    "max",   "min",      "next",      "object",     "oct",       "ord",
        "pow",      "print",  "range", "reversed", "round",     "set"};
    constexpr std::array<std::string_view, 16> more{"setattr", "slice", "sorted", "sum",     "super", "tuple",
                                                    "type",    "vars",  "zip",    "len",     "int",   "str",
                                                    "repr",    "open",  "quit",   "__name__"};
    return std::find(words.begin(), words.end(), word) != words.end() ||
           std::find(more.begin(), more.end(), word) != more.end();
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
                bad_syntax();
            }
        }
        return std::move(ran_);
    }

private:
    [[nodiscard]] bool good() const { return ran_.good(); }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size() || text_[at_] == '#'; }
    void error(std::string what) { ran_.error(std::move(what)); }
    void unknown(std::string what) { ran_.unknown(std::move(what)); }
    // What Python reads and this one does not is no error of the person's.
    void bad_syntax() {
        struct Known {
            std::string_view begins;
            std::string_view what;
        };
        constexpr std::array<Known, 20> known{{{"[", "lists and indexes"},
                                               {"{", "dicts and sets"},
                                               {".", "methods"},
                                               {",", "tuples"},
                                               {":", "blocks"},
                                               {"@", "@"},
                                               {"|", "|"},
                                               {"&", "&"},
                                               {"^", "^"},
                                               {"~", "~"},
                                               {"<<", "<<"},
                                               {">>", ">>"},
                                               {"if ", "if"},
                                               {"is ", "is"},
                                               {"in ", "in"},
                                               {"not ", "not"},
                                               {"for ", "for"},
                                               {"else", "else"},
                                               {"lambda", "lambda"},
                                               {"await ", "await"}}};
        skip();
        const std::string_view rest = text_.substr(std::min(at_, text_.size()));
        const auto found =
            std::find_if(known.begin(), known.end(), [&](const Known& one) { return rest.starts_with(one.begins); });
        found == known.end() ? error("SyntaxError: invalid syntax") : unknown(std::string(found->what));
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
             {"if", "for", "while", "def", "class", "with", "try", "from", "lambda", "raise", "del", "assert", "global",
              "nonlocal", "async", "await", "yield"}) {
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
            return assign(target, expression());
        }
        for (const std::string_view sign : {"**=", "//=", "+=", "-=", "*=", "/=", "%="}) {
            const auto held = variables_.find(target);
            if (held != variables_.end() && text_.substr(at_).starts_with(sign)) {
                at_ += sign.size();
                const Value by = expression();
                return assign(target, calculated(ran_, held->second, sign.substr(0, sign.size() - 1), by));
            }
        }
        if (!target.empty() && text_.substr(at_, 1) == ",") {
            return bad_syntax();
        }
        at_ = before;
        const Value value = expression();
        if (good()) {
            ran_.shown = value;
        }
    }

    void assign(const std::string& target, const Value& value) {
        if (good()) {
            variables_[target] = value;
            ran_.shown.reset();
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
                return compared(ran_, left, sign, sum());
            }
        }
        return left;
    }
    Value sum() {
        Value left = product();
        while (good()) {
            const bool plus = take("+");
            if (!plus && !take("-")) {
                break;
            }
            left = calculated(ran_, left, plus ? "+" : "-", product());
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
            left = calculated(ran_, left, found, power());
        }
        return left;
    }
    Value power() {
        if (take("-")) {
            return calculated(ran_, of_integer(0), "-", power());
        }
        const Value base = atom();
        skip();
        return good() && take("**") ? calculated(ran_, base, "**", power()) : base;
    }

    Value atom() {
        skip();
        if (at_end()) {
            error("SyntaxError: invalid syntax");
            return {};
        }
        for (const std::string_view mark : {"f\"", "f'", "F\"", "F'"}) {
            if (text_.substr(at_).starts_with(mark)) {
                ++at_;
                return formatted();
            }
        }
        const char c = text_[at_];
        if (c == '(') {
            ++at_;
            Value inner = expression();
            if (good() && !take(")")) {
                at_end() ? error("SyntaxError: '(' was never closed") : bad_syntax();
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
    // A literal whose {…} are expressions.
    Value formatted() {
        const Value whole = literal();
        const std::string_view text = whole.text;
        std::string made;
        for (std::size_t at = 0; good() && at < text.size(); ++at) {
            const bool doubled = at + 1 < text.size() && text[at + 1] == text[at];
            if (text[at] != '{' && text[at] != '}') {
                made += text[at];
            } else if (doubled) {
                made += text[at++];
            } else if (text[at] == '}') {
                error("SyntaxError: f-string: single '}' is not allowed");
            } else {
                const std::size_t end = std::min(text.find('}', at), text.size());
                made += embedded(text.substr(at + 1, end - at - 1));
                at = end;
            }
        }
        return of_text(std::move(made));
    }
    std::string embedded(std::string_view text) {
        Line inner(sys_, variables_, text);
        const Value value = inner.expression();
        if (inner.good() && !inner.at_end()) {
            inner.unknown("a format within {…}");
        }
        ran_.out += inner.ran_.out;
        if (!inner.good() && good()) {
            ran_.outcome = inner.ran_.outcome;
            ran_.err = inner.ran_.err;
            ran_.code = inner.ran_.code;
        }
        return to_str(value);
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

    struct Given {
        Values all;
        std::string end = "\n";
        std::string separator = " ";
    };
    // "end" or "sep" where it is given by its name; another name is not modelled.
    std::string keyword() {
        const std::size_t before = at_;
        std::string word = name();
        if (!word.empty() && take("=") && text_.substr(at_, 1) != "=") {
            if (word != "end" && word != "sep") {
                unknown(word + "=");
            }
            return word;
        }
        at_ = before;
        return {};
    }
    Given arguments() {
        Given given;
        while (good() && !take(")")) {
            const std::string word = keyword();
            Value value = expression();
            if (word.empty()) {
                given.all.push_back(std::move(value));
            } else {
                (word == "end" ? given.end : given.separator) = value.text;
            }
            skip();
            if (good() && at_end()) {
                error("SyntaxError: '(' was never closed");
            } else if (good() && !take(",") && text_.substr(at_, 1) != ")") {
                bad_syntax();
            }
        }
        return given;
    }
    Value named() {
        std::string word = name();
        while (text_.substr(at_, 1) == "." && !word.empty()) {
            ++at_;
            word += "." + name();
        }
        if (word.empty()) {
            bad_syntax();
            return {};
        }
        if (take("(")) {
            const Given given = arguments();
            return good() ? called(word, given) : Value{};
        }
        if (text_.substr(at_, 1) == "'" || text_.substr(at_, 1) == "\"") {
            unknown("strings with " + word + " before them");
            return {};
        }
        if (word == "True" || word == "False") {
            return of_boolean(word == "True");
        }
        if (word == "lambda" || word == "await") {
            unknown(word);
            return {};
        }
        skip();
        if (word == "print" && !at_end() && is_name(text_[at_])) {
            error("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?");
            return {};
        }
        const auto found = variables_.find(word);
        if (word != "None" && found == variables_.end()) {
            const bool beyond = word.find('.') != std::string::npos || is_builtin(word);
            beyond ? unknown(word) : error("NameError: name '" + word + "' is not defined");
        }
        return found == variables_.end() ? Value{} : found->second;
    }

    Value called(const std::string& word, const Given& told) {
        const Values& given = told.all;
        const Value first = given.empty() ? Value{} : given.front();
        if (word == "print") {
            for (std::size_t i = 0; i < given.size(); ++i) {
                ran_.out += (i > 0 ? told.separator : "") + to_str(given[i]);
            }
            ran_.out += told.end;
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
        const Values given = arguments().all;
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

Ran run_python_line(Sys& sys, Variables& variables, std::string_view line) { return Line(sys, variables, line).run(); }

}  // namespace cutaway::model::programs
