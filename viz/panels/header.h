// SPDX-License-Identifier: Apache-2.0
// Header: what is looked at, in which world, and whether it is live, stopped or the past. Below everything stands whose
// engine this is. The sheet of keys lies over all when asked for.
#pragma once

#include "viz/app/desk.h"
#include "viz/panels/tile.h"

namespace cutaway::panels {

void draw_header(Ink& ink, Rect rect, const view::Moment& moment, bool lesson, app::Intents& intents);
// `whose` engine it is, if it is not the window's own.
void draw_standing_line(Ink& ink, Rect rect, std::string_view whose);
void draw_help(Ink& ink, Rect rect, bool lesson, app::Intents& intents);

}  // namespace cutaway::panels
