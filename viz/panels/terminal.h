// SPDX-License-Identifier: Apache-2.0
// Terminal: what was typed and printed, as a terminal shows it, and a line to type docker commands into, completed by
// Tab. In the past nothing can be typed: it offers to go live, or to go on with a copy of the machine. It keeps only the line that is being typed and what is
// marked.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "viz/app/line_completion.h"
#include "viz/panels/screen.h"
#include "viz/panels/tile.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct TypedLine {
    std::array<char, 1024> text{};
    std::size_t recalled = 0;  // how far back in what was typed before
    bool wants_focus = false;
    Marked marked;
    std::string completed_for;
    std::uint64_t completed_at = 0;
    app::LineCompletion completion;
};

struct Transcript {
    const terminal::Screen& screen;
    bool empty = true;  // nothing was printed yet
    const std::vector<std::string>& typed;
    std::string_view notice;
    TypedLine& line;
    bool at_terminal = false;  // the keyboard is a container's
    bool lesson = false;       // commands go to the lesson's machine
};

void draw_terminal(Ink& ink, Rect rect, const view::Moment& moment, const Transcript& transcript,
                   app::Intents& intents);

}  // namespace cutaway::panels
