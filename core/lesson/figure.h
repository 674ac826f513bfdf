// SPDX-License-Identifier: Apache-2.0
// Drawing: a figure of a lesson, laid out: rectangles, lines and texts with their places, in units of which a text of size 1
// is 13 high. One layout makes them out of NAME.figure (docs/lesson-format.md); the window and the handout only paint them.
// A tone is never the only thing that tells two shapes apart: words, dashes or thickness say it, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/lesson/document.h"

namespace cutaway::lesson {

enum class Tone { plain, quiet, accent, good, bad, changed };
CUTAWAY_ENUM(Tone, plain, quiet, accent, good, bad, changed)

struct Place {
    float x = 0;
    float y = 0;
    float w = 0;
    float h = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

struct Shape {
    enum class Kind { box, line, text };
    Kind kind = Kind::box;
    Place place;  // of a line: from x, y by w, h
    Tone tone = Tone::plain;
    bool filled = false;  // a box, with a little of its tone
    bool dashed = false;
    bool arrow = false;  // a line's end
    float thick = 1.5F;
    float round = 3;
    std::string text;  // one line, in the middle of its place
    float size = 1;
    friend bool operator==(const Shape&, const Shape&) = default;
};

struct Drawing {
    float width = 0;
    float height = 0;
    std::vector<Shape> shapes;  // in the order in which they are painted
    friend bool operator==(const Drawing&, const Drawing&) = default;
};

inline constexpr float figure_text = 13;     // how high a text of size 1 is
inline constexpr float widest_figure = 440;  // wider ones could not be read in the window's card

struct ReadFigure {
    Drawing drawing;
    std::vector<Mistake> mistakes;
};

ReadFigure read_figure(std::string_view text);

// As wide as a wide sans-serif sets it, so that no common one is wider.
float figure_text_width(std::string_view text, float size);

}  // namespace cutaway::lesson
