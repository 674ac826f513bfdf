// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/screen.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using terminal::Cell;
using terminal::Look;
using terminal::Place;
using theme::Colour;
using theme::Type;

namespace {

constexpr float line_height = 19;
constexpr double readable = 4.5;

// The eight colours of old, and their bright ones, by what the theme has that is nearest.
Colour named_colour(const theme::Theme& theme, unsigned index) {
    const std::array<Colour, 8> eight{theme.muted, theme.bad,       theme.good, theme.changed,
                                      theme.next,  theme.actors[2], theme.next, theme.text};
    return index < 8 ? eight[index] : theme::mixed(eight[index - 8], theme.text, 0.3F);
}

Colour of_256(unsigned index) {
    Colour colour;
    if (index >= 232) {
        colour.r = colour.g = colour.b = static_cast<std::uint8_t>(8 + (index - 232) * 10);
        return colour;
    }
    const auto part = [](unsigned level) { return static_cast<std::uint8_t>(level == 0 ? 0 : 55 + level * 40); };
    colour.r = part((index - 16) / 36);
    colour.g = part((index - 16) / 6 % 6);
    colour.b = part((index - 16) % 6);
    return colour;
}

struct Paint {
    Colour ink;
    Colour ground;
    bool fills = false;
};

Paint paint_of(const Look& look, const theme::Theme& theme) {
    Paint paint;
    paint.fills = look.ground.kind != terminal::Hue::Kind::usual || look.reverse;
    paint.ground = colour_of(look.ground, theme, theme.panel, theme.panel);
    if (look.ground.kind == terminal::Hue::Kind::palette && look.ground.index < 16) {
        paint.ground = theme::mixed(theme.panel, paint.ground, 0.35F);
    }
    paint.ink = colour_of(look.ink, theme, theme.text, look.reverse ? theme.panel : paint.ground);
    if (look.reverse) {
        std::swap(paint.ink, paint.ground);
    }
    return paint;
}

// Behind the last line that is drawn: the empty one that a transcript ends with is not.
std::uint64_t last_line(const ScreenView& shown) {
    const std::uint64_t used = shown.screen.used();
    const bool ends_empty = !shown.attached && used > shown.screen.first() + 1 && shown.screen.line(used - 1).empty();
    return ends_empty ? used - 1 : used;
}

bool in_word(const Cell& cell) {
    const char32_t letter = cell.letters[0];
    return (letter >= U'a' && letter <= U'z') || (letter >= U'A' && letter <= U'Z') ||
           (letter >= U'0' && letter <= U'9') || letter == U'_' || letter == U'-' || letter == U'.';
}

class Lines {
public:
    Lines(Ink& ink, const ScreenView& shown, const Marked& marked)
        : ink_(ink), shown_(shown), marked_(marked), wide_(ink.advance(Type::mono)) {}

    [[nodiscard]] Place at(widgets::Point point) const {
        const std::uint64_t last = last_line(shown_);
        const auto down = static_cast<std::uint64_t>(std::max(point.y / line_height, 0.0F));
        return {std::min(shown_.screen.first() + down, last),
                std::max(static_cast<int>(std::floor(point.x / wide_ + 0.5F)), 0)};
    }

    void draw(float from, float high) {
        const std::uint64_t first = shown_.screen.first();
        const auto begin = first + static_cast<std::uint64_t>(std::max(from, 0.0F) / line_height);
        const std::uint64_t end =
            std::min(begin + static_cast<std::uint64_t>(high / line_height) + 2, last_line(shown_));
        for (std::uint64_t number = begin; number < end; ++number) {
            const std::vector<Cell> cells = shown_.screen.line(number);
            const float y = static_cast<float>(number - first) * line_height;
            draw_marked(number, y, cells.size());
            draw_cells(cells, y);
            draw_names(cells, y, number);
        }
        draw_cursor(first);
    }

    [[nodiscard]] const std::string& pointed() const { return pointed_; }  // the container under the pointer

private:
    [[nodiscard]] float x_of(std::size_t column) const { return static_cast<float>(column) * wide_; }

    void draw_marked(std::uint64_t number, float y, std::size_t length) {
        const Place from = std::min(marked_.from, marked_.to);
        const Place to = std::max(marked_.from, marked_.to);
        if (!marked_.any || number < from.line || number > to.line) {
            return;
        }
        const auto begin = number == from.line ? static_cast<std::size_t>(from.column) : 0;
        const std::size_t end = number == to.line ? static_cast<std::size_t>(to.column) : length + 1;
        if (begin < end) {
            ink_.fill({x_of(begin), y, x_of(end - begin), line_height},
                      theme::mixed(ink_.theme().panel, ink_.theme().next, 0.35F), 0);
        }
    }

    void draw_cells(const std::vector<Cell>& cells, float y) {
        std::size_t begin = 0;
        while (begin < cells.size()) {
            std::size_t end = begin + 1;
            while (end < cells.size() && cells[end].look == cells[begin].look && !cells[end - 1].wide) {
                ++end;
            }
            end = std::min(end + (cells[end - 1].wide ? 1 : 0), cells.size());
            draw_run(
                {cells.begin() + static_cast<std::ptrdiff_t>(begin), cells.begin() + static_cast<std::ptrdiff_t>(end)},
                {x_of(begin), y});
            begin = end;
        }
    }

    void draw_run(const std::vector<Cell>& run, widgets::Point where) {
        const Look& look = run.front().look;
        const Paint paint = paint_of(look, ink_.theme());
        if (paint.fills) {
            ink_.fill({where.x, where.y, x_of(run.size()), line_height}, paint.ground, 0);
        }
        const std::string text = terminal::utf8(run);
        if (text.find_first_not_of(' ') != std::string::npos) {
            ink_.letters(where, text, Type::mono, paint.ink);
            if (look.bold) {
                ink_.letters({where.x + 0.6F, where.y}, text, Type::mono, paint.ink);
            }
        }
        if (look.underline) {
            ink_.line({where.x, where.y + line_height - 2}, {where.x + x_of(run.size()), where.y + line_height - 2},
                      paint.ink);
        }
    }

    void draw_names(const std::vector<Cell>& cells, float y, std::uint64_t number) {
        const Place pointer = at(ink_.pointer());
        for (std::size_t begin = 0; begin < cells.size(); ++begin) {
            if (!in_word(cells[begin])) {
                continue;
            }
            std::size_t end = begin;
            std::string word;
            for (; end < cells.size() && in_word(cells[end]); ++end) {
                word += static_cast<char>(cells[end].letters[0]);
            }
            if (const scene::Container* container = view::named(shown_.picture, word)) {
                const Rect box{x_of(begin), y, x_of(end - begin), line_height};
                const bool over = pointer.line == number && ink_.hovered(box);
                const float low = y + line_height - 2;
                ink_.line({box.x, low}, {box.right(), low}, over ? ink_.theme().next : ink_.theme().muted,
                          over ? 2.0F : 1.0F);
                pointed_ = over ? container->record.id : pointed_;
            }
            begin = end;
        }
    }

    void draw_cursor(std::uint64_t first) {
        const terminal::Cursor cursor = shown_.screen.cursor();
        if (!shown_.attached || !cursor.visible || cursor.at.line < first) {
            return;
        }
        const Rect box{x_of(static_cast<std::size_t>(cursor.at.column)),
                       static_cast<float>(cursor.at.line - first) * line_height, wide_, line_height};
        if (shown_.has_keyboard) {
            ink_.fill(box, theme::faded(ink_.theme().next, 0.6F), 1);
        }
        ink_.frame(box, ink_.theme().next, 1, 1);
    }

    Ink& ink_;
    const ScreenView& shown_;
    const Marked& marked_;
    float wide_;
    std::string pointed_;
};

void mark(Ink& ink, Marked& marked, const ScreenView& shown, Place here) {
    switch (ink.drag()) {
        case Ink::Drag::began: marked = {here, here, false}; break;
        case Ink::Drag::goes:
            marked.to = here;
            marked.any = marked.from != marked.to;
            break;
        case Ink::Drag::ended:
            if (marked.any) {
                Ink::copy(shown.screen.text(std::min(marked.from, marked.to), std::max(marked.from, marked.to)));
            }
            break;
        case Ink::Drag::none: break;
    }
}

}  // namespace

Colour colour_of(const terminal::Hue& hue, const theme::Theme& theme, Colour usual, Colour ground) {
    Colour colour = usual;
    if (hue.kind == terminal::Hue::Kind::rgb) {
        colour.r = hue.r;
        colour.g = hue.g;
        colour.b = hue.b;
    } else if (hue.kind == terminal::Hue::Kind::palette) {
        colour = hue.index < 16 ? named_colour(theme, hue.index) : of_256(hue.index);
    }
    const bool light = theme::contrast(theme.text, ground) > theme::contrast(theme.panel, ground);
    for (int step = 0; step < 5 && colour != ground && theme::contrast(colour, ground) < readable; ++step) {
        colour = theme::mixed(colour, light ? theme.text : theme.panel, 0.3F);
    }
    return colour;
}

terminal::Size letters_in(const Ink& ink, Rect rect) {
    constexpr float bar = 14;  // of scrolling
    return {static_cast<int>(rect.h / line_height), static_cast<int>((rect.w - bar) / ink.advance(Type::mono))};
}

void draw_screen(Ink& ink, Rect rect, const ScreenView& shown, Marked& marked, app::Intents& intents) {
    const float high = static_cast<float>(last_line(shown) - shown.screen.first()) * line_height;
    widgets::cut_top(rect, rect.h - line_height * std::floor(rect.h / line_height));  // no halves of lines
    ink.begin_scroll("transcript", rect);
    Lines lines(ink, shown, marked);
    const float from = ink.scrolled();
    lines.draw(from, rect.h);
    const bool pressed = ink.touch("screen", {0, from, rect.w - 14, rect.h - 4});
    mark(ink, marked, shown, lines.at(ink.pointer()));
    if (pressed && !marked.any) {
        if (!lines.pointed().empty()) {
            Intent look{Act::look_at};
            look.text = lines.pointed();
            intents.push_back(look);
        } else if (!shown.has_keyboard) {
            intents.push_back(Intent{Act::at_terminal});
        }
    }
    ink.keep_at_bottom();
    ink.end_scroll(high);
}

}  // namespace cutaway::panels
