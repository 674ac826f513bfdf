// SPDX-License-Identifier: Apache-2.0
// Intent: what a person asked for, by key, button or script. Panels make them; the desk alone acts on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/trace/breakpoints.h"
#include "viz/terminal/keys.h"
#include "viz/view/moment.h"

namespace cutaway::app {

enum class Act {
    next,
    back,
    run_on,    // to the next breakpoint, live or in the past
    run_back,  // to the one before
    pause,
    go_live,
    to_start,
    jump,
    play,
    slower,
    faster,
    set_grain,
    perform,        // `text` is a command, or what the command that runs is told
    end_input,      // of the container that takes it
    press_key,      // `press`, to the container's terminal
    paste,          // `text`, likewise
    size_terminal,  // `position`: its rows, times 65536, and columns
    at_terminal,    // the keyboard is the container's; once more: the window's
    look_at,        // the container `text`; empty: whichever it is about
    give_up,
    open_part,
    larger,
    smaller,
    own_size,
    next_theme,
    help,
    close,
    side,          // `text` names it: what the column shows, or again: the inspector
    add_point,     // `text`, as --break takes it
    remove_point,  // the one at `position`
    turn_point,    // on or off
    search,        // `text`, as view::parse_query takes it
    find_next,
    find_back,
    pin_a,  // at the view; once more there: gone
    pin_b,
    palette,
    open_trace,  // `text` is a file
    save_trace,
    show_run,     // the one of number `position`, of those that an engine tells of
    save_moment,  // `text` is a file
    fork_here,    // the simulated machine, at the nearest command boundary
    close_trace,  // back to the machine
    page_on,      // of a lesson: the next page, or what it waits for
    page_back,    // the page before, and the view to where it was
    pick,         // the choice at `position`, or the next one of an order
    answer,       // `text`, typed
    submit,       // an order
    coach,        // `text` is a word for the lesson: hint, solve, skip, reset, back, step ID
    words,
    notes,
    blank,
    present,
    lessons,  // the list
    lesson_row,
    open_lesson,  // `text`, or the row that is chosen
    leave_lesson
};
CUTAWAY_ENUM(Act, next, back, run_on, run_back, pause, go_live, to_start, jump, play, slower, faster, set_grain,
             perform, end_input, press_key, paste, size_terminal, at_terminal, look_at, give_up, open_part, larger,
             smaller, own_size, next_theme, help, close, side, add_point, remove_point, turn_point, search, find_next,
             find_back, pin_a, pin_b, palette, open_trace, save_trace, save_moment, fork_here, show_run, close_trace,
             page_on, page_back, pick, answer, submit, coach, words, notes, blank, present, lessons, lesson_row,
             open_lesson, leave_lesson)

struct Intent {
    Act act = Act::next;
    std::optional<trace::StepMode> mode = {};  // of next and back: none is the chosen grain
    std::uint64_t position = 0;                // of jump, pick, lesson_row and points
    std::string text = {};                     // of perform, answer, coach, open_lesson, side, points, search
    std::optional<view::Part> part = {};       // of open_part: none is the overview
    terminal::Press press = {};                // of press_key
};

using Intents = std::vector<Intent>;

}  // namespace cutaway::app
