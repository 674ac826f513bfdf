// SPDX-License-Identifier: Apache-2.0
// Rich: a paragraph with **strong** words and `code` in it, wrapped. No other marks are known; a mark that is not closed
// is text. Sizes are parts of Type::reading.
#pragma once

#include <string_view>

#include "viz/widgets/ink.h"

namespace cutaway::widgets {

struct RichStyle {
    theme::Colour colour;
    float size = 1;
    bool strong = false;  // all of it
};

// Answers the height that it took.
float rich(Ink& ink, Rect box, std::string_view text, const RichStyle& style);
float rich_height(const Ink& ink, float width, std::string_view text, const RichStyle& style);
float rich_line(float size);

}  // namespace cutaway::widgets
