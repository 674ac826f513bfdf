// SPDX-License-Identifier: Apache-2.0
// What the panels of the column beside the drawing have in common: a frame with a title and a way out, a line to type
// into, a row of small words to press. They keep nothing.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "viz/panels/tile.h"

namespace cutaway::panels {

struct FieldText {  // of one line; its owner keeps it from frame to frame
    std::array<char, 1024> text{};
    bool wants_focus = false;
    std::size_t row = 0;  // chosen among what stands below it
    void set(std::string_view what);
};

// Answers what is left for the panel; `id` names the panel's parts: close_ID.
Rect side_frame(Ink& ink, Rect rect, std::string_view id, std::string_view title, app::Intents& intents);

// A framed line with a hint while it is empty.
struct LineLook {
    const char* id;
    std::string_view hint;
    std::string_view completed;
    bool bad = false;
};
Ink::FieldNews side_line(Ink& ink, Rect row, const LineLook& look, FieldText& field);

// Rows that complete what is typed; answers the one that was pressed, or -1. Takes its height from `rest`.
int completion_rows(Ink& ink, Rect& rest, std::span<const std::string> rows);

}  // namespace cutaway::panels
