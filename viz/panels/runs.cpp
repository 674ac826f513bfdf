// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/runs.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Mark;

namespace {

constexpr float row_height = 48;

void draw_row(Ink& ink, Rect row, const app::RunRow& run, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    if (run.shown || ink.hovered(row)) {
        ink.fill(row, theme::mixed(theme.panel, theme.next, run.shown ? 0.24F : 0.14F), 4);
    }
    const theme::Colour colour = run.stands ? theme.next : run.over ? theme.muted : theme.good;
    ink.mark(run.stands ? Mark::pause : run.over ? Mark::check : Mark::play, row.x + 14, row.y + 13, 12, colour);
    Rect first{row.x + 28, row.y + 2, row.w - 36, 22};
    const float wide = ink.width(run.state, Type::label) + 8;
    ink.text(widgets::cut_right(first, wide), run.state, {Type::label, colour, widgets::Align::right});
    ink.text(first, run.command, {Type::mono, theme.text});
    const std::string who = "run " + std::to_string(run.run) + (run.who.empty() ? "" : " of " + run.who);
    ink.text({row.x + 28, row.y + 24, row.w - 36, 18}, who, {Type::label, theme.muted});
    if (ink.touch(("run" + std::to_string(run.run)).c_str(), row)) {
        Intent show{Act::show_run};
        show.position = run.run;
        intents.push_back(show);
    }
}

void draw_others(Ink& ink, Rect& rest, const app::Visit& visit) {
    const theme::Theme& theme = ink.theme();
    for (const app::OthersPoint& point : visit.others()) {
        if (rest.h < 60 + row_height) {
            return;
        }
        ink.text(widgets::cut_bottom(rest, 18), "set by " + point.who, {Type::label, theme.muted});
        Rect row = widgets::cut_bottom(rest, 20);
        ink.mark(Mark::square, row.x + 8, row.middle_y(), 9, theme.changed);
        row.x += 20;
        row.w -= 20;
        ink.text(row, "stops at " + point.text, {Type::mono, theme.text});
    }
}

}  // namespace

void draw_runs(Ink& ink, Rect rect, const app::Visit* visit, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "runs", "Runs at the engine", intents);
    const std::vector<app::RunRow> rows = visit == nullptr ? std::vector<app::RunRow>() : visit->rows();
    const std::string hint =
        visit == nullptr
            ? "This window has a machine of its own. What others do at an engine that was started with sudo "
              "cutaway engine --socket PATH is seen with cutaway-window --engine PATH."
        : rows.empty() ? "Nothing was typed at " + visit->whose() + " yet. In a terminal: cutaway --engine PATH run …"
                       : visit->whose() + ". What you let go on, go on elsewhere, and everybody hears it.";
    ink.wrapped(widgets::cut_top(rest, ink.wrapped_height(rest.w, hint, Type::label)), hint,
                {Type::label, theme.muted});
    widgets::cut_top(rest, 8);
    if (visit == nullptr) {
        return;
    }
    draw_others(ink, rest, *visit);
    for (const app::RunRow& row : rows) {
        if (rest.h < row_height) {
            return;
        }
        Rect cell = widgets::cut_top(rest, row_height);
        cell.h -= 4;
        draw_row(ink, cell, row, intents);
    }
}

}  // namespace cutaway::panels
