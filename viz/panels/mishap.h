// SPDX-License-Identifier: Apache-2.0
// What went wrong, below the inspector: the error, and three ways on: to its cause in the trace, to the lesson that is
// about it, and, on a simulated machine, back to before the command. It keeps nothing.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/mishap.h"

namespace cutaway::panels {

struct MishapView {
    const view::Mishap& mishap;
    bool can_undo = false;
};

// Takes its height from the bottom of `rest`.
void draw_mishap(Ink& ink, Rect& rest, const MishapView& shown, app::Intents& intents);

}  // namespace cutaway::panels
