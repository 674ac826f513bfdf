// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/side.h"

#include <algorithm>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;

void FieldText::set(std::string_view what) {
    text.fill(0);
    std::copy_n(what.data(), std::min(what.size(), text.size() - 1), text.data());
}

Rect side_frame(Ink& ink, Rect rect, std::string_view id, std::string_view title, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    ink.frame(rect, theme.next, 1.5F, 6);
    Rect inner = widgets::inset(rect, 10);
    Rect head = widgets::cut_top(inner, 26);
    if (ink.button(("close_" + std::string(id)).c_str(), widgets::cut_right(head, 52), "close")) {
        Intent close{Act::side};
        close.text = "inspector";
        intents.push_back(close);
    }
    ink.text(head, title, {Type::narration, theme.text});
    widgets::cut_top(inner, 8);
    return inner;
}

Ink::FieldNews side_line(Ink& ink, Rect row, const LineLook& look, FieldText& field) {
    const theme::Theme& theme = ink.theme();
    ink.fill(row, theme.raised, 4);
    const Rect inner{row.x + 8, row.y, row.w - 14, row.h};
    const Ink::FieldNews news = ink.field(look.id, inner, {field.text, look.completed, field.wants_focus});
    ink.frame(row, look.bad ? theme.bad : news.focused ? theme.next : theme.line, news.focused ? 2 : 1, 4);
    if (field.text[0] == 0 && !news.focused) {
        ink.text(inner, look.hint, {Type::label, theme.muted});
    }
    return news;
}

int completion_rows(Ink& ink, Rect& rest, std::span<const std::string> rows) {
    constexpr float high = 22;
    const theme::Theme& theme = ink.theme();
    int pressed = -1;
    for (std::size_t n = 0; n < rows.size() && rest.h > high; ++n) {
        const Rect row = widgets::cut_top(rest, high);
        if (ink.hovered(row)) {
            ink.fill(row, theme::mixed(theme.panel, theme.next, 0.18F), 3);
        }
        const Rect inner{row.x + 8, row.y, row.w - 16, row.h};
        ink.text(inner, rows[n], {Type::mono, theme.muted});
        if (ink.touch(("complete" + std::to_string(n)).c_str(), row)) {
            pressed = static_cast<int>(n);
        }
    }
    return pressed;
}

}  // namespace cutaway::panels
