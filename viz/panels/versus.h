// SPDX-License-Identifier: Apache-2.0
// Versus: two runs side by side in the drawing's place, a row a step, each with a shape and a word for what differs.
#pragma once

#include "viz/app/rivals.h"
#include "viz/panels/side.h"

namespace cutaway::panels {

void draw_versus(Ink& ink, Rect rect, const app::Rivals::Shown& shown, app::Intents& intents);

}  // namespace cutaway::panels
