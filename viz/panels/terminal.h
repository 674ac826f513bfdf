// SPDX-License-Identifier: Apache-2.0
// Terminal: the transcript of what was typed and printed, and a line to type docker commands into. In the past nothing
// can be typed: it offers to go live. It keeps only the line that is being typed.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "viz/panels/tile.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct TypedLine {
    std::array<char, 1024> text{};
    std::size_t recalled = 0;  // how far back in what was typed before
    bool wants_focus = false;
};

struct Transcript {
    const std::string& text;
    const std::vector<std::string>& typed;
    std::string_view notice;
    TypedLine& line;
    bool lesson = false;  // commands go to the lesson's machine
};

void draw_terminal(Ink& ink, Rect rect, const view::Moment& moment, const Transcript& transcript,
                   app::Intents& intents);

}  // namespace cutaway::panels
