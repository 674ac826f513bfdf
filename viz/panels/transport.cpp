// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/transport.h"

#include <algorithm>
#include <cstdio>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using trace::StepMode;
using widgets::Align;
using widgets::Mark;

namespace {

struct IconKey {
    const char* id;
    Mark mark;
    Act act;
    std::string_view tip;
};

void draw_icons(Ink& ink, Rect& row, bool playing, app::Intents& intents) {
    const IconKey keys[] = {{"start", Mark::to_start, Act::to_start, "To the beginning (Home)"},
                            {"back", Mark::back, Act::back, "Step back (Left, PgUp): moves the view, never the work"},
                            {"play", playing ? Mark::pause : Mark::play, Act::play, "Play or pause (Space)"},
                            {"next", Mark::forward, Act::next, "Next step (Right, PgDn)"},
                            {"live", Mark::to_end, Act::go_live, "Go live (End)"}};
    for (const IconKey& key : keys) {
        if (ink.icon_button(key.id, widgets::cut_left(row, 38), key.mark, key.tip)) {
            intents.push_back(Intent{key.act});
        }
        widgets::cut_left(row, 5);
    }
}

void draw_grains(Ink& ink, Rect& row, StepMode grain, app::Intents& intents) {
    widgets::cut_left(row, 8);
    ink.text(widgets::cut_left(row, 22), "by", {Type::label, ink.theme().muted});
    for (const StepMode mode : {StepMode::phase, StepMode::step, StepMode::call}) {
        const std::string name(to_name(mode));
        if (ink.button(("by" + name).c_str(), widgets::cut_left(row, 58), name, grain == mode)) {
            intents.push_back(Intent{Act::set_grain, mode});
        }
        widgets::cut_left(row, 4);
    }
}

void draw_speed(Ink& ink, Rect& row, float speed, app::Intents& intents) {
    widgets::cut_left(row, 8);
    if (ink.button("slower", widgets::cut_left(row, 28), "-")) {
        intents.push_back(Intent{Act::slower});
    }
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "%gx", static_cast<double>(speed));
    ink.text(widgets::cut_left(row, 46), text.data(), {Type::label, ink.theme().text, Align::centre});
    if (ink.button("faster", widgets::cut_left(row, 28), "+")) {
        intents.push_back(Intent{Act::faster});
    }
}

void draw_bands(Ink& ink, Rect rect, const view::Timeline& timeline) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.background, 3);
    bool odd = false;
    for (const view::Band& band : timeline.bands) {
        const Rect cell{rect.x + rect.w * band.from, rect.y, std::max(rect.w * (band.to - band.from), 1.0F), rect.h};
        const theme::Colour colour = band.failed ? theme.bad : odd ? theme.plan : theme.line;
        ink.fill(cell, theme::mixed(theme.background, colour, 0.75F), 2);
        if (cell.w > ink.width(band.name, Type::label) + 8) {
            ink.text({cell.x + 4, cell.y, cell.w - 8, 20}, band.name, {Type::label, theme.text});
        }
        odd = !odd;
    }
    for (const float tick : timeline.ticks) {
        const float x = rect.x + rect.w * tick;
        ink.line({x, rect.bottom() - 7}, {x, rect.bottom()}, theme.muted);
    }
    for (const view::Flag& flag : timeline.flags) {
        const float x = rect.x + rect.w * flag.at;
        ink.mark(Mark::diamond, x, rect.y - 4, 9, theme.text);
        if (ink.hovered({x - 6, rect.y - 10, 12, 12})) {
            ink.tip("$ " + flag.text);
        }
    }
}

// A square on a stalk below the band: where breakpoints stop.
void draw_stops(Ink& ink, Rect rect, const view::Timeline& timeline) {
    const theme::Theme& theme = ink.theme();
    for (const float stop : timeline.stops) {
        const float x = rect.x + rect.w * stop;
        ink.line({x, rect.y}, {x, rect.bottom() + 4}, theme.bad, 1.5F);
        ink.mark(Mark::square, x, rect.bottom() + 6, 10, theme.bad);
    }
}

// A short thick tick that hangs from the band's upper edge: what a search found.
void draw_found(Ink& ink, Rect rect, const view::Timeline& timeline) {
    for (const float found : timeline.found) {
        const float x = rect.x + rect.w * found;
        ink.line({x, rect.y}, {x, rect.y + 8}, ink.theme().changed, 2.5F);
    }
}

// A letter on a stalk above the band; two that meet stand side by side.
void draw_pins(Ink& ink, Rect rect, const view::Timeline& timeline) {
    const theme::Theme& theme = ink.theme();
    const auto draw = [&](float part, std::string_view letter, float shift) {
        const float x = rect.x + rect.w * part;
        ink.line({x, rect.y - 8}, {x, rect.bottom() + 3}, theme.text, 2);
        const Rect flag{x + shift, rect.y - 13, 13, 16};
        ink.fill(flag, theme.text, 2);
        ink.text(flag, letter, {Type::label, theme.panel, Align::centre, 0.9F});
    };
    if (timeline.a) {
        draw(*timeline.a, "A", -13);
    }
    if (timeline.b) {
        draw(*timeline.b, "B", 0);
    }
}

void draw_timeline(Ink& ink, Rect rect, const view::Moment& moment, const view::Timeline& timeline,
                   app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    draw_bands(ink, rect, timeline);
    draw_found(ink, rect, timeline);
    draw_stops(ink, rect, timeline);
    draw_pins(ink, rect, timeline);
    const float x = rect.x + rect.w * timeline.view;
    const theme::Colour colour = timeline.behind.empty() ? theme.next : theme.changed;
    ink.line({x, rect.y - 6}, {x, rect.bottom() + 4}, colour, 3);
    ink.mark(Mark::dot, x, rect.y - 6, 12, colour);
    (void)ink.touch("timeline", {rect.x, rect.y - 8, rect.w, rect.h + 12});
    if (ink.held()) {
        Intent jump{Act::jump};
        jump.position = view::position_at(moment, (ink.pointer_x() - rect.x) / std::max(rect.w, 1.0F));
        intents.push_back(jump);
    }
}

}  // namespace

void draw_transport(Ink& ink, Rect rect, const view::Moment& moment, const app::UiState& state, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    ink.frame(rect, theme.line, 1, 6);
    Rect inner = widgets::inset(rect, 8);
    Rect row = widgets::cut_top(inner, 30);
    draw_icons(ink, row, state.playing, intents);
    draw_grains(ink, row, state.grain, intents);
    draw_speed(ink, row, state.speed, intents);
    widgets::cut_left(row, 12);
    if (moment.working && !moment.recorded) {
        const bool runs = !moment.waiting && !view::behind(moment);
        if (ink.button("run_on", widgets::cut_left(row, 76), runs ? "pause" : "run on")) {
            intents.push_back(Intent{runs ? Act::pause : Act::run_on});
        }
        widgets::cut_left(row, 4);
        if (ink.button("give_up", widgets::cut_left(row, 76), "Ctrl-C")) {
            intents.push_back(Intent{Act::give_up});
        }
    }
    const view::Timeline timeline = view::timeline_of(moment, static_cast<int>(inner.w));
    ink.text(row, timeline.where, {Type::label, theme.muted, Align::right});
    widgets::cut_top(inner, 13);
    widgets::cut_bottom(inner, 5);
    draw_timeline(ink, inner, moment, timeline, intents);
}

}  // namespace cutaway::panels
