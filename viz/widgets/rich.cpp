// SPDX-License-Identifier: Apache-2.0
#include "viz/widgets/rich.h"

#include <algorithm>
#include <functional>
#include <string>

namespace cutaway::widgets {

using theme::Type;

namespace {

enum class Kind { plain, strong, code };

struct Word {
    std::string_view text;
    Kind kind = Kind::plain;
    bool spaced = false;  // a space stands before it
};

Type type_of(Kind kind) { return kind == Kind::code ? Type::code : kind == Kind::strong ? Type::title : Type::reading; }

// The strong face is there in the size of titles.
float size_of(Kind kind, float size) {
    return kind == Kind::strong ? size * theme::size_of(Type::reading) / theme::size_of(Type::title) : size;
}

void split(std::vector<Word>& words, std::string_view text, Kind kind, bool& spaced) {
    while (!text.empty()) {
        const std::size_t begin = text.find_first_not_of(" \n");
        spaced = spaced || begin != 0;
        if (begin == std::string_view::npos) {
            return;
        }
        text.remove_prefix(begin);
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        words.push_back({word, kind, spaced});
        spaced = false;
        text.remove_prefix(word.size());
    }
}

// From one mark to the next of its kind; what stands between two marks is of their kind.
std::vector<Word> words_of(std::string_view text, bool strong) {
    std::vector<Word> words;
    const Kind usual = strong ? Kind::strong : Kind::plain;
    bool spaced = false;
    while (!text.empty()) {
        const std::size_t bold = text.find("**");
        const std::size_t tick = text.find('`');
        const std::size_t begin = std::min(bold, tick);
        const std::string_view mark = begin == bold ? "**" : "`";
        const std::size_t end = begin == std::string_view::npos ? begin : text.find(mark, begin + mark.size());
        if (end == std::string_view::npos) {
            split(words, text, usual, spaced);
            break;
        }
        split(words, text.substr(0, begin), usual, spaced);
        split(words, text.substr(begin + mark.size(), end - begin - mark.size()),
              mark == "`" ? Kind::code : Kind::strong, spaced);
        text.remove_prefix(end + mark.size());
    }
    return words;
}

// How many bytes of a word that is too wide for a line still fit into one: whole letters, one at least.
std::size_t fitting(const Ink& ink, const Word& word, float width, float size) {
    std::size_t fits = 0;
    for (std::size_t at = 1; at <= word.text.size(); ++at) {
        const bool whole = at == word.text.size() || (static_cast<unsigned char>(word.text[at]) & 0xC0U) != 0x80U;
        if (whole && fits != 0 && ink.width(word.text.substr(0, at), type_of(word.kind), size) > width) {
            break;
        }
        fits = whole ? at : fits;
    }
    return fits;
}

using Put = std::function<void(const Word& word, float x, float y, float width)>;

float lay_out(const Ink& ink, float width, const std::vector<Word>& words, float size, const Put& put) {
    const float line = rich_line(size);
    const float space = ink.width(" ", Type::reading, size);
    float x = 0;
    float y = 0;
    for (Word word : words) {
        while (!word.text.empty()) {
            const float own = size_of(word.kind, size);
            const float wide = ink.width(word.text, type_of(word.kind), own);
            const float gap = word.spaced && x > 0 ? space : 0;
            if (x > 0 && x + gap + wide > width) {
                x = 0;
                y += line;
                continue;
            }
            Word piece = word;
            piece.text = word.text.substr(0, wide > width ? fitting(ink, word, width, own) : word.text.size());
            const float drawn = ink.width(piece.text, type_of(word.kind), own);
            put(piece, x + gap, y, drawn);
            x += gap + drawn;
            word.text.remove_prefix(piece.text.size());
            word.spaced = false;
        }
    }
    return words.empty() ? 0 : y + line;
}

}  // namespace

float rich_line(float size) { return theme::line_of(Type::reading) * size * 0.96F; }

float rich(Ink& ink, Rect box, std::string_view text, const RichStyle& style) {
    const theme::Theme& theme = ink.theme();
    const float line = rich_line(style.size);
    return lay_out(
        ink, box.w, words_of(text, style.strong), style.size, [&](const Word& word, float x, float y, float width) {
            const Rect place{box.x + x, box.y + y, std::max(box.w - x, width), line};
            if (word.kind == Kind::code) {
                ink.fill({place.x - 1, place.y + 1, width + 2, line - 3}, mixed(theme.panel, theme.muted, 0.18F), 3);
            }
            ink.text(place, word.text, {type_of(word.kind), style.colour, Align::left, size_of(word.kind, style.size)});
        });
}

float rich_height(const Ink& ink, float width, std::string_view text, const RichStyle& style) {
    return lay_out(ink, width, words_of(text, style.strong), style.size, [](const Word&, float, float, float) {});
}

}  // namespace cutaway::widgets
