// SPDX-License-Identifier: Apache-2.0
// The palette, over everything: a line for a few letters, and what they find. It keeps the line and the chosen row.
#pragma once

#include <vector>

#include "viz/app/palette.h"
#include "viz/panels/side.h"

namespace cutaway::panels {

void draw_palette(Ink& ink, Rect all, const std::vector<app::PaletteEntry>& entries, FieldText& field,
                  app::Intents& intents);

}  // namespace cutaway::panels
