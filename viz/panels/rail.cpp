// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/rail.h"

#include <algorithm>

namespace cutaway::panels {

using theme::Type;
using view::RailState;
using widgets::Align;
using widgets::Mark;

namespace {

Mark mark_of(RailState state) {
    switch (state) {
        case RailState::done: return Mark::check;
        case RailState::now: return Mark::diamond;
        case RailState::next: return Mark::play;
        case RailState::failed: return Mark::cross;
        case RailState::skipped: return Mark::dashed;
        case RailState::ahead: break;
    }
    return Mark::ring;
}

theme::Colour colour_of(const theme::Theme& theme, RailState state) {
    switch (state) {
        case RailState::done: return theme.good;
        case RailState::now:
        case RailState::next: return theme.next;
        case RailState::failed: return theme.bad;
        case RailState::skipped:
        case RailState::ahead: break;
    }
    return theme.muted;
}

std::string_view word_of(RailState state) {
    switch (state) {
        case RailState::now: return "now";
        case RailState::next: return "next";
        case RailState::failed: return "failed";
        case RailState::skipped: return "not seen";
        case RailState::done: return "done";
        case RailState::ahead: break;
    }
    return "";
}

void draw_row(Ink& ink, Rect row, const view::RailRow& phase, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const bool present = phase.state == RailState::now || phase.state == RailState::next;
    const theme::Colour colour = colour_of(theme, phase.state);
    if (present) {
        ink.fill(row, theme::mixed(theme.panel, theme.next, 0.18F), 5);
        ink.frame(row, theme.next, 1.5F, 5);
    }
    const std::string id = "phase" + phase.name;
    if (ink.touch(id.c_str(), row) && phase.begin) {
        app::Intent jump{app::Act::jump};
        jump.position = *phase.begin;
        intents.push_back(jump);
    }
    const bool two = row.h >= 40;
    ink.mark(mark_of(phase.state), row.x + 15, row.y + (two ? 14 : row.h / 2), 13, colour);
    Rect text{row.x + 30, row.y + (two ? 3 : 0), row.w - 36, two ? 22 : row.h};
    const bool waits = phase.state == RailState::ahead || phase.state == RailState::skipped;
    const std::string_view word = word_of(phase.state);
    ink.text(widgets::cut_right(text, ink.width(word, Type::label) + 4), word, {Type::label, colour, Align::right});
    ink.text(text, phase.name, {Type::body, waits ? theme.muted : theme.text});
    if (two) {
        ink.text({row.x + 30, row.y + 22, row.w - 36, 18}, phase.says, {Type::label, theme.muted});
    }
}

}  // namespace

void draw_rail(Ink& ink, Rect rect, const view::Rail& rail, app::Intents& intents) {
    ink.fill(rect, ink.theme().panel, 6);
    ink.frame(rect, ink.theme().line, 1, 6);
    Rect inner = widgets::inset(rect, 8);
    ink.text(widgets::cut_top(inner, 24), "Phases of a run", {Type::body, ink.theme().muted});
    widgets::cut_top(inner, 4);
    const float high = std::clamp(inner.h / static_cast<float>(rail.rows.size()), 25.0F, 46.0F);
    for (const view::RailRow& row : rail.rows) {
        if (inner.h < high - 0.5F) {
            break;
        }
        const Rect cell = widgets::cut_top(inner, high);
        draw_row(ink, {cell.x, cell.y, cell.w, cell.h - 3}, row, intents);
    }
    if (inner.h > 60) {
        widgets::cut_top(inner, 8);
        ink.wrapped(inner, rail.why, {Type::label, ink.theme().muted});
    }
}

}  // namespace cutaway::panels
