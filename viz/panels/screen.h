// SPDX-License-Identifier: Apache-2.0
// The screen of a terminal, drawn: its lines with what scrolled away above them, its cursor, what is marked with the
// pointer (and copied by that), and the containers that are named on it, which a press looks at.
#pragma once

#include "viz/panels/tile.h"
#include "viz/terminal/screen.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct Marked {  // with the pointer; from where it began to where it is
    terminal::Place from;
    terminal::Place to;
    bool any = false;
};

struct ScreenView {
    const terminal::Screen& screen;
    const scene::Picture& picture;
    bool attached = false;      // to a container's terminal: it has a cursor
    bool has_keyboard = false;  // and the keyboard
};

// Size in letters of a part of the drawing.
terminal::Size letters_in(const Ink& ink, Rect rect);

void draw_screen(Ink& ink, Rect rect, const ScreenView& shown, Marked& marked, app::Intents& intents);

// A program's colours in the theme's, none of which cannot be read on `ground`.
theme::Colour colour_of(const terminal::Hue& hue, const theme::Theme& theme, theme::Colour usual, theme::Colour ground);

}  // namespace cutaway::panels
