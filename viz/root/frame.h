// SPDX-License-Identifier: Apache-2.0
// Frame: one frame of the whole window from a desk: where each panel stands, and which key is which intent. It draws
// the same for a window and for a picture in memory, and keeps nothing but the line that is being typed.
#pragma once

#include "viz/app/desk.h"
#include "viz/panels/terminal.h"
#include "viz/shell/keys.h"
#include "viz/theme/theme.h"

namespace cutaway::root {

struct Drawn {
    app::Intents intents;
    std::vector<widgets::Label> labels;  // for tests: what was written, where
};

// How many pixels a unit is: 1600 x 900 units fill the window, times the person's zoom, never smaller than can be read.
float scale_of(float width, float height, const app::UiState& state);

Drawn draw_frame(app::Desk& desk, const theme::Fonts& fonts, float width, float height, panels::TypedLine& line);

std::optional<app::Intent> intent_of(const shell::Stroke& stroke, bool typing);

// Whether a line is being typed in, so that letters are text and no commands.
bool is_typing();

}  // namespace cutaway::root
