// SPDX-License-Identifier: Apache-2.0
// A lesson's Markdown, taken apart and not yet understood: front matter, headings, prose, and fenced blocks of fields.
// Every piece knows its line. Total and bounded: any bytes give pieces and a list of mistakes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cutaway::lesson {

struct Mistake {
    int line = 0;
    std::string what;  // what is wrong and what to do, a lowercase sentence
};

std::string to_text(const std::string& file, const Mistake& mistake);  // "file:12: …"

struct Field {
    int line = 0;
    std::string key;
    std::string value;  // lines indented below it belong to it, joined by a space
};

struct Piece {
    enum class Kind { heading, prose, block };
    int line = 0;
    Kind kind = Kind::prose;
    std::string name;           // of a block: the word behind the fence
    std::string text;           // of a heading or prose
    std::vector<Field> fields;  // of a block
};

struct Document {
    std::vector<Field> front;
    std::vector<Piece> pieces;
    std::vector<Mistake> mistakes;
};

inline constexpr std::size_t most_document_bytes = std::size_t{256} * 1024;
inline constexpr std::size_t most_document_pieces = 2000;

Document read_document(std::string_view text);

}  // namespace cutaway::lesson
