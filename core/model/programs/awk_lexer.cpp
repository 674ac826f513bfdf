// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/awk_lexer.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace cutaway::model::programs {

namespace {

using Token = AwkToken;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (skip_blank()) {
            tokens.push_back(next(tokens.empty() ? Token{} : tokens.back()));
        }
        tokens.push_back({});
        return tokens;
    }
    [[nodiscard]] const std::string& wrong() const { return wrong_; }

private:
    bool skip_blank() {
        while (at_ < source_.size()) {
            const char c = source_[at_];
            if (c == '#') {
                at_ = std::min(source_.find('\n', at_), source_.size());
            } else if (c == '\\' && at_ + 1 < source_.size() && source_[at_ + 1] == '\n') {
                at_ += 2;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                ++at_;
            } else {
                break;
            }
        }
        return at_ < source_.size() && wrong_.empty();
    }

    // A slash divides behind a value and opens a pattern everywhere else.
    static bool is_value(const Token& last) {
        return last.kind == Token::Kind::number || last.kind == Token::Kind::text || last.kind == Token::Kind::name ||
               (last.kind == Token::Kind::sign &&
                (last.text == ")" || last.text == "]" || last.text == "$" || last.text == "++" || last.text == "--"));
    }

    Token next(const Token& last) {
        const char c = source_[at_];
        if (c == '\n') {
            ++at_;
            return {Token::Kind::newline, "\n", 0};
        }
        if (is_digit(c) || (c == '.' && at_ + 1 < source_.size() && is_digit(source_[at_ + 1]))) {
            const std::string rest(source_.substr(at_, 40));
            char* end = nullptr;
            const double number = std::strtod(rest.c_str(), &end);
            const auto size = static_cast<std::size_t>(end - rest.c_str());
            at_ += size;
            return {Token::Kind::number, rest.substr(0, size), number};
        }
        if (is_letter(c)) {
            const std::size_t from = at_;
            while (at_ < source_.size() && (is_letter(source_[at_]) || is_digit(source_[at_]))) {
                ++at_;
            }
            const bool call = at_ < source_.size() && source_[at_] == '(';
            return {call ? Token::Kind::call : Token::Kind::name, std::string(source_.substr(from, at_ - from)), 0};
        }
        if (c == '"') {
            return quoted('"', Token::Kind::text);
        }
        if (c == '/' && !is_value(last)) {
            return quoted('/', Token::Kind::regex);
        }
        return sign();
    }

    Token quoted(char mark, Token::Kind kind) {
        std::string text;
        for (++at_; at_ < source_.size() && source_[at_] != mark; ++at_) {
            const char c = source_[at_];
            if (c != '\\' || at_ + 1 >= source_.size()) {
                text += c;
                continue;
            }
            const char next = source_[++at_];
            if (kind == Token::Kind::regex) {
                text += next == '/' ? "/" : std::string{'\\', next};
            } else {
                text += next == 'n' ? '\n' : next == 't' ? '\t' : next;
            }
        }
        if (at_ >= source_.size()) {
            wrong_ = "unterminated " + std::string(mark == '"' ? "string" : "regexp");
        }
        ++at_;
        return {kind, text, 0};
    }

    Token sign() {
        constexpr auto two = std::to_array<std::string_view>(
            {"&&", "||", "==", "!=", "<=", ">=", "!~", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", ">>"});
        const std::string_view both = source_.substr(at_, 2);
        const bool double_sign = std::find(two.begin(), two.end(), both) != two.end();
        const std::string text(source_.substr(at_, double_sign ? 2 : 1));
        at_ += text.size();
        return {Token::Kind::sign, text == "**" ? "^" : text, 0};
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::string wrong_;
};

}  // namespace

AwkTokens lex_awk(std::string_view source) {
    Lexer lexer(source);
    AwkTokens tokens;
    tokens.all = lexer.run();
    tokens.wrong = lexer.wrong();
    return tokens;
}

}  // namespace cutaway::model::programs
