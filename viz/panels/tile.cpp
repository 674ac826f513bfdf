// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/tile.h"

namespace cutaway::panels {

using theme::Type;
using widgets::Align;
using widgets::Mark;

void pill(Ink& ink, Rect rect, std::string_view text, theme::Colour colour) {
    ink.fill(rect, theme::mixed(ink.theme().panel, colour, 0.22F), rect.h / 2);
    ink.frame(rect, colour, 1, rect.h / 2);
    ink.text(widgets::inset(rect, 2), text, {Type::label, ink.theme().text, Align::centre});
}

Rect tile(Ink& ink, Rect rect, const TileTitle& title, Emphasis emphasis, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    const theme::Colour edge = emphasis.next      ? theme.next
                               : emphasis.changed ? theme.changed
                               : emphasis.lit     ? theme.muted
                                                  : theme.line;
    ink.frame(rect, edge, emphasis.next ? 2.5F : emphasis.changed ? 1.5F : 1, 6);
    Rect inner = widgets::inset(rect, 9);
    Rect head = widgets::cut_top(inner, 22);
    const std::string id = "tile" + std::string(to_name(title.part));
    if (ink.touch(id.c_str(), head)) {
        app::Intent open{app::Act::open_part};
        open.part = title.part;
        intents.push_back(open);
    }
    if (ink.hovered(head)) {
        ink.tip(emphasis.open ? "Back to the overview (Esc)" : "Open this part in full");
    }
    const bool lit = emphasis.next || emphasis.changed || emphasis.open || emphasis.lit;
    Rect name = head;
    if (emphasis.lit) {  // before the title, so that it can be beside "next"
        ink.mark(Mark::diamond, name.x + 6, name.middle_y(), 11, theme.next);
        widgets::cut_left(name, 18);
    }
    if (emphasis.next || emphasis.changed) {
        const Rect badge = widgets::cut_right(name, emphasis.next ? 54 : 84);
        pill(ink, {badge.x, badge.y + 1, badge.w, 20}, emphasis.next ? "next" : "changed", edge);
        widgets::cut_right(name, 8);
    }
    const float used = ink.text(name, title.title, {Type::body, lit ? theme.text : theme.muted});
    name.x += used + 10;
    name.w -= used + 10;
    ink.text(name, title.state, {Type::label, theme.muted, Align::right});
    widgets::cut_top(inner, 5);
    return inner;
}

float fact(Ink& ink, Rect row, std::string_view name, std::string_view value, theme::Colour colour) {
    const float wide = std::min(row.w * 0.46F, 100.0F);
    ink.text(widgets::cut_left(row, wide), name, {Type::label, ink.theme().muted});
    ink.text(row, value, {Type::mono, colour});
    return row.h;
}

}  // namespace cutaway::panels
