// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/between.h"

#include "viz/panels/inspector.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Align;

namespace {

struct PinLook {
    std::string_view letter;
    const char* pin_id;
    const char* go_id;
    Act pin;
};

void draw_pin(Ink& ink, Rect row, const view::PinRow& pin, const PinLook& look, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const Rect letter = widgets::cut_left(row, 30);
    ink.frame({letter.x, letter.y + 2, 24, letter.h - 4}, pin.set ? theme.next : theme.muted, 1.5F, 4);
    ink.text({letter.x, letter.y, 24, letter.h}, look.letter, {Type::mono, theme.text, Align::centre});
    if (ink.button(look.pin_id, widgets::cut_right(row, 66), "pin here")) {
        intents.push_back(Intent{look.pin});
    }
    widgets::cut_right(row, 6);
    if (pin.set) {
        if (ink.button(look.go_id, widgets::cut_right(row, 44), "look")) {
            Intent jump{Act::jump};
            jump.position = pin.position;
            intents.push_back(jump);
        }
        widgets::cut_right(row, 6);
    }
    ink.text(row, pin.set ? pin.words : "not pinned", {Type::label, pin.set ? theme.text : theme.muted});
}

std::string says_of(const view::Between& between) {
    if (!between.a.set || !between.b.set) {
        return "Pin two moments, with [ and ], and what differs between them stands here.";
    }
    if (between.changes.empty()) {
        return "Nothing that is drawn differs between the two.";
    }
    return between.a.position <= between.b.position ? "From A to B:" : "From A back to B:";
}

}  // namespace

void draw_between(Ink& ink, Rect rect, const view::Between& between, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "pins", "Between two moments", intents);
    draw_pin(ink, widgets::cut_top(rest, 28), between.a, {"A", "pin_a", "look_a", Act::pin_a}, intents);
    widgets::cut_top(rest, 4);
    draw_pin(ink, widgets::cut_top(rest, 28), between.b, {"B", "pin_b", "look_b", Act::pin_b}, intents);
    widgets::cut_top(rest, 8);
    const std::string says = says_of(between);
    const float high = ink.wrapped_height(rest.w, says, Type::body);
    ink.wrapped(widgets::cut_top(rest, high), says, {Type::body, theme.muted});
    widgets::cut_top(rest, 6);
    ink.begin_scroll("between", rest);
    float y = 0;
    for (const view::ChangeRow& change : between.changes) {
        y += draw_change(ink, {0, y, rest.w - 18, 4 * 19}, change);
    }
    if (between.more != 0) {
        ink.text({0, y, rest.w - 18, 20}, "and " + std::to_string(between.more) + " more", {Type::label, theme.muted});
        y += 20;
    }
    ink.end_scroll(y + 8);
}

}  // namespace cutaway::panels
