// SPDX-License-Identifier: Apache-2.0
// Tile: the frame of one part of the drawing: its title, whether it is what happens next or changed just now (by frame,
// mark and word), and a press on the title to open it in full.
#pragma once

#include "viz/app/intent.h"
#include "viz/widgets/ink.h"

namespace cutaway::panels {

using widgets::Ink;
using widgets::Rect;

struct Emphasis {
    bool next = false;
    bool changed = false;
    bool open = false;  // it fills the canvas
    bool lit = false;   // a lesson speaks of it
};

struct TileTitle {
    view::Part part;
    std::string_view title;
    std::string_view state;  // at the right, in a few words
};

// Answers where the content goes.
Rect tile(Ink& ink, Rect rect, const TileTitle& title, Emphasis emphasis, app::Intents& intents);

// A line of label and value; answers the height.
float fact(Ink& ink, Rect row, std::string_view name, std::string_view value, theme::Colour colour);
void pill(Ink& ink, Rect rect, std::string_view text, theme::Colour colour);

}  // namespace cutaway::panels
