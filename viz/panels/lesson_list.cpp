// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/lesson_list.h"

#include <algorithm>

#include "viz/widgets/rich.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using view::LessonState;
using widgets::Align;
using widgets::Mark;

namespace {

constexpr float gap = 12;

Mark mark_of(LessonState state) {
    return state == LessonState::finished ? Mark::check : state == LessonState::begun ? Mark::diamond : Mark::ring;
}

void draw_row(Ink& ink, Rect cell, const view::LessonRow& lesson, bool chosen, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const bool over = ink.hovered(cell);
    ink.fill(cell, chosen || over ? theme::mixed(theme.panel, theme.next, 0.18F) : theme.panel, 5);
    ink.frame(cell, chosen ? theme.next : theme.line, chosen ? 2 : 1, 5);
    const theme::Colour colour = lesson.state == LessonState::finished ? theme.good
                                 : lesson.state == LessonState::begun  ? theme.next
                                                                       : theme.muted;
    ink.mark(mark_of(lesson.state), cell.x + 18, cell.middle_y(), 14, colour);
    Rect text{cell.x + 36, cell.y, cell.w - 46, cell.h};
    ink.text(widgets::cut_left(text, 44), lesson.id, {Type::mono, theme.muted});
    const std::string state = (lesson.playing ? "open, " : "") + lesson.where;
    const bool two = cell.h >= 44;
    if (two) {
        Rect below{text.x, text.y + text.h / 2, text.w, text.h / 2 - 3};
        ink.text(widgets::cut_right(below, 70), lesson.minutes, {Type::label, theme.muted, Align::right});
        ink.text(below, state, {Type::label, colour});
        text.h = text.h / 2 + 2;
    } else {
        ink.text(widgets::cut_right(text, 56), lesson.minutes, {Type::label, theme.muted, Align::right});
        const float wide = std::min(ink.width(state, Type::label) + 8, text.w * 0.45F);
        ink.text(widgets::cut_right(text, wide), state, {Type::label, colour, Align::right});
    }
    ink.text(text, lesson.title, {cell.h > 66 ? Type::narration : Type::body, theme.text});
    const std::string id = "lesson" + lesson.id;
    if (ink.touch(id.c_str(), cell)) {
        Intent open{Act::open_lesson};
        open.text = lesson.id;
        intents.push_back(std::move(open));
    }
}

void draw_head(Ink& ink, Rect head, bool playing, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    if (ink.button("close_lessons", widgets::cut_right(head, 70), "close")) {
        intents.push_back(Intent{Act::lessons});
    }
    widgets::cut_right(head, 6);
    if (playing && ink.button("free_machine", widgets::cut_right(head, 200), "leave: the free machine")) {
        intents.push_back(Intent{Act::leave_lesson});
    }
    const float title = ink.text(head, "Lessons", {Type::title, theme.text});
    widgets::cut_left(head, title + 18);
    ink.text(head, "Up and Down choose, Enter opens; you go on where you stopped.", {Type::label, theme.muted});
}

}  // namespace

void draw_lesson_list(Ink& ink, Rect rect, const std::vector<view::LessonRow>& rows, ListState state,
                      app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect inner = widgets::inset(rect, 16);
    draw_head(ink, widgets::cut_top(inner, 32), state.playing, intents);
    widgets::cut_top(inner, 10);
    Rect about = widgets::cut_bottom(inner, 66);
    widgets::cut_bottom(inner, gap);
    const std::size_t columns = inner.w > 900 ? 2 : 1;
    const std::size_t each = (rows.size() + columns - 1) / std::max<std::size_t>(columns, 1);
    const float high = std::clamp(inner.h / static_cast<float>(std::max<std::size_t>(each, 1)), 24.0F, 84.0F);
    const float wide = (inner.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    for (std::size_t n = 0; n < rows.size(); ++n) {
        const std::size_t column = n / each;
        const float x = inner.x + (wide + gap) * static_cast<float>(column);
        const Rect cell{x, inner.y + high * static_cast<float>(n % each), wide, high - 6};
        draw_row(ink, cell, rows[n], n == state.row, intents);
    }
    if (state.row < rows.size()) {
        about.y = inner.y + high * static_cast<float>(each) + 8;
        widgets::rich(ink, {about.x, about.y, std::min(about.w, 1000.0F), 0}, rows[state.row].summary,
                      {theme.text, about.h > 60 && about.w > 900 ? 0.9F : 0.75F, false});
    }
}

}  // namespace cutaway::panels
