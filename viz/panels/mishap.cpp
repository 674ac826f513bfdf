// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/mishap.h"

#include <algorithm>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;

namespace {

constexpr float button_height = 28;
constexpr float gap = 6;

Intent saying(Act act, std::string_view text) {
    Intent intent{act};
    intent.text = text;
    return intent;
}

}  // namespace

void draw_mishap(Ink& ink, Rect& rest, const MishapView& shown, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const view::Mishap& mishap = shown.mishap;
    const float wide = rest.w - 24;
    const float error = std::min(ink.wrapped_height(wide, mishap.error, Type::body), rest.h * 0.25F);
    const float buttons = (button_height + gap) * (shown.can_undo ? 3 : 2);
    Rect box = widgets::cut_bottom(rest, 46 + error + buttons);
    widgets::cut_bottom(rest, 8);
    ink.fill(box, theme.panel, 6);
    ink.frame(box, theme.bad, 2, 6);
    Rect inner = widgets::inset(box, 10);
    Rect title = widgets::cut_top(inner, 24);
    ink.mark(widgets::Mark::cross, title.x + 7, title.middle_y(), 12, theme.bad);
    widgets::cut_left(title, 22);
    ink.text(title, "It went wrong: " + mishap.what, {Type::body, theme.bad});
    ink.wrapped(widgets::cut_top(inner, error), mishap.error, {Type::body, theme.text});
    widgets::cut_top(inner, gap);
    const auto row = [&] {
        const Rect place = widgets::cut_top(inner, button_height);
        widgets::cut_top(inner, gap);
        return place;
    };
    if (ink.button("to_cause", row(), "to its cause in the trace")) {
        Intent jump{Act::jump};
        jump.position = mishap.position;
        intents.push_back(jump);
    }
    if (ink.button("to_lesson", row(), "the lesson about it: " + std::string(mishap.lesson))) {
        intents.push_back(saying(Act::open_lesson, mishap.lesson));
    }
    if (shown.can_undo && ink.button("undo", row(), "undo: to before the command")) {
        intents.push_back(saying(Act::perform, "model undo"));
    }
}

}  // namespace cutaway::panels
