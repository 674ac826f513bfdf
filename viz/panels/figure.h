// SPDX-License-Identifier: Apache-2.0
// A lesson's figure in the window: the drawing that the handout prints, in the theme's colours. It places nothing itself.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/lesson_card.h"

namespace cutaway::panels {

// How much larger or smaller than its own units it is in that width; `size` is the text's around it.
float figure_scale(const lesson::Drawing& drawing, float width, float size);

void draw_figure(Ink& ink, Rect place, const lesson::Drawing& drawing, float scale);

}  // namespace cutaway::panels
