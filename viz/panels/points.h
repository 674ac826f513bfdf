// SPDX-License-Identifier: Apache-2.0
// The editor of breakpoints: a line that is checked and completed while it is typed, and the list: on or off, how often
// each stops on this tape, remove. It keeps the line and nothing else.
#pragma once

#include "viz/app/points.h"
#include "viz/panels/side.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct PointsView {
    const app::Points& points;
    const cli::Tape& tape;
    const view::Moment& moment;
    bool lesson = false;  // whose commands stop where it says
};

void draw_points(Ink& ink, Rect rect, const PointsView& shown, FieldText& field, app::Intents& intents);

}  // namespace cutaway::panels
