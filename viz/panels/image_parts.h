// SPDX-License-Identifier: Apache-2.0
// The parts of the drawing that show what is fetched and how it is put together.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/canvas.h"

namespace cutaway::panels {

void draw_exchange(Ink& ink, Rect rect, const view::Exchange& exchange, Emphasis emphasis, app::Intents& intents);
void draw_layers(Ink& ink, Rect rect, const view::Layers& layers, Emphasis emphasis, app::Intents& intents);
void draw_overlay(Ink& ink, Rect rect, const view::Overlay& overlay, Emphasis emphasis, app::Intents& intents);

}  // namespace cutaway::panels
