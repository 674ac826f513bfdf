// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "viz/root/frame.h"

namespace cutaway::root {

using app::Act;
using app::Intent;
using shell::Key;
using trace::StepMode;

namespace {

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
                                          {Key::f5, Act::present}}};

// Before those, while a lesson plays.
constexpr std::array<KeyIntent, 6> lesson_keys{{{Key::right, Act::page_on},
                                                {Key::page_down, Act::page_on},
                                                {Key::space, Act::page_on},
                                                {Key::left, Act::page_back},
                                                {Key::page_up, Act::page_back},
                                                {Key::enter, Act::submit}}};

struct LetterIntent {
    char letter;
    Act act;
    std::optional<StepMode> mode;
};
constexpr std::array<LetterIntent, 12> letters{{{'p', Act::set_grain, StepMode::phase},
                                                {'s', Act::set_grain, StepMode::step},
                                                {'c', Act::set_grain, StepMode::call},
                                                {'r', Act::run_on, std::nullopt},
                                                {'t', Act::next_theme, std::nullopt},
                                                {'l', Act::lessons, std::nullopt},
                                                {'f', Act::fork_here, std::nullopt},
                                                {'b', Act::blank, std::nullopt},
                                                {':', Act::palette, std::nullopt},
                                                {'[', Act::pin_a, std::nullopt},
                                                {']', Act::pin_b, std::nullopt},
                                                {'.', Act::blank, std::nullopt}}};

std::optional<Intent> letter_intent(const shell::Stroke& stroke, const Keyboard& keyboard) {
    if (stroke.control) {
        return stroke.letter == 'c' ? std::optional<Intent>(Intent{Act::give_up}) : std::nullopt;
    }
    if (keyboard.lesson && (stroke.letter == 'w' || stroke.letter == 'n')) {
        return Intent{stroke.letter == 'w' ? Act::words : Act::notes};
    }
    if (keyboard.lesson && stroke.letter >= '1' && stroke.letter <= '9') {
        Intent pick{Act::pick};
        pick.position = static_cast<std::uint64_t>(stroke.letter - '1');
        return pick;
    }
    const bool free_side = (stroke.letter == 'e' || stroke.letter == 'v') && !keyboard.lesson;
    if (stroke.letter == 'd' || free_side) {
        Intent side{Act::side};
        side.text = stroke.letter == 'd' ? "pins" : stroke.letter == 'e' ? "runs" : "versus";
        return side;
    }
    if (stroke.letter == 'n') {
        return Intent{stroke.shift ? Act::find_back : Act::find_next};
    }
    if (stroke.letter == 'r' && stroke.shift) {
        return Intent{Act::run_back};
    }
    for (const LetterIntent& one : letters) {
        if (one.letter == stroke.letter) {
            return Intent{one.act, one.mode};
        }
    }
    return std::nullopt;
}

// What works while somebody types, too.
std::optional<Intent> panel_intent(const shell::Stroke& stroke) {
    if (stroke.key == Key::f9) {
        Intent points{stroke.control ? Act::add_point : Act::side};
        points.text = stroke.control ? "" : "points";
        return points;
    }
    if (stroke.control && stroke.shift && stroke.letter == 'p') {
        return Intent{Act::palette};
    }
    if (stroke.key == Key::f3) {
        return Intent{stroke.shift ? Act::find_back : Act::find_next};
    }
    if (stroke.control && stroke.letter == 'o') {
        Intent traces{Act::side};
        traces.text = "traces";
        return traces;
    }
    if (stroke.control && stroke.letter == 's') {
        return Intent{Act::save_moment};
    }
    if (stroke.control && stroke.letter == 'd') {
        return Intent{Act::end_input};
    }
    if (stroke.control && stroke.letter == 'f') {
        Intent search{Act::side};
        search.text = "search";
        return search;
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

terminal::Key terminal_key(Key key) {
    switch (key) {
        case Key::enter: return terminal::Key::enter;
        case Key::tab: return terminal::Key::tab;
        case Key::backspace: return terminal::Key::backspace;
        case Key::escape: return terminal::Key::escape;
        case Key::up: return terminal::Key::up;
        case Key::down: return terminal::Key::down;
        case Key::left: return terminal::Key::left;
        case Key::right: return terminal::Key::right;
        case Key::home: return terminal::Key::home;
        case Key::end: return terminal::Key::end;
        case Key::page_up: return terminal::Key::page_up;
        case Key::page_down: return terminal::Key::page_down;
        case Key::insert: return terminal::Key::insert;
        case Key::del: return terminal::Key::del;
        default: return terminal::Key::letter;
    }
}

// What a container's terminal gets; the window keeps Ctrl Tab, Ctrl Shift and letters, and the keys with an F.
std::optional<Intent> terminal_intent(const shell::Stroke& stroke) {
    if (stroke.control && stroke.key == Key::tab) {
        return Intent{Act::at_terminal};
    }
    if (stroke.control && stroke.shift && stroke.letter == 'p') {
        return Intent{Act::palette};
    }
    if (stroke.control && stroke.shift && stroke.letter == 'v') {
        Intent paste{Act::paste};
        paste.text = widgets::clipboard();
        return paste;
    }
    if (stroke.key == Key::f9 || stroke.key == Key::f3 || stroke.key == Key::f5) {
        return panel_intent(stroke);
    }
    Intent intent{Act::press_key};
    intent.press.key = terminal_key(stroke.key);
    intent.press.letter =
        stroke.character != 0 ? stroke.character : static_cast<char32_t>(static_cast<unsigned char>(stroke.letter));
    intent.press.control = stroke.control;
    intent.press.shift = stroke.shift;
    intent.press.alt = stroke.alt;
    const bool nothing = intent.press.key == terminal::Key::letter && intent.press.letter == 0;
    return nothing ? std::nullopt : std::optional<Intent>(intent);
}

std::optional<Intent> list_intent(const shell::Stroke& stroke) {
    Intent row{Act::lesson_row};
    switch (stroke.key) {
        case Key::up:
        case Key::page_up:
        case Key::left: return row;
        case Key::down:
        case Key::page_down:
        case Key::right: row.position = 1; return row;
        case Key::enter:
        case Key::space: return Intent{Act::open_lesson};
        case Key::escape: return Intent{Act::close};
        default: break;
    }
    return stroke.letter == 'l' ? std::optional<Intent>(Intent{Act::lessons}) : std::nullopt;
}

std::optional<Intent> lesson_intent(const shell::Stroke& stroke) {
    if (stroke.shift || stroke.control) {
        return std::nullopt;  // by phase, by call: the view alone
    }
    for (const KeyIntent& one : lesson_keys) {
        if (one.key == stroke.key) {
            return Intent{one.act};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Intent> intent_of(const shell::Stroke& stroke, const Keyboard& keyboard) {
    if (stroke.control) {
        if (std::optional<Intent> zoom = zoom_intent(stroke.key)) {
            return zoom;
        }
    }
    if (keyboard.blank) {
        return Intent{Act::blank};
    }
    if (keyboard.palette) {
        const bool out = stroke.key == Key::escape || (stroke.control && stroke.shift && stroke.letter == 'p');
        return out ? std::optional<Intent>(Intent{Act::close}) : std::nullopt;
    }
    if (keyboard.list) {
        return list_intent(stroke);
    }
    if (keyboard.terminal) {
        return terminal_intent(stroke);
    }
    if (stroke.control && stroke.key == Key::tab) {
        return Intent{Act::at_terminal};
    }
    if (std::optional<Intent> panel = panel_intent(stroke)) {
        return panel;
    }
    const bool paging = stroke.key == Key::page_down || stroke.key == Key::page_up || stroke.key == Key::escape ||
                        stroke.key == Key::f5;
    if (keyboard.typing && !paging) {
        return std::nullopt;
    }
    if (stroke.key == Key::letter) {
        return letter_intent(stroke, keyboard);
    }
    if (keyboard.lesson) {
        if (std::optional<Intent> page = lesson_intent(stroke)) {
            return page;
        }
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

Keyboard keyboard_of(app::Room& room) {
    Keyboard out;
    out.typing = widgets::wants_text();
    out.lesson = room.lecture() != nullptr;
    out.list = room.state().lessons;
    out.palette = room.state().palette;
    out.blank = room.state().blank;
    out.terminal = !out.typing && room.desk().state().at_terminal && room.desk().moment().keys;
    return out;
}

}  // namespace cutaway::root
