// SPDX-License-Identifier: Apache-2.0
#include "viz/root/frame.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "viz/panels/canvas.h"
#include "viz/panels/header.h"
#include "viz/panels/inspector.h"
#include "viz/panels/rail.h"
#include "viz/panels/transport.h"

namespace cutaway::root {

using app::Act;
using app::Intent;
using shell::Key;
using trace::StepMode;
using widgets::Rect;

namespace {

constexpr float gap = 8;

struct KeyIntent {
    Key key;
    Act act;
};
constexpr std::array<KeyIntent, 10> keys{{{Key::right, Act::next},
                                          {Key::page_down, Act::next},
                                          {Key::left, Act::back},
                                          {Key::page_up, Act::back},
                                          {Key::home, Act::to_start},
                                          {Key::end, Act::go_live},
                                          {Key::escape, Act::close},
                                          {Key::question, Act::help},
                                          {Key::space, Act::play},
                                          {Key::f9, Act::pause}}};

struct LetterIntent {
    char letter;
    Act act;
    std::optional<StepMode> mode;
};
constexpr std::array<LetterIntent, 5> letters{{{'p', Act::set_grain, StepMode::phase},
                                               {'s', Act::set_grain, StepMode::step},
                                               {'c', Act::set_grain, StepMode::call},
                                               {'r', Act::run_on, std::nullopt},
                                               {'t', Act::next_theme, std::nullopt}}};

std::optional<Intent> letter_intent(const shell::Stroke& stroke) {
    if (stroke.control) {
        return stroke.letter == 'c' ? std::optional<Intent>(Intent{Act::give_up}) : std::nullopt;
    }
    for (const LetterIntent& one : letters) {
        if (one.letter == stroke.letter) {
            return Intent{one.act, one.mode};
        }
    }
    return std::nullopt;
}

std::optional<Intent> zoom_intent(Key key) {
    switch (key) {
        case Key::plus: return Intent{Act::larger};
        case Key::minus: return Intent{Act::smaller};
        case Key::zero: return Intent{Act::own_size};
        default: return std::nullopt;
    }
}

void draw_panels(widgets::Ink& ink, Rect all, app::Desk& desk, panels::TypedLine& line, app::Intents& intents) {
    const view::Moment& moment = desk.moment();
    const app::UiState& state = desk.state();
    Rect rest = widgets::inset(all, gap);
    panels::draw_header(ink, widgets::cut_top(rest, 36), moment, intents);
    widgets::cut_top(rest, 6);
    panels::draw_standing_line(ink, widgets::cut_bottom(rest, 18));
    widgets::cut_bottom(rest, 4);
    panels::draw_transport(ink, widgets::cut_bottom(rest, 92), moment, state, intents);
    widgets::cut_bottom(rest, gap);
    // Where there is little room the rail goes before the inspector, and the drawing stays.
    if (rest.w > 1050) {
        panels::draw_rail(ink, widgets::cut_left(rest, std::clamp(rest.w * 0.135F, 190.0F, 230.0F)),
                          view::rail_of(moment), intents);
        widgets::cut_left(rest, gap);
    }
    if (rest.w > 760) {
        panels::draw_inspector(ink, widgets::cut_right(rest, std::clamp(rest.w * 0.25F, 290.0F, 400.0F)),
                               view::inspector_of(moment), intents);
        widgets::cut_right(rest, gap);
    }
    const Rect terminal = widgets::cut_bottom(rest, std::clamp(rest.h * 0.18F, 96.0F, 220.0F));
    widgets::cut_bottom(rest, gap);
    panels::draw_canvas(ink, rest, moment, state.open, intents);
    panels::draw_terminal(ink, terminal, moment, {desk.session().output(), state.typed, state.notice}, line, intents);
    if (state.help) {
        panels::draw_help(ink, all, intents);
    }
}

}  // namespace

float scale_of(float width, float height, const app::UiState& state) {
    const float fitting = std::max(0.9F, std::min(width / 1600, height / 900));
    const float wanted = fitting * state.zoom;
    return std::round(wanted * 20) / 20;  // every size is an atlas of its own: few of them
}

Drawn draw_frame(app::Desk& desk, const theme::Fonts& fonts, float width, float height, panels::TypedLine& line) {
    Drawn drawn;
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(desk.state().profile));
    widgets::Page page(theme, width, height);
    widgets::Ink ink(theme, fonts);
    draw_panels(ink, {0, 0, width / fonts.scale, height / fonts.scale}, desk, line, drawn.intents);
    drawn.labels = ink.labels();
    return drawn;
}

std::optional<Intent> intent_of(const shell::Stroke& stroke, bool typing) {
    if (stroke.control) {
        if (std::optional<Intent> zoom = zoom_intent(stroke.key)) {
            return zoom;
        }
    }
    const bool paging = stroke.key == Key::page_down || stroke.key == Key::page_up || stroke.key == Key::escape;
    if (typing && !paging) {
        return std::nullopt;
    }
    if (stroke.key == Key::letter) {
        return letter_intent(stroke);
    }
    for (const KeyIntent& one : keys) {
        if (one.key == stroke.key) {
            Intent intent{one.act};
            if (stroke.shift && one.act != Act::help) {
                intent.mode = StepMode::phase;
            } else if (stroke.control) {
                intent.mode = StepMode::call;
            }
            return intent;
        }
    }
    return std::nullopt;
}

bool is_typing() { return widgets::wants_text(); }

}  // namespace cutaway::root
