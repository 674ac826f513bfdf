// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/points.h"

#include <algorithm>

#include "viz/app/point_words.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Align;
using widgets::Mark;

namespace {

Intent at_row(Act act, std::size_t row) {
    Intent intent{act};
    intent.position = row;
    return intent;
}

void submit(FieldText& field, app::Intents& intents) {
    Intent add{Act::add_point};
    add.text = field.text.data();
    intents.push_back(add);
    field.set("");
    field.wants_focus = true;
}

std::string count_of(const app::Points::Row& row, std::uint64_t head) {
    const std::string count = std::to_string(row.marks.size()) + "x";
    return !row.on ? "off" : row.looked < head ? count + " so far" : count;
}

void draw_row(Ink& ink, Rect cell, std::size_t number, const PointsView& shown, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const app::Points::Row& row = shown.points.rows()[number];
    const bool here = shown.points.stops_at(number, shown.tape, shown.moment.position, shown.moment.next);
    if (here) {
        ink.fill(cell, theme::mixed(theme.panel, theme.next, 0.18F), 4);
    }
    Rect rest = cell;
    const Rect box = widgets::cut_left(rest, 28);
    ink.frame({box.x + 7, box.middle_y() - 8, 16, 16}, row.on ? theme.next : theme.muted, 1.5F, 3);
    if (row.on) {
        ink.mark(Mark::check, box.x + 15, box.middle_y(), 12, theme.next);
    }
    if (ink.touch(("turn_point" + std::to_string(number)).c_str(), {box.x, box.y, 28, box.h})) {
        intents.push_back(at_row(Act::turn_point, number));
    }
    const Rect cross = widgets::cut_right(rest, 26);
    if (ink.icon_button(("remove_point" + std::to_string(number)).c_str(), {cross.x + 2, cross.middle_y() - 11, 22, 22},
                        Mark::cross, "Remove this breakpoint")) {
        intents.push_back(at_row(Act::remove_point, number));
    }
    const std::string count = here ? "here" : count_of(row, shown.moment.head);
    const float wide = ink.width(count, Type::label) + 10;
    ink.text(widgets::cut_right(rest, wide), count, {Type::label, theme.muted, Align::centre});
    ink.text({rest.x + 4, rest.y, rest.w - 4, rest.h}, row.what.text, {Type::mono, row.on ? theme.text : theme.muted});
}

void draw_list(Ink& ink, Rect rest, const PointsView& shown, app::Intents& intents) {
    constexpr float high = 30;
    const theme::Theme& theme = ink.theme();
    if (shown.points.rows().empty()) {
        ink.wrapped(
            rest,
            "None yet. A breakpoint stops a command before what it names, and the view on its way through the past.",
            {Type::label, theme.muted});
        return;
    }
    ink.begin_scroll("points", rest);
    float y = 0;
    for (std::size_t n = 0; n < shown.points.rows().size(); ++n) {
        draw_row(ink, {0, y, rest.w - 14, high - 2}, n, shown, intents);
        y += high;
    }
    ink.end_scroll(y);
}

void draw_line(Ink& ink, Rect& rest, const app::PointWords& words, FieldText& field, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect row = widgets::cut_top(rest, 30);
    const bool empty = field.text[0] == 0;
    const bool add = ink.button("add_point", widgets::cut_right(row, 50), "add", words.good);
    widgets::cut_right(row, 6);
    const std::string completed = words.completions.empty() || empty ? "" : words.completions.front();
    const Ink::FieldNews news =
        side_line(ink, row, {"point", "call:mount, phase:exec, a condition", completed, !words.good && !empty}, field);
    if ((news.entered || add) && words.good) {
        submit(field, intents);
    } else if (news.entered || add) {
        field.wants_focus = true;
    }
    widgets::cut_top(rest, 4);
    Rect says =
        widgets::cut_top(rest, std::min(ink.wrapped_height(rest.w - 20, words.says, Type::label), 3 * 18.2F) + 2);
    if (!empty) {
        ink.mark(words.good ? Mark::check : Mark::cross, says.x + 7, says.y + 9, 12,
                 words.good ? theme.good : theme.bad);
    }
    ink.wrapped({says.x + 20, says.y, says.w - 20, says.h}, words.says,
                {Type::label, empty ? theme.muted : theme.text});
    widgets::cut_top(rest, 4);
}

}  // namespace

void draw_points(Ink& ink, Rect rect, const PointsView& shown, FieldText& field, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "points", "Breakpoints", intents);
    const app::PointWords words = app::point_words(field.text.data(), shown.moment);
    draw_line(ink, rest, words, field, intents);
    const std::size_t offers =
        std::min(words.completions.size(), static_cast<std::size_t>(std::max(rest.h - 180, 0.0F) / 22));
    const int pressed = completion_rows(ink, rest, std::span(words.completions).first(offers));
    if (pressed >= 0) {
        field.set(words.completions[static_cast<std::size_t>(pressed)]);
        field.wants_focus = true;
    }
    widgets::cut_top(rest, 4);
    const std::string next = app::point_of(shown.moment);
    if (!next.empty() && rest.h > 120) {
        Intent add{Act::add_point};
        add.text = next;
        if (ink.button("point_next", widgets::cut_top(rest, 26), "stop at what is next: " + next)) {
            intents.push_back(add);
        }
        widgets::cut_top(rest, 8);
    }
    const std::string hint = shown.lesson ? "R and Shift R go from one to the next in what has happened; a lesson's "
                                            "own commands stop where the lesson says."
                                          : "R runs on to the next one, Shift R goes back to the one before. Tab "
                                            "completes, Enter adds.";
    const Rect foot = widgets::cut_bottom(rest, ink.wrapped_height(rest.w, hint, Type::label));
    ink.wrapped(foot, hint, {Type::label, theme.muted});
    widgets::cut_bottom(rest, 6);
    draw_list(ink, rest, shown, intents);
}

}  // namespace cutaway::panels
