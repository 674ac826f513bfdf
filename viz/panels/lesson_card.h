// SPDX-License-Identifier: Apache-2.0
// The lesson's card: where one is, what is told, asked or to be done, and what may be pressed. The text is set as large
// as it fits, from a size for the last row down to the body's; only what does not fit even so scrolls, and says so.
#pragma once

#include "viz/panels/terminal.h"
#include "viz/panels/tile.h"
#include "viz/view/lesson_card.h"

namespace cutaway::panels {

struct CardView {
    const view::LessonCard& card;
    bool words = false;  // instead of the text
    bool notes = false;  // below it
};

struct CardTyping {
    TypedLine line;
    std::string asked;  // what the line has had the focus for
};

void draw_lesson_card(Ink& ink, Rect rect, const CardView& shown, CardTyping& typing, app::Intents& intents);

// Whether the card's text fits into that place without scrolling.
bool lesson_card_fits(Ink& ink, Rect rect, const CardView& shown);

// The step in one sentence, over the drawing.
void draw_caption(Ink& ink, Rect rect, const view::LessonCard& card);

}  // namespace cutaway::panels
