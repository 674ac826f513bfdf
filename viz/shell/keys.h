// SPDX-License-Identifier: Apache-2.0
// Strokes: keys as the window gives them, in our own words; scripts and tests make the same ones.
#pragma once

#include "core/base/enum.h"

namespace cutaway::shell {

enum class Key {
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    space,
    enter,
    escape,
    tab,
    plus,
    minus,
    zero,
    question,
    f3,
    f5,
    f9,
    backspace,
    insert,
    del,
    letter
};
CUTAWAY_ENUM(Key, left, right, up, down, home, end, page_up, page_down, space, enter, escape, tab, plus, minus, zero,
             question, f3, f5, f9, backspace, insert, del, letter)

struct Stroke {
    Key key = Key::letter;
    char letter = 0;  // of Key::letter: 'a' to 'z', '1' to '9', '.', and as characters ':', '[', ']'
    bool shift = false;
    bool control = false;
    bool alt = false;
    char32_t character = 0;  // while every key is wanted: what was typed, in place of a letter
};

}  // namespace cutaway::shell
