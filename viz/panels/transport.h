// SPDX-License-Identifier: Apache-2.0
// Transport and timeline: back and on by the chosen grain, play, run on; the whole trace as bands and ticks, to scrub.
#pragma once

#include "viz/app/desk.h"
#include "viz/panels/tile.h"
#include "viz/view/timeline.h"

namespace cutaway::panels {

void draw_transport(Ink& ink, Rect rect, const view::Moment& moment, const app::UiState& state, app::Intents& intents);

}  // namespace cutaway::panels
