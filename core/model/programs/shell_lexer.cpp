// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/shell_lexer.h"

#include <algorithm>
#include <array>

namespace cutaway::model::programs {

namespace {

constexpr std::size_t none = std::string_view::npos;

std::size_t skip_quoted(std::string_view text, std::size_t at);

// Behind "(": up to and with the ")" that closes it.
std::size_t skip_parens(std::string_view text, std::size_t at) {
    int depth = 1;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '\'' || c == '"' || c == '`' || c == '\\' || c == '$') {
            at = skip_word_part(text, at);
            if (at == none) {
                return none;
            }
            continue;
        }
        depth += c == '(' ? 1 : (c == ')' ? -1 : 0);
        ++at;
        if (depth == 0) {
            return at;
        }
    }
    return none;
}

std::size_t skip_braces(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        if (text[at] == '}') {
            return at + 1;
        }
        at = skip_word_part(text, at);
        if (at == none) {
            return none;
        }
    }
    return none;
}

std::size_t skip_quoted(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            return at + 1;
        }
        if (c == '\\' || c == '$' || c == '`') {
            at = skip_word_part(text, at);
            if (at == none) {
                return none;
            }
        } else {
            ++at;
        }
    }
    return none;
}

bool ends_word(char c) { return std::string_view(" \t\n;&|<>()").find(c) != none; }

}  // namespace

std::size_t skip_word_part(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '\\') {
        return at + 2 <= text.size() ? at + 2 : none;
    }
    if (c == '\'') {
        const std::size_t end = text.find('\'', at + 1);
        return end == none ? none : end + 1;
    }
    if (c == '"') {
        return skip_quoted(text, at + 1);
    }
    if (c == '`') {
        for (std::size_t i = at + 1; i < text.size(); ++i) {
            if (text[i] == '\\') {
                ++i;
            } else if (text[i] == '`') {
                return i + 1;
            }
        }
        return none;
    }
    if (c == '$' && at + 1 < text.size()) {
        if (text[at + 1] == '(') {
            return skip_parens(text, at + 2);
        }
        if (text[at + 1] == '{') {
            return skip_braces(text, at + 2);
        }
    }
    return at + 1;
}

void Lexer::skip_blank() {
    while (at_ < text_.size()) {
        if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r') {
            ++at_;
        } else if (text_.substr(at_).starts_with("\\\n")) {
            at_ += 2;
            ++line_;
        } else if (text_[at_] == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else {
            return;
        }
    }
}

bool Lexer::read_here_document(const HereDocument& document, std::string& body) {
    for (;;) {
        if (at_ >= text_.size()) {
            return false;
        }
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        ++line_;
        if (document.strip) {
            line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        }
        if (line == document.end) {
            return true;
        }
        body.append(line) += '\n';
    }
}

void Lexer::read_here_documents() {
    for (const HereDocument& document : waiting_) {
        std::string body;
        unfinished_ = !read_here_document(document, body) || unfinished_;
        here_texts.push_back(HereText{document.node, document.redirect, std::move(body)});
    }
    waiting_.clear();
}

Token Lexer::read() {
    skip_blank();
    Token token;
    token.from = at_;
    token.line = line_;
    if (at_ >= text_.size()) {
        unfinished_ = unfinished_ || !waiting_.empty();
        return token;
    }
    if (text_[at_] == '\n') {
        ++at_;
        ++line_;
        token.what = Token::What::newline;
        token.text = "newline";
        read_here_documents();
        return token;
    }
    if (is_bash_ && text_.substr(at_).starts_with("<<<")) {
        at_ += 3;
        token.what = Token::What::operation;
        token.text = "<<<";
        return token;
    }
    static constexpr std::array<std::string_view, 20> operations{"<<-", "&>>", "&&", "||", ";;", "<<", ">>",
                                                                 "<&",  ">&",  "<>", ">|", "&>", "&",  "|",
                                                                 ";",   "<",   ">",  "(",  ")",  "\n"};
    for (const std::string_view operation : operations) {
        if (text_.substr(at_).starts_with(operation)) {
            at_ += operation.size();
            token.what = Token::What::operation;
            token.text = std::string(operation);
            return token;
        }
    }
    while (at_ < text_.size() && !ends_word(text_[at_])) {
        if (text_.substr(at_).starts_with("\\\n")) {
            at_ += 2;
            ++line_;
            continue;
        }
        const std::size_t end = skip_word_part(text_, at_);
        if (end == none) {
            unfinished_ = true;
            at_ = text_.size();
            break;
        }
        token.text.append(text_.substr(at_, end - at_));
        at_ = end;
    }
    line_ += static_cast<int>(std::count(token.text.begin(), token.text.end(), '\n'));
    const bool digits =
        !token.text.empty() && token.text.size() < 3 && token.text.find_first_not_of("0123456789") == std::string::npos;
    const bool number = digits && at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>');
    token.what = number ? Token::What::io_number : Token::What::word;
    return token;
}

std::optional<std::string> Lexer::take_arithmetic() {
    const std::size_t from = peek().from;
    const std::size_t end = text_.substr(from).starts_with("((") ? skip_parens(text_, from + 1) : none;
    const std::string_view whole = end == none ? std::string_view() : text_.substr(from, end - from);
    const bool closes_both = whole.size() >= 4 && skip_parens(text_, from + 2) == end - 1;
    if (!closes_both || !whole.ends_with("))")) {
        return std::nullopt;
    }
    at_ = end;
    line_ += static_cast<int>(std::count(whole.begin(), whole.end(), '\n'));
    peeked_ = false;
    return std::string(whole.substr(2, whole.size() - 4));
}

const Token& Lexer::peek() {
    if (!peeked_) {
        token_ = read();
        peeked_ = true;
    }
    return token_;
}

Token Lexer::take() {
    (void)peek();
    peeked_ = false;
    return token_;
}

}  // namespace cutaway::model::programs
