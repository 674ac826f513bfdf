// SPDX-License-Identifier: Apache-2.0
// Recursive descent straight from the text; docs/expressions.md has the grammar.
#include <algorithm>
#include <charconv>
#include <limits>

#include "core/scene/expression_tree.h"

namespace cutaway::scene {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_word_start(c) || is_digit(c); }

// Inside /a/pointer: everything but white space and what can follow a value.
bool is_pointer(char c) {
    return c != '\0' && std::string_view(" \t\r\n()[]!=<>&|,+*'\"").find(c) == std::string_view::npos;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0]++;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            corner = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    const auto at = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return distance(word, a) < distance(word, b);
    });
    return at != known.end() && distance(word, *at) * 2 <= std::max<std::size_t>(word.size(), 2) ? *at : std::string();
}

const std::vector<std::string>& top_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> made;
        const Picture empty;
        auto add = [&](std::string_view name, const Node&) {
            made.emplace_back(name);
            return true;
        };
        node_of(empty).each(add);
        return made;
    }();
    return names;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) { tree_.text = std::string(text); }

    Result<Expression> run() {
        if (text_.size() > Expression::most_text) {
            return fail(Errc::invalid, "an expression has at most " + std::to_string(Expression::most_text) + " bytes");
        }
        const Index root = either();
        space();
        if (ok() && at_ < text_.size()) {
            expected("an operator or the end");
        }
        if (!ok()) {
            return fail(Errc::invalid, error_);
        }
        tree_.root = root;
        return Expression(std::make_shared<const ExpressionTree>(std::move(tree_)));
    }

private:
    // Each level of the grammar costs one; refused before the stack feels it.
    struct Level {
        explicit Level(Parser& parser) : owner(parser) {
            if (++owner.depth_ > Expression::most_depth) {
                owner.error("nested deeper than " + std::to_string(Expression::most_depth) + " levels");
            }
        }
        ~Level() { --owner.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Parser& owner;
    };

    [[nodiscard]] bool ok() const { return error_.empty(); }
    void error(const std::string& what) {
        if (ok()) {
            error_ = "at " + std::to_string(at_ + 1) + ": " + what;
        }
    }
    void expected(const std::string& what) {
        const char next = peek();
        const bool plain = next >= ' ' && next <= '~';
        const std::string found = at_ >= text_.size() ? "the end"
                                  : plain             ? "'" + std::string(1, next) + "'"
                                                      : "an odd byte";
        error("expected " + what + ", found " + found);
    }

    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool take(std::string_view mark) {
        space();
        if (!ok() || text_.substr(at_, mark.size()) != mark) {
            return false;
        }
        at_ += mark.size();
        return true;
    }
    bool take_word(std::string_view word) {
        space();
        if (!ok() || text_.substr(at_, word.size()) != word || is_word(peek(word.size()))) {
            return false;
        }
        at_ += word.size();
        return true;
    }
    void need(std::string_view mark, const std::string& what) {
        if (ok() && !take(mark)) {
            expected(what);
        }
    }

    Index make(Op op, std::vector<Index> parts, Value value = Missing{}) {
        Term term;
        term.op = op;
        term.value = std::move(value);
        term.parts = std::move(parts);
        tree_.terms.push_back(std::move(term));
        return static_cast<Index>(tree_.terms.size() - 1);
    }

    // `a || b || c` nests to the left, and evaluation would recurse as deep: so it is one term with many parts.
    Index either() {
        const Level level(*this);
        std::vector<Index> parts{both()};
        while (ok() && (take("||") || take_word("or"))) {
            parts.push_back(both());
        }
        return parts.size() == 1 ? parts.front() : make(Op::either, std::move(parts));
    }
    Index both() {
        std::vector<Index> parts{comparison()};
        while (ok() && (take("&&") || take_word("and"))) {
            parts.push_back(comparison());
        }
        return parts.size() == 1 ? parts.front() : make(Op::both, std::move(parts));
    }
    Index comparison() {
        const Index left = sum();
        static constexpr std::array<std::pair<std::string_view, Op>, 6> marks{{{"==", Op::equal},
                                                                               {"!=", Op::unequal},
                                                                               {"<=", Op::less_equal},
                                                                               {">=", Op::greater_equal},
                                                                               {"<", Op::less},
                                                                               {">", Op::greater}}};
        for (const auto& [mark, op] : marks) {
            if (take(mark)) {
                const Index right = sum();
                return make(op, {left, right});
            }
        }
        if (take_word("in")) {
            const Index right = sum();
            return make(Op::within, {left, right});
        }
        if (ok() && peek() == '=') {
            error("expected '==' to compare, found '='");
        }
        return left;
    }
    // Sums and products are chains too; they are short, and a chain longer than the depth allowed is refused.
    Index sum() {
        Index left = product();
        for (std::size_t chain = 0; ok(); ++chain) {
            const Op op = take("+") ? Op::add : take("-") ? Op::subtract : Op::literal;
            if (op == Op::literal) {
                break;
            }
            left = link(op, left, product(), chain);
        }
        return left;
    }
    Index product() {
        Index left = unary();
        for (std::size_t chain = 0; ok() && take("*"); ++chain) {
            left = link(Op::multiply, left, unary(), chain);
        }
        return left;
    }
    Index link(Op op, Index left, Index right, std::size_t chain) {
        if (chain >= Expression::most_depth) {
            error("more than " + std::to_string(Expression::most_depth) + " terms in a row");
        }
        return make(op, {left, right});
    }
    Index unary() {
        const Level level(*this);
        if (!ok()) {
            return 0;
        }
        space();
        if ((peek() == '!' && peek(1) != '=' && take("!")) || take_word("not")) {
            const Index operand = unary();
            return make(Op::invert, {operand});
        }
        if (take("-")) {
            const Index operand = unary();
            return make(Op::negate, {operand});
        }
        return path();
    }

    Index path() {
        Index at = primary();
        for (std::size_t chain = 0; ok(); ++chain) {
            if (peek() == '.') {
                ++at_;
                const std::string name = word("a field's name");
                at = make(Op::field, {at}, name);
            } else if (peek() == '[') {
                ++at_;
                const Index index = either();
                need("]", "']'");
                at = make(Op::subscript, {at, index});
            } else {
                break;
            }
            if (chain >= Expression::most_depth) {
                error("a path longer than " + std::to_string(Expression::most_depth) + " parts");
            }
        }
        return at;
    }
    std::string word(const std::string& what) {
        if (!is_word_start(peek())) {
            expected(what);
            return {};
        }
        const std::size_t begin = at_;
        while (is_word(peek())) {
            ++at_;
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    Index primary() {
        space();
        const char next = peek();
        if (!ok()) {
            return 0;
        }
        if (next == '(') {
            ++at_;
            const Index inner = either();
            need(")", "')'");
            return inner;
        }
        if (next == '"' || next == '\'') {
            return make(Op::literal, {}, quoted(next));
        }
        if (is_digit(next)) {
            return number();
        }
        if (next == '/') {
            return pointer();
        }
        if (is_word_start(next)) {
            return named();
        }
        expected("a value");
        return 0;
    }

    std::string quoted(char quote) {
        const std::size_t begin = at_++;
        std::string plain;
        while (at_ < text_.size() && peek() != quote) {
            if (peek() == '\\' && at_ + 1 < text_.size()) {
                ++at_;
                const char c = peek();
                plain += c == 'n' ? '\n' : c == 't' ? '\t' : c;
            } else {
                plain += peek();
            }
            ++at_;
        }
        if (at_ >= text_.size()) {
            at_ = begin;
            error("this text has no closing " + std::string(1, quote));
        }
        ++at_;
        return plain;
    }

    Index number() {
        const std::size_t begin = at_;
        while (is_digit(peek())) {
            ++at_;
        }
        if (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            while (is_digit(peek())) {
                ++at_;
            }
            double real = 0;
            std::from_chars(text_.data() + begin, text_.data() + at_, real);
            return make(Op::literal, {}, real);
        }
        std::int64_t whole = 0;
        const auto [end, code] = std::from_chars(text_.data() + begin, text_.data() + at_, whole);
        const std::int64_t scale = unit();
        if (code != std::errc{} || __builtin_mul_overflow(whole, scale, &whole)) {
            at_ = begin;
            error("a number too large");
        }
        return make(Op::literal, {}, whole);
    }
    // Sizes and times as people write them: 64MiB in bytes, 10s in nanoseconds.
    std::int64_t unit() {
        static constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> units{{{"KiB", std::int64_t{1} << 10},
                                                                                         {"MiB", std::int64_t{1} << 20},
                                                                                         {"GiB", std::int64_t{1} << 30},
                                                                                         {"ns", 1},
                                                                                         {"us", 1000},
                                                                                         {"ms", 1'000'000},
                                                                                         {"min", 60'000'000'000},
                                                                                         {"s", 1'000'000'000}}};
        if (!is_word_start(peek())) {
            return 1;
        }
        for (const auto& [name, scale] : units) {
            if (text_.substr(at_, name.size()) == name && !is_word(peek(name.size()))) {
                at_ += name.size();
                return scale;
            }
        }
        expected("a unit (KiB, MiB, GiB, ns, us, ms, s, min) or an operator");
        return 1;
    }

    // RFC 6901: ~1 is a slash in a name, ~0 a tilde.
    Index pointer() {
        Index at = 0;
        bool first = true;
        std::size_t length = 0;
        while (ok() && peek() == '/') {
            const std::size_t begin = ++at_;
            std::string name;
            while (is_pointer(peek()) && peek() != '/') {
                const bool guarded = peek() == '~' && (peek(1) == '0' || peek(1) == '1');
                name += guarded ? (peek(1) == '1' ? '/' : '~') : peek();
                at_ += guarded ? 2 : 1;
            }
            if (name.empty()) {
                expected("a name behind '/'");
            } else if (++length > Expression::most_depth) {
                error("a path longer than " + std::to_string(Expression::most_depth) + " parts");
            }
            if (first) {
                check_top(name, begin);
            }
            at = first ? make(Op::root, {}, name) : make(Op::field, {at}, name);
            first = false;
        }
        return at;
    }

    void check_top(const std::string& name, std::size_t begin) {
        const auto& known = top_names();
        if (!ok() || std::find(known.begin(), known.end(), name) != known.end()) {
            return;
        }
        at_ = begin;
        const std::string near = nearest(name, known);
        error("nothing is called " + name + (near.empty() ? std::string() : "; did you mean " + near));
    }

    Index named() {
        const std::size_t begin = at_;
        const std::string name = word("a name");
        space();
        if (peek() == '(') {
            return call(name, begin);
        }
        at_ = begin + name.size();
        if (name == "true" || name == "false") {
            return make(Op::literal, {}, name == "true");
        }
        if (name == "null") {
            return make(Op::literal, {}, Null{});
        }
        if (name == "it" || name == "key") {
            if (walking_ == 0) {
                at_ = begin;
                error(name + " stands for an item only inside any, all, find, count, sum, min and max");
            }
            return make(name == "it" ? Op::item : Op::key, {});
        }
        check_top(name, begin);
        return make(Op::root, {}, name);
    }

    Index call(const std::string& name, std::size_t begin) {
        const auto function = from_name<Function>(name);
        if (!function) {
            std::vector<std::string> known;
            known.reserve(signatures.size());
            for (const Signature& signature : signatures) {
                known.emplace_back(to_name(signature.function));
            }
            const std::string near = nearest(name, known);
            at_ = begin;
            error("there is no function " + name + (near.empty() ? std::string() : "; did you mean " + near));
            return 0;
        }
        const Signature& signature = signature_of(*function);
        ++at_;
        std::vector<Index> arguments;
        space();
        while (ok() && peek() != ')') {
            const bool inner = signature.walks && arguments.size() == 1;
            walking_ += inner ? 1 : 0;
            arguments.push_back(either());
            walking_ -= inner ? 1 : 0;
            if (!take(",")) {
                break;
            }
            space();
        }
        need(")", "',' or ')'");
        if (ok() && (arguments.size() < signature.least || arguments.size() > signature.most)) {
            at_ = begin;
            error("it is " + std::string(signature.usage));
        }
        const Index made = make(Op::call, std::move(arguments));
        tree_.terms[made].function = *function;
        return made;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    int walking_ = 0;
    std::string error_;
    ExpressionTree tree_;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text) { return Parser(text).run(); }

const std::string& Expression::text() const { return tree_->text; }

}  // namespace cutaway::scene
