// SPDX-License-Identifier: Apache-2.0
// Reader: tokens one after another, and expressions of them. The first problem stays; what is read behind it is
// nothing, so loops ask failed(). Used by the statements' parser alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/pg_syntax.h"

namespace cutaway::model::pg {

class Reader {
public:
    Reader(std::vector<Token> tokens, Problem& problem) : tokens_(std::move(tokens)), problem_(problem) {}

    [[nodiscard]] const Token& now() const { return tokens_[next_]; }
    [[nodiscard]] const Token& ahead(std::size_t by) const {
        return tokens_[next_ + by < tokens_.size() ? next_ + by : tokens_.size() - 1];
    }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return failed_ || now().kind == TokenKind::end; }
    [[nodiscard]] bool is_word(std::string_view word) const {
        return now().kind == TokenKind::word && now().text == word;
    }
    [[nodiscard]] bool is_symbol(std::string_view symbol) const {
        return now().kind == TokenKind::symbol && now().text == symbol;
    }
    bool take_word(std::string_view word);
    bool take_symbol(std::string_view symbol);
    bool take_words(std::string_view first, std::string_view second);
    void need_word(std::string_view word);
    void need_symbol(std::string_view symbol);
    std::string need_name();
    std::string need_string();
    Token take();

    void unexpected();  // "syntax error at or near", or what is SQL's but not this model's
    void refuse(std::string_view what, std::size_t at);
    void complain(Problem problem);

    Expression expression() { return any_of(); }
    std::vector<Expression> list();  // within parentheses, at least one
    Type type();

private:
    Expression any_of();
    Expression all_of();
    Expression negation();
    Expression comparison();
    Expression tested(Expression one);
    Expression sum();
    Expression product();
    Expression signed_one();
    Expression postfix();
    Expression primary();
    Expression named();
    Expression call(const Token& name);
    Expression choice();
    Expression operation(const Token& op, Expression one, Expression other);

    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    Problem& problem_;
    bool failed_ = false;
    int depth_ = 0;
};

bool is_reserved(std::string_view word);

}  // namespace cutaway::model::pg
