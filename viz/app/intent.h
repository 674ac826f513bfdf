// SPDX-License-Identifier: Apache-2.0
// Intent: what a person asked for, by key, button or script. Panels make them; the desk alone acts on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/trace/breakpoints.h"
#include "viz/view/moment.h"

namespace cutaway::app {

enum class Act {
    next,
    back,
    run_on,
    pause,
    go_live,
    to_start,
    jump,
    play,
    slower,
    faster,
    set_grain,
    perform,
    give_up,
    open_part,
    larger,
    smaller,
    own_size,
    next_theme,
    help,
    close
};
CUTAWAY_ENUM(Act, next, back, run_on, pause, go_live, to_start, jump, play, slower, faster, set_grain, perform, give_up,
             open_part, larger, smaller, own_size, next_theme, help, close)

struct Intent {
    Act act = Act::next;
    std::optional<trace::StepMode> mode = {};  // of next and back: none is the chosen grain
    std::uint64_t position = 0;                // of jump
    std::string text = {};                     // of perform
    std::optional<view::Part> part = {};       // of open_part: none is the overview
};

using Intents = std::vector<Intent>;

}  // namespace cutaway::app
