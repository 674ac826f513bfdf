// SPDX-License-Identifier: Apache-2.0
#include <cctype>

#include "core/model/programs/pg_syntax.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
public:
    Scanner(std::string_view sql, Problem& problem) : sql_(sql), problem_(problem) {}

    std::optional<std::vector<Token>> all() {
        std::vector<Token> tokens;
        while (skip_blank()) {
            Token token = one();
            if (failed_) {
                return std::nullopt;
            }
            token.typed = sql_.substr(token.at - 1, at_ + 1 - token.at);
            tokens.push_back(std::move(token));
        }
        if (failed_) {
            return std::nullopt;
        }
        tokens.push_back(Token{TokenKind::end, "", "", sql_.size() + 1});
        return tokens;
    }

private:
    [[nodiscard]] char peek(std::size_t by = 0) const { return at_ + by < sql_.size() ? sql_[at_ + by] : '\0'; }

    // False: nothing comes any more.
    bool skip_blank() {
        while (at_ < sql_.size()) {
            if (std::isspace(static_cast<unsigned char>(peek())) != 0) {
                ++at_;
            } else if (sql_.substr(at_).starts_with("--")) {
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            } else if (sql_.substr(at_).starts_with("/*")) {
                const std::size_t end = sql_.find("*/", at_ + 2);
                if (end == std::string_view::npos) {
                    fail("unterminated /* comment", at_);
                    return false;
                }
                at_ = end + 2;
            } else {
                return true;
            }
        }
        return false;
    }

    Token one() {
        Token token;
        token.at = at_ + 1;
        if (is_letter(peek())) {
            token.kind = TokenKind::word;
            while (is_letter(peek()) || is_digit(peek()) || peek() == '$') {
                token.text.push_back(peek());
                ++at_;
            }
            token.text = programs::lower(token.text);
        } else if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) {
            number(token);
        } else if (peek() == '\'' || peek() == '"') {
            token.kind = peek() == '\'' ? TokenKind::string : TokenKind::quoted;
            quoted(token, peek());
        } else if (const std::string_view tag = dollar_tag(); !tag.empty()) {
            token.kind = TokenKind::string;
            dollar_quoted(token, tag);
        } else {
            token.kind = TokenKind::symbol;
            for (const std::string_view two : {"::", "<=", ">=", "<>", "!=", "||"}) {
                token.text = sql_.substr(at_).starts_with(two) ? two : token.text;
            }
            token.text = token.text.empty() ? std::string(1, peek()) : token.text;
            at_ += token.text.size();
        }
        return token;
    }

    void number(Token& token) {
        token.kind = TokenKind::number;
        const std::size_t from = at_;
        while (is_digit(peek()) || peek() == '.') {
            ++at_;
        }
        if (peek() == 'e' || peek() == 'E') {
            at_ += peek(1) == '-' || peek(1) == '+' ? 2 : 1;
            while (is_digit(peek())) {
                ++at_;
            }
        }
        token.text = sql_.substr(from, at_ - from);
        if (is_letter(peek())) {
            fail("trailing junk after numeric literal at or near \"" + token.text + peek() + "\"", from);
        }
    }

    void quoted(Token& token, char mark) {
        const std::size_t from = at_++;
        while (true) {
            const std::size_t end = sql_.find(mark, at_);
            if (end == std::string_view::npos) {
                fail(std::string("unterminated quoted ") + (mark == '\'' ? "string" : "identifier") + " at or near \"" +
                         std::string(sql_.substr(from)) + "\"",
                     from);
                return;
            }
            token.text += sql_.substr(at_, end - at_);
            at_ = end + 1;
            if (peek() != mark) {
                return;
            }
            token.text.push_back(mark);
            ++at_;
        }
    }

    // "$$" or "$word$" where one begins.
    [[nodiscard]] std::string_view dollar_tag() const {
        const std::string_view rest = sql_.substr(at_);
        std::size_t end = 1;
        while (end < rest.size() && (is_letter(rest[end]) || (end > 1 && is_digit(rest[end])))) {
            ++end;
        }
        return rest.starts_with("$") && end < rest.size() && rest[end] == '$' ? rest.substr(0, end + 1)
                                                                              : std::string_view();
    }

    void dollar_quoted(Token& token, std::string_view tag) {
        const std::size_t from = at_ + tag.size();
        const std::size_t end = sql_.find(tag, from);
        if (end == std::string_view::npos) {
            fail("unterminated dollar-quoted string at or near \"" + std::string(sql_.substr(at_)) + "\"", at_);
            return;
        }
        token.text = sql_.substr(from, end - from);
        at_ = end + tag.size();
    }

    void fail(std::string message, std::size_t from) {
        failed_ = true;
        problem_ = {"42601", std::move(message), from + 1, {}, {}};
    }

    std::string_view sql_;
    Problem& problem_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace

std::optional<std::vector<Token>> tokens_of(std::string_view sql, Problem& problem) {
    return Scanner(sql, problem).all();
}

}  // namespace cutaway::model::pg
