// SPDX-License-Identifier: Apache-2.0
// Rail: the phases at the left, each with a shape, a word and a colour; a press jumps to where one begins.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/rail.h"

namespace cutaway::panels {

void draw_rail(Ink& ink, Rect rect, const view::Rail& rail, app::Intents& intents);

}  // namespace cutaway::panels
