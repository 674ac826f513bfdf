// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/terminal.h"

#include <algorithm>
#include <cmath>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;

namespace {

std::vector<std::string_view> last_lines(std::string_view text, std::size_t most) {
    std::vector<std::string_view> lines;
    while (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    while (!text.empty() && lines.size() < most) {
        const std::size_t cut = text.rfind('\n');
        lines.push_back(text.substr(cut == std::string_view::npos ? 0 : cut + 1));
        text = text.substr(0, cut == std::string_view::npos ? 0 : cut);
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

void draw_transcript(Ink& ink, Rect rest, const Transcript& transcript) {
    const std::string& text = transcript.text;
    const theme::Theme& theme = ink.theme();
    if (text.empty() && transcript.lesson) {
        ink.wrapped(rest, "What the lesson types stands here. You can type, too: docker ps", {Type::mono, theme.muted});
        return;
    }
    if (text.empty()) {
        ink.wrapped(rest,
                    "Type a docker command and step through it:\n    run -d -p 8080:80 --name web nginx\n"
                    "then look at it from outside:\n    sh -c \"curl localhost:8080\"",
                    {Type::mono, theme.muted});
        return;
    }
    constexpr float line = 19;
    widgets::cut_top(rest, rest.h - line * std::floor(rest.h / line));  // no halves of lines
    ink.begin_scroll("transcript", rest);
    float y = 0;
    for (const std::string_view one : last_lines(text, 400)) {
        const bool typed = one.starts_with("$ ");
        ink.text({0, y, rest.w - 14, line}, one, {Type::mono, typed ? theme.next : theme.text});
        y += line;
    }
    ink.keep_at_bottom();
    ink.end_scroll(y);
}

void draw_line(Ink& ink, Rect row, const view::Moment& moment, const Transcript& transcript, app::Intents& intents) {
    TypedLine& line = transcript.line;
    const theme::Theme& theme = ink.theme();
    const bool past = view::behind(moment) && !moment.recorded;
    ink.fill(row, theme.raised, 4);
    ink.frame(row, past ? theme.changed : theme.line, 1, 4);
    Rect inner = {row.x + 8, row.y, row.w - 12, row.h};
    if (moment.recorded) {
        ink.text(inner, "A recording: step and look; nothing can be typed.", {Type::label, theme.muted});
        return;
    }
    if (past) {
        if (ink.button("go_live_line", widgets::cut_right(inner, 120), "go live (End)")) {
            intents.push_back(Intent{Act::go_live});
        }
        ink.text(inner, "You look at the past: nothing is typed by mistake.", {Type::label, theme.changed});
        return;
    }
    if (moment.working && !moment.hears) {
        ink.text(inner,
                 transcript.lesson && moment.waiting ? "The lesson holds its command here: the card goes on."
                 : moment.waiting                    ? "Stopped before the next step: Right goes on, Left looks back."
                                                     : "A command is running.",
                 {Type::label, theme.muted});
        return;
    }
    if (moment.hears) {
        const std::string_view says = "to the command; Ctrl D ends its input";
        const float wide = std::min(ink.width(says, Type::label) + 4, inner.w * 0.5F);
        ink.text(widgets::cut_right(inner, wide), says, {Type::label, theme.muted});
    }
    ink.text(widgets::cut_left(inner, 18), moment.hears ? ">" : "$", {Type::mono, theme.next});
    const std::vector<std::string>& typed = transcript.typed;
    if (ink.line_input("command", inner, line.text, {typed, line.recalled, line.wants_focus})) {
        Intent perform{Act::perform};
        perform.text = line.text.data();
        intents.push_back(perform);
        line.text.fill(0);
        line.recalled = 0;
    }
}

}  // namespace

void draw_terminal(Ink& ink, Rect rect, const view::Moment& moment, const Transcript& transcript,
                   app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    ink.frame(rect, theme.line, 1, 6);
    Rect inner = widgets::inset(rect, 8);
    const Rect input = widgets::cut_bottom(inner, 28);
    widgets::cut_bottom(inner, 5);
    if (!transcript.notice.empty()) {
        ink.text(widgets::cut_bottom(inner, 20), transcript.notice, {Type::label, theme.changed});
    }
    draw_transcript(ink, inner, transcript);
    draw_line(ink, input, moment, transcript, intents);
}

}  // namespace cutaway::panels
