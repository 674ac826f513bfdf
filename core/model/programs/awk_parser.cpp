// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "core/model/programs/awk_lexer.h"
#include "core/model/programs/awk_syntax.h"

namespace cutaway::model::programs {

namespace {

using What = AwkNode::What;

using Token = AwkToken;

AwkNode node(What what, std::string text = {}, std::vector<AwkNode> kids = {}) {
    AwkNode made;
    made.what = what;
    made.text = std::move(text);
    made.kids = std::move(kids);
    return made;
}

constexpr int deepest = 200;  // nested expressions and statements

class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    AwkProgram run() {
        skip_ends();
        while (good() && peek().kind != Token::Kind::end) {
            rule();
            skip_ends();
        }
        return std::move(program_);
    }

private:
    // --- tokens ---
    const Token& peek() const { return tokens_[std::min(at_, tokens_.size() - 1)]; }
    [[nodiscard]] bool good() const { return program_.wrong.empty() && program_.foreign.empty(); }
    [[nodiscard]] bool is(std::string_view sign) const {
        return peek().kind == Token::Kind::sign && peek().text == sign;
    }
    [[nodiscard]] bool is_word(std::string_view word) const {
        return (peek().kind == Token::Kind::name || peek().kind == Token::Kind::call) && peek().text == word;
    }
    bool take(std::string_view sign) {
        const bool here = is(sign);
        at_ += here ? 1 : 0;
        return here;
    }
    bool take_word(std::string_view word) {
        const bool here = is_word(word);
        at_ += here ? 1 : 0;
        return here;
    }
    void expect(std::string_view sign) {
        if (!take(sign)) {
            fault();
        }
    }
    void fault() {
        if (good()) {
            const bool over = peek().kind == Token::Kind::end || peek().kind == Token::Kind::newline;
            program_.wrong = over ? "unexpected end of program" : "syntax error near " + peek().text;
        }
    }
    void foreign(const std::string& what) {
        if (good()) {
            program_.foreign = what;
        }
    }
    void skip_newlines() {
        while (peek().kind == Token::Kind::newline) {
            ++at_;
        }
    }
    void skip_ends() {
        while (peek().kind == Token::Kind::newline || is(";")) {
            ++at_;
        }
    }

    // --- rules and statements ---
    void rule() {
        AwkRule rule;
        if (is_word("function") || is_word("func")) {
            foreign("function");
        } else if (take_word("BEGIN")) {
            rule.when = AwkRule::When::begin;
        } else if (take_word("END")) {
            rule.when = AwkRule::When::end;
        } else if (!is("{")) {
            rule.when = AwkRule::When::where;
            rule.pattern = expression();
            if (is(",")) {
                foreign("a range of lines");
            }
        }
        if (is("{")) {
            rule.action = block();
        } else if (rule.when == AwkRule::When::where) {
            rule.action = node(What::print);
        } else {
            fault();
        }
        program_.rules.push_back(std::move(rule));
    }

    AwkNode block() {
        expect("{");
        AwkNode made = node(What::block);
        skip_ends();
        while (good() && !is("}")) {
            made.kids.push_back(statement());
            if (!is("}") && peek().kind != Token::Kind::newline && !is(";") && !ended_block_) {
                fault();
            }
            skip_ends();
        }
        expect("}");
        ended_block_ = true;
        return made;
    }

    AwkNode statement() {
        if (++depth_ > deepest) {
            foreign("nesting so deep");
        }
        ended_block_ = false;
        AwkNode made = good() ? any_statement() : AwkNode{};
        --depth_;
        return made;
    }

    AwkNode any_statement() {
        if (is("{")) {
            return block();
        }
        if (is_word("if") || is_word("while") || is_word("for") || is_word("do")) {
            return control();
        }
        if (take_word("next")) {
            return node(What::next);
        }
        if (take_word("exit")) {
            AwkNode made = node(What::leave);
            if (!at_end()) {
                made.kids.push_back(expression());
            }
            return made;
        }
        if (take_word("delete")) {
            AwkNode made = node(What::remove, "", {});
            made.kids.push_back(primary());
            return made;
        }
        if (is_word("getline") || is_word("return") || is_word("break") || is_word("continue")) {
            foreign(peek().text);
        }
        return simple();
    }

    bool at_end() const {
        return peek().kind == Token::Kind::newline || peek().kind == Token::Kind::end || is(";") || is("}");
    }

    AwkNode simple() {
        const bool formatted = is_word("printf");
        if (!formatted && !is_word("print")) {
            return node(What::expression, "", {expression()});
        }
        ++at_;
        AwkNode made = node(formatted ? What::printf : What::print);
        printing_ = true;  // here a ">" would be a file's
        const bool enclosed = is("(") && closes_statement();
        at_ += enclosed ? 1 : 0;
        printing_ = !enclosed;
        while (good() && !at_end() && !is(")") && !is(">") && !is("|")) {
            made.kids.push_back(expression());
            if (!take(",")) {
                break;
            }
            skip_newlines();
        }
        printing_ = false;
        if (enclosed) {
            expect(")");
        }
        if (is(">") || is(">>") || is("|")) {
            foreign("print " + peek().text);
        }
        return made;
    }

    // Whether the parenthesis that opens here encloses all that is printed.
    bool closes_statement() const {
        int open = 0;
        for (std::size_t i = at_; i < tokens_.size(); ++i) {
            const Token& token = tokens_[i];
            open += token.kind == Token::Kind::sign && token.text == "(" ? 1 : 0;
            open -= token.kind == Token::Kind::sign && token.text == ")" ? 1 : 0;
            if (open == 0) {
                const Token& next = tokens_[std::min(i + 1, tokens_.size() - 1)];
                return next.kind == Token::Kind::end || next.kind == Token::Kind::newline ||
                       (next.kind == Token::Kind::sign && (next.text == ";" || next.text == "}" || next.text == ">"));
            }
        }
        return false;
    }

    AwkNode control() {
        if (take_word("if")) {
            AwkNode made = node(What::branch, "", {condition()});
            made.kids.push_back(body());
            const std::size_t before = at_;
            skip_ends();
            if (take_word("else")) {
                made.kids.push_back(body());
            } else {
                at_ = before;
            }
            return made;
        }
        if (take_word("while")) {
            AwkNode made = node(What::loop_while, "", {condition()});
            made.kids.push_back(body());
            return made;
        }
        if (!take_word("for")) {
            foreign("do");
            return {};
        }
        return loop();
    }

    AwkNode condition() {
        expect("(");
        AwkNode made = expression();
        expect(")");
        return made;
    }

    AwkNode body() {
        skip_newlines();
        if (take(";")) {
            return node(What::block);
        }
        return statement();
    }

    AwkNode loop() {
        expect("(");
        const bool over = peek().kind == Token::Kind::name && at_ + 3 < tokens_.size() &&
                          tokens_[at_ + 1].text == "in" && tokens_[at_ + 3].text == ")";
        if (over) {
            AwkNode made = node(What::loop_in, peek().text, {node(What::variable, tokens_[at_ + 2].text)});
            at_ += 4;
            made.kids.push_back(body());
            return made;
        }
        AwkNode made = node(What::loop_for);
        made.kids.push_back(is(";") ? node(What::block) : simple());
        expect(";");
        made.kids.push_back(is(";") ? node(What::block) : expression());
        expect(";");
        made.kids.push_back(is(")") ? node(What::block) : simple());
        expect(")");
        made.kids.push_back(body());
        return made;
    }

    // --- expressions, the loosest first ---
    AwkNode expression() {
        AwkNode left = choice();
        constexpr auto signs = std::to_array<std::string_view>({"=", "+=", "-=", "*=", "/=", "%=", "^="});
        const bool place = left.what == What::variable || left.what == What::element || left.what == What::field;
        if (peek().kind == Token::Kind::sign && place &&
            std::find(signs.begin(), signs.end(), peek().text) != signs.end()) {
            const std::string sign = tokens_[at_++].text;
            return node(What::assign, sign, {std::move(left), expression()});
        }
        return left;
    }

    AwkNode choice() {
        AwkNode left = either();
        if (!take("?")) {
            return left;
        }
        AwkNode yes = expression();
        expect(":");
        return node(What::choice, "", {std::move(left), std::move(yes), expression()});
    }

    // Signs of one strength bind from the left.
    AwkNode chain(std::initializer_list<std::string_view> signs, AwkNode (Parser::*tighter)()) {
        AwkNode left = (this->*tighter)();
        while (good() && peek().kind == Token::Kind::sign &&
               std::find(signs.begin(), signs.end(), peek().text) != signs.end()) {
            const std::string sign = tokens_[at_++].text;
            if (sign == "&&" || sign == "||") {
                skip_newlines();
            }
            left = node(What::binary, sign, {std::move(left), (this->*tighter)()});
        }
        return left;
    }

    AwkNode either() { return chain({"||"}, &Parser::both); }
    AwkNode both() { return chain({"&&"}, &Parser::member); }

    AwkNode member() {
        AwkNode left = matching();
        while (good() && take_word("in")) {
            const std::string array = peek().text;
            ++at_;
            left = node(What::member, array, {std::move(left)});
        }
        return left;
    }

    AwkNode matching() {
        AwkNode left = comparison();
        while (good() && (is("~") || is("!~"))) {
            const std::string sign = tokens_[at_++].text;
            left = node(What::match, sign, {std::move(left), comparison()});
        }
        return left;
    }

    AwkNode comparison() {
        AwkNode left = joining();
        constexpr auto signs = std::to_array<std::string_view>({"<", "<=", "==", "!=", ">", ">="});
        const bool compares = peek().kind == Token::Kind::sign && !(printing_ && is(">")) &&
                              std::find(signs.begin(), signs.end(), peek().text) != signs.end();
        if (good() && compares) {
            const std::string sign = tokens_[at_++].text;
            return node(What::binary, sign, {std::move(left), joining()});
        }
        return left;
    }

    // What stands side by side is joined.
    bool begins_value() const {
        const Token& token = peek();
        if (token.kind == Token::Kind::name) {
            return token.text != "in";
        }
        return token.kind == Token::Kind::number || token.kind == Token::Kind::text ||
               token.kind == Token::Kind::call || is("$") || is("(") || is("!") || is("-") || is("+") || is("++") ||
               is("--");
    }

    AwkNode joining() {
        AwkNode left = sum();
        while (good() && begins_value() && !is("+") && !is("-")) {
            left = node(What::concat, "", {std::move(left), sum()});
        }
        return left;
    }

    AwkNode sum() { return chain({"+", "-"}, &Parser::product); }
    AwkNode product() { return chain({"*", "/", "%"}, &Parser::signed_value); }

    AwkNode signed_value() {
        if (++depth_ > deepest) {
            foreign("nesting so deep");
            return {};
        }
        AwkNode made;
        if (is("!") || is("-") || is("+")) {
            const std::string sign = tokens_[at_++].text;
            made = node(What::unary, sign, {signed_value()});
        } else {
            made = power();
        }
        --depth_;
        return made;
    }

    AwkNode power() {
        AwkNode left = stepped();
        return good() && take("^") ? node(What::binary, "^", {std::move(left), signed_value()}) : left;
    }

    AwkNode stepped() {
        if (is("++") || is("--")) {
            const std::string sign = tokens_[at_++].text;
            return node(What::increment, sign + "x", {primary()});
        }
        AwkNode made = primary();
        const bool place = made.what == What::variable || made.what == What::element || made.what == What::field;
        if (place && (is("++") || is("--"))) {
            const std::string sign = tokens_[at_++].text;
            return node(What::increment, "x" + sign, {std::move(made)});
        }
        return made;
    }

    AwkNode primary() {
        const Token token = peek();
        ++at_;
        switch (token.kind) {
            case Token::Kind::number: {
                AwkNode made = node(What::number, token.text);
                made.number = token.number;
                return made;
            }
            case Token::Kind::text: return node(What::text, token.text);
            case Token::Kind::regex: return node(What::regex, token.text);
            case Token::Kind::call: return call(token.text);
            case Token::Kind::name: return named(token.text);
            default: break;
        }
        if (token.text == "$") {
            return node(What::field, "", {is("++") || is("--") || is("-") ? signed_value() : primary()});
        }
        if (token.text == "(") {
            const bool outside = std::exchange(printing_, false);
            AwkNode made = expression();
            printing_ = outside;
            if (is(",")) {
                foreign("a list in parentheses");
            }
            expect(")");
            return made;
        }
        --at_;
        fault();
        return {};
    }

    AwkNode named(const std::string& name) {
        if (name == "length") {
            return node(What::call, name);
        }
        if (name == "getline") {
            foreign(name);
        }
        if (!take("[")) {
            return node(What::variable, name);
        }
        AwkNode made = node(What::element, name);
        do {
            made.kids.push_back(expression());
        } while (good() && take(","));
        expect("]");
        return made;
    }

    AwkNode call(const std::string& name) {
        constexpr auto known = std::to_array<std::string_view>(
            {"length", "substr", "index", "split", "sub", "gsub", "toupper", "tolower", "int", "sprintf", "match"});
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            foreign(name + "()");
        }
        expect("(");
        AwkNode made = node(What::call, name);
        const bool outside = std::exchange(printing_, false);
        while (good() && !is(")")) {
            made.kids.push_back(expression());
            if (!take(",")) {
                break;
            }
        }
        printing_ = outside;
        expect(")");
        return made;
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool printing_ = false;
    bool ended_block_ = false;
    AwkProgram program_;
};

}  // namespace

AwkProgram parse_awk(std::string_view source) {
    AwkTokens tokens = lex_awk(source);
    if (!tokens.wrong.empty()) {
        AwkProgram program;
        program.wrong = tokens.wrong;
        return program;
    }
    return Parser(std::move(tokens.all)).run();
}

}  // namespace cutaway::model::programs
