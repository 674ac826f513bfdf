// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/header.h"

#include "viz/view/timeline.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Align;

namespace {

struct KeyLine {
    std::string_view keys;
    std::string_view does;
};
constexpr KeyLine key_lines[] = {{"Right, PgDn", "next, by the chosen grain"},
                                 {"Left, PgUp", "back: moves the view, never the work"},
                                 {"Shift, Ctrl with them", "by phase, by call"},
                                 {"P  S  C", "grain: phase, step, call"},
                                 {"Space", "play or pause"},
                                 {"Home, End", "to the beginning, go live"},
                                 {"R, Shift R", "to the next breakpoint, to the one before"},
                                 {"F9, Ctrl F9", "breakpoints; one at what is next"},
                                 {"Ctrl C, Ctrl D", "interrupt a command, end its input"},
                                 {"Tab, Ctrl Tab", "complete a command; to a container's terminal"},
                                 {"Ctrl F", "search events"},
                                 {"N, Shift N, F3", "the next one found, the one before"},
                                 {"[  ]  D", "pin A, pin B, what differs between them"},
                                 {"Ctrl Shift P, :", "everything by its name"},
                                 {"V", "two runs side by side, and what differs"},
                                 {"Ctrl O, Ctrl S", "open a trace or a moment; save this moment"},
                                 {"F", "fork the machine here: go on with a copy"},
                                 {"E", "runs of other terminals at an engine"},
                                 {"Ctrl +  -  0", "larger, smaller, own size"},
                                 {"T", "theme: dark, light, projector, contrast"},
                                 {"L", "the list of lessons"},
                                 {"F5", "presenter: larger type, less around it"},
                                 {"B or .", "blank the screen; any key brings it back"},
                                 {"Tab, Enter", "move the focus, press"},
                                 {"Esc", "close this, back to the overview"},
                                 {"?", "this sheet"}};

constexpr KeyLine lesson_lines[] = {{"Right, PgDn, Space", "the lesson goes on"},
                                    {"Left, PgUp", "the page before, and the view with it"},
                                    {"1 to 9", "choose an answer, or the next of an order"},
                                    {"Enter", "send an order or what was typed"},
                                    {"W, N", "the step's words, the presenter's notes"},
                                    {"Shift, Ctrl Left", "look back by phase, by call; End returns"},
                                    {"F9, R, Shift R", "breakpoints; to the next in the past, back"},
                                    {"Ctrl F, F3", "search events; the next one found"},
                                    {"[  ]  D", "pin A, pin B, what differs between them"},
                                    {"Ctrl Shift P, :", "everything by its name"},
                                    {"Ctrl S", "save this moment of the lesson"},
                                    {"F5", "presenter: larger type, less around it"},
                                    {"B or .", "blank the screen; any key brings it back"},
                                    {"L", "the list of lessons, and out of this one"},
                                    {"Ctrl +  -  0, T", "larger, smaller, own size; theme"},
                                    {"Tab, Enter", "move the focus, press"},
                                    {"?", "this sheet"}};

struct Badge {
    std::string text;
    theme::Colour colour;
};

Badge badge_of(const theme::Theme& theme, const view::Moment& moment) {
    const view::Timeline timeline = view::timeline_of(moment, 1);
    if (!timeline.behind.empty()) {
        return {timeline.behind, theme.changed};
    }
    if (moment.waiting) {
        return {"LIVE: stopped before the next step", theme.next};
    }
    if (moment.working) {
        return {"LIVE: running", theme.good};
    }
    return {moment.recorded ? "RECORDED: at the end" : "LIVE: at rest", theme.muted};
}

}  // namespace

void draw_header(Ink& ink, Rect rect, const view::Moment& moment, bool lesson, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect row = rect;
    const float title = ink.text(row, "Cutaway", {Type::title, theme.text});
    widgets::cut_left(row, title + 16);
    const std::string world = moment.picture->world == "real" ? "real world" : "simulated machine";
    const float wide = ink.width(world, Type::label) + 26;
    const Rect chip = widgets::cut_left(row, wide);
    pill(ink, {chip.x, chip.y + (chip.h - 24) / 2, chip.w, 24}, world, theme.muted);
    widgets::cut_left(row, 14);
    if (ink.button("help", widgets::cut_right(row, 30), "?")) {
        intents.push_back(Intent{Act::help});
    }
    widgets::cut_right(row, 6);
    if (ink.button("lessons", widgets::cut_right(row, 96), "Lessons (L)", !lesson)) {
        intents.push_back(Intent{Act::lessons});
    }
    widgets::cut_right(row, 10);
    const Badge badge = badge_of(theme, moment);
    const Rect place = widgets::cut_right(row, ink.width(badge.text, Type::label) + 30);
    pill(ink, {place.x, place.y + (place.h - 26) / 2, place.w, 26}, badge.text, badge.colour);
    widgets::cut_right(row, 10);
    if (const view::Typed* typed = moment.story->command_at(moment.position)) {
        const bool shell = typed->text.starts_with("sh ");
        ink.text(row, (shell ? "$ " : "$ docker ") + typed->text, {Type::mono, theme.muted});
    }
}

void draw_standing_line(Ink& ink, Rect rect, std::string_view whose) {
    const std::string engine =
        whose.empty() ? "This is Cutaway's engine" : "You watch " + std::string(whose) + ", Cutaway's";
    ink.text(rect, engine + ", behaving like Docker; it is not your Docker.",
             {Type::label, ink.theme().muted, Align::centre});
}

// In one column, or in two where that would be higher than the window.
void draw_help(Ink& ink, Rect rect, bool lesson, app::Intents& intents) {
    constexpr float line_height = 26;
    constexpr float above = 60;
    const theme::Theme& theme = ink.theme();
    ink.set_layer(1);
    const std::span<const KeyLine> lines =
        lesson ? std::span<const KeyLine>(lesson_lines) : std::span<const KeyLine>(key_lines);
    const bool two = above + line_height * static_cast<float>(lines.size()) > rect.h - 16;
    const std::size_t each = two ? (lines.size() + 1) / 2 : lines.size();
    const float wide = std::min(two ? 980.0F : 560.0F, rect.w - 24);
    const float high = above + line_height * static_cast<float>(each);
    const Rect sheet{rect.middle_x() - wide / 2, std::max(rect.middle_y() - high / 2, 8.0F), wide, high};
    ink.fill(rect, theme::faded(theme.background, 0.7F), 0);
    ink.fill(sheet, theme.panel, 8);
    ink.frame(sheet, theme.next, 2, 8);
    Rect inner = widgets::inset(sheet, 16);
    Rect head = widgets::cut_top(inner, 28);
    if (ink.button("close_help", widgets::cut_right(head, 60), "close")) {
        intents.push_back(Intent{Act::help});
    }
    ink.text(head, "Keys", {Type::narration, theme.text});
    const float column = two ? (inner.w - 16) / 2 : inner.w;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const std::size_t columns_before = n / each;
        Rect row{inner.x + (column + 16) * static_cast<float>(columns_before),
                 inner.y + line_height * static_cast<float>(n % each), column, line_height};
        ink.text(widgets::cut_left(row, two ? 170 : 190), lines[n].keys, {Type::mono, theme.next});
        ink.text(row, lines[n].does, {Type::body, theme.text});
    }
    ink.set_layer(0);
}

}  // namespace cutaway::panels
