// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/terminal.h"

#include <algorithm>
#include <cmath>

#include "viz/view/fork.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;

namespace {

void draw_transcript(Ink& ink, Rect rest, const view::Moment& moment, const Transcript& transcript,
                     app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const terminal::Size size = letters_in(ink, rest);
    const terminal::Size now = transcript.screen.size();
    const bool possible = size.rows >= terminal::Screen::least.rows && size.columns >= terminal::Screen::least.columns;
    if (possible && (now.columns != size.columns || now.rows != size.rows)) {
        Intent resize{Act::size_terminal};
        resize.position = (static_cast<std::uint64_t>(size.rows) << 16U) | static_cast<std::uint64_t>(size.columns);
        intents.push_back(resize);
    }
    if (transcript.empty) {
        ink.wrapped(
            rest,
            moment.elsewhere    ? "What is typed at this engine stands here. In a terminal:\n    cutaway --engine PATH "
                                  "run --rm alpine echo hello"
            : transcript.lesson ? "What the lesson types stands here. You can type, too: docker ps"
                                : "Type a docker command and step through it:\n    run -d -p 8080:80 --name web "
                                  "nginx\nthen look at it from outside:\n    sh -c \"curl localhost:8080\"",
            {Type::mono, theme.muted});
        return;
    }
    draw_screen(ink, rest, {transcript.screen, *moment.picture, moment.keys, moment.keys && transcript.at_terminal},
                transcript.line.marked, intents);
}

// A container's terminal takes every key, or could.
void draw_attached(Ink& ink, Rect inner, const Transcript& transcript, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const std::string_view label = transcript.at_terminal ? "back to the window (Ctrl Tab)" : "type there (Ctrl Tab)";
    const Rect place = widgets::cut_right(inner, ink.width(label, Type::label) + 20);
    if (ink.button("at_terminal", place, label, !transcript.at_terminal)) {
        intents.push_back(Intent{Act::at_terminal});
    }
    ink.text(inner,
             transcript.at_terminal ? "Every key is the container's." : "The container's terminal waits for keys.",
             {Type::label, transcript.at_terminal ? theme.next : theme.muted});
}

void complete(TypedLine& line, const scene::Picture& picture) {
    if (line.completed_for == line.text.data() && line.completed_at == picture.seq) {
        return;
    }
    line.completed_for = line.text.data();
    line.completed_at = picture.seq;
    line.completion =
        line.completed_for.empty() ? app::LineCompletion() : app::complete_line(line.completed_for, picture);
}

std::string choices_of(const TypedLine& line) {
    std::string out;
    for (const std::string& choice : line.completion.choices) {
        out += (out.empty() ? "" : "   ") + choice;
    }
    return out;
}

// What nothing can be typed at: a recording, or the past. What can be done instead stands beside it.
void draw_offers(Ink& ink, Rect inner, const view::Moment& moment, const Transcript& transcript,
                 app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const auto offer = [&](const char* id, Act act, std::string_view label) {
        if (ink.button(id, widgets::cut_right(inner, ink.width(label, Type::label) + 24), label)) {
            intents.push_back(Intent{act});
        }
        widgets::cut_right(inner, 8);
    };
    if (moment.recorded) {
        offer("to_machine", Act::close_trace, "to the machine beneath");
        ink.text(inner, "A recording: step and look; nothing can be typed.", {Type::label, theme.muted});
        return;
    }
    const std::string place = transcript.lesson ? std::string() : view::fork_place(moment);
    offer("go_live_line", Act::go_live, "go live (End)");
    if (!place.empty()) {
        offer("fork_here", Act::fork_here, "fork the machine here (F)");
    }
    const std::string past = "You look at the past: nothing is typed by mistake.";
    const std::string told = place.empty() ? past : past + " A fork is the machine " + place + ".";
    ink.text(inner, ink.width(told, Type::label) <= inner.w ? told : past, {Type::label, theme.changed});
}

void draw_line(Ink& ink, Rect row, const view::Moment& moment, const Transcript& transcript, app::Intents& intents) {
    TypedLine& line = transcript.line;
    const theme::Theme& theme = ink.theme();
    const bool past = view::behind(moment) && !moment.recorded;
    ink.fill(row, theme.raised, 4);
    ink.frame(row, past ? theme.changed : theme.line, 1, 4);
    Rect inner = {row.x + 8, row.y, row.w - 12, row.h};
    if (past || moment.recorded) {
        draw_offers(ink, inner, moment, transcript, intents);
        return;
    }
    if (moment.keys) {
        draw_attached(ink, inner, transcript, intents);
        return;
    }
    if (moment.elsewhere) {
        ink.text(inner,
                 moment.waiting
                     ? "Typed in another terminal, held here: Right goes on, Left looks back, Ctrl C gives it up."
                 : moment.working ? "It runs in another terminal: Space stops it before what comes next."
                                  : "Commands for this engine are typed in a terminal; they appear here.",
                 {Type::label, theme.muted});
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
    if (!moment.hears) {
        complete(line, *moment.picture);
    }
    const std::string_view completed = moment.hears ? std::string_view() : line.completion.completed;
    if (ink.line_input("command", inner, line.text, {typed, line.recalled, line.wants_focus, completed})) {
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
    const std::string choices = moment.working ? std::string() : choices_of(transcript.line);
    if (!transcript.notice.empty() || !choices.empty()) {
        const bool says = !transcript.notice.empty();
        ink.text(widgets::cut_bottom(inner, 20), says ? transcript.notice : std::string_view(choices),
                 {says ? Type::label : Type::mono, says ? theme.changed : theme.muted});
    }
    draw_transcript(ink, inner, moment, transcript, intents);
    draw_line(ink, input, moment, transcript, intents);
}

}  // namespace cutaway::panels
