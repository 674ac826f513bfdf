// SPDX-License-Identifier: Apache-2.0
#include "viz/app/actions.h"

#include <array>

namespace cutaway::app {

using trace::StepMode;

namespace {

constexpr auto all = std::to_array<Action>({
    {"next", "Right, Page Down", Act::next, Where::free},
    {"back: moves the view, never the work", "Left, Page Up", Act::back, Where::free},
    {"the lesson goes on", "Right, Space", Act::page_on, Where::lesson},
    {"the page before, and the view to where it was", "Left", Act::page_back, Where::lesson},
    {"next phase", "Shift Right", Act::next, Where::anywhere, StepMode::phase},
    {"back by a phase", "Shift Left", Act::back, Where::anywhere, StepMode::phase},
    {"next call", "Ctrl Right", Act::next, Where::anywhere, StepMode::call},
    {"back by a call", "Ctrl Left", Act::back, Where::anywhere, StepMode::call},
    {"play, pause", "Space", Act::play, Where::free},
    {"play slower", "", Act::slower},
    {"play faster", "", Act::faster},
    {"step by phases", "P", Act::set_grain, Where::anywhere, StepMode::phase},
    {"step by steps", "S", Act::set_grain, Where::anywhere, StepMode::step},
    {"step by calls", "C", Act::set_grain, Where::anywhere, StepMode::call},
    {"to the beginning", "Home", Act::to_start},
    {"go live", "End", Act::go_live},
    {"run on to the next breakpoint", "R", Act::run_on},
    {"back to the breakpoint before", "Shift R", Act::run_back},
    {"interrupt the command", "Ctrl C", Act::give_up, Where::free},
    {"end a container's input", "Ctrl D", Act::end_input, Where::free},
    {"breakpoints", "F9", Act::side, Where::anywhere, {}, "points"},
    {"a breakpoint at what is next", "Ctrl F9", Act::add_point},
    {"search events", "Ctrl F", Act::side, Where::anywhere, {}, "search"},
    {"next one found", "N, F3", Act::find_next},
    {"one found before", "Shift N, Shift F3", Act::find_back},
    {"pin A here", "[", Act::pin_a},
    {"pin B here", "]", Act::pin_b},
    {"the difference between the pins", "D", Act::side, Where::anywhere, {}, "pins"},
    {"two runs side by side, and what differs", "V", Act::side, Where::free, {}, "versus"},
    {"open or save a trace or a moment", "Ctrl O", Act::side, Where::anywhere, {}, "traces"},
    {"save this moment: the machine, the tape, where you look", "Ctrl S", Act::save_moment},
    {"fork the machine here: go on with a copy", "F", Act::fork_here, Where::free},
    {"undo: the simulated machine as before the last command", "", Act::perform, Where::free, {}, "model undo"},
    {"runs of other terminals at this engine", "E", Act::side, Where::free, {}, "runs"},
    {"close the trace or copy: back to the machine beneath", "", Act::close_trace, Where::free},
    {"a hint", "", Act::coach, Where::lesson, {}, "hint"},
    {"show me how the task is done", "", Act::coach, Where::lesson, {}, "solve"},
    {"skip the question", "", Act::coach, Where::lesson, {}, "skip"},
    {"begin the step again", "", Act::coach, Where::lesson, {}, "reset"},
    {"the step's words", "W", Act::words, Where::lesson},
    {"the presenter's notes", "", Act::notes, Where::lesson},
    {"the list of lessons", "L", Act::lessons},
    {"leave the lesson for the free machine", "", Act::leave_lesson, Where::lesson},
    {"back to the overview", "Esc", Act::open_part},
    {"larger", "Ctrl +", Act::larger},
    {"smaller", "Ctrl -", Act::smaller},
    {"own size", "Ctrl 0", Act::own_size},
    {"next theme: dark, light, projector, contrast", "T", Act::next_theme},
    {"presenter: larger type, the drawing alone", "F5", Act::present},
    {"blank the screen", "B", Act::blank},
    {"the sheet of keys", "?", Act::help},
});

}  // namespace

std::span<const Action> actions() { return all; }

Intent intent_of(const Action& action) {
    Intent intent{action.act, action.mode};
    intent.text = action.text;
    return intent;
}

}  // namespace cutaway::app
