// SPDX-License-Identifier: Apache-2.0
// Press: a key as a terminal gets it, in our own words; the shell and scripts make them.
#pragma once

#include "core/base/enum.h"

namespace cutaway::terminal {

enum class Key {
    letter,
    enter,
    tab,
    backspace,
    escape,
    up,
    down,
    left,
    right,
    home,
    end,
    page_up,
    page_down,
    insert,
    del
};
CUTAWAY_ENUM(Key, letter, enter, tab, backspace, escape, up, down, left, right, home, end, page_up, page_down, insert,
             del)

struct Press {
    Key key = Key::letter;
    char32_t letter = 0;
    bool control = false;
    bool shift = false;
    bool alt = false;
};

}  // namespace cutaway::terminal
