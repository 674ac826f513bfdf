// SPDX-License-Identifier: Apache-2.0
// Frame: one frame of the whole window from a room: where each panel stands, and which key is which intent. It draws
// the same for a window and for a picture in memory, and keeps nothing but the lines that are being typed.
#pragma once

#include "viz/app/room.h"
#include "viz/panels/lesson_card.h"
#include "viz/panels/side.h"
#include "viz/panels/terminal.h"
#include "viz/shell/keys.h"
#include "viz/theme/theme.h"

namespace cutaway::root {

struct Drawn {
    app::Intents intents;
    std::vector<widgets::Label> labels;          // for tests: what was written, where
    std::vector<widgets::Touchable> touchables;  // for scripts: what can be pressed, where
    bool card_fits = true;                       // nothing of a lesson's card must be scrolled to
};

struct Typing {
    panels::TypedLine command;
    panels::CardTyping answer;
    panels::FieldText point;
    panels::FieldText search;
    panels::FieldText palette;
    panels::FieldText trace;
    bool in_palette = false;
    app::Side side = app::Side::inspector;  // as drawn last: a panel that opens takes the keyboard
};

// How many pixels a unit is: 1600 x 900 units fill the window, times the person's zoom, never smaller than can be read.
float scale_of(float width, float height, app::Room& room);

Drawn draw_frame(app::Room& room, const theme::Fonts& fonts, float width, float height, Typing& typing);

struct Keyboard {         // what a key means depends on
    bool typing = false;  // letters are text
    bool lesson = false;
    bool list = false;
    bool palette = false;
    bool terminal = false;  // it is a container's
    bool blank = false;     // any key brings the picture back
};
Keyboard keyboard_of(app::Room& room);
std::optional<app::Intent> intent_of(const shell::Stroke& stroke, const Keyboard& keyboard);

}  // namespace cutaway::root
