// SPDX-License-Identifier: Apache-2.0
// Tokens of a shell script (POSIX.1-2017, 2.3). A here-document's text is read when its line ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/shell_ast.h"

namespace cutaway::model::programs {

struct Token {
    enum class What { word, operation, io_number, newline, end } what = Token::What::end;
    std::string text;
    std::size_t from = 0;
    int line = 1;
};

class Lexer {
public:
    Lexer(std::string_view text, bool is_bash) : text_(text), is_bash_(is_bash) {}

    const Token& peek();
    Token take();
    // "((…))" at the next token: what is in it. Otherwise nothing is taken.
    std::optional<std::string> take_arithmetic();
    [[nodiscard]] bool is_next(char c) const {
        return position_behind() < text_.size() && text_[position_behind()] == c;
    }
    [[nodiscard]] std::size_t position() const { return peeked_ ? token_.from : at_; }
    [[nodiscard]] std::size_t consumed() const { return at_; }
    [[nodiscard]] int line() const { return line_; }
    [[nodiscard]] bool unfinished() const { return unfinished_; }
    [[nodiscard]] std::string_view text() const { return text_; }

    struct HereDocument {
        std::string end;
        bool strip = false;
        int node = -1;
        std::size_t redirect = 0;
    };
    void expect_here_document(HereDocument document) { waiting_.push_back(std::move(document)); }
    // Texts of the here-documents whose line has ended.
    struct HereText {
        int node = -1;
        std::size_t redirect = 0;
        std::string text;
    };
    std::vector<HereText> here_texts;

private:
    // Behind the token that was looked at last, with nothing between.
    [[nodiscard]] std::size_t position_behind() const { return at_; }
    Token read();
    void skip_blank();
    void read_here_documents();
    bool read_here_document(const HereDocument& document, std::string& body);

    std::string_view text_;
    bool is_bash_;
    std::size_t at_ = 0;
    int line_ = 1;
    bool peeked_ = false;
    bool unfinished_ = false;
    Token token_;
    std::vector<HereDocument> waiting_;
};

}  // namespace cutaway::model::programs
