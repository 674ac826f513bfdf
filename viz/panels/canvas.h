// SPDX-License-Identifier: Apache-2.0
// Canvas: the one composed drawing in the middle. The overview shows every part, the host as the outer box; a part that
// is opened fills it. What happens next is framed, what changed just now is marked, the rest stays quiet.
#pragma once

#include <optional>

#include "viz/panels/tile.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct CanvasState {
    std::optional<view::Part> open;  // fills it
    std::vector<view::Part> lit;     // a lesson speaks of them
    std::vector<view::Part> few;     // no room for all: these alone
};

void draw_canvas(Ink& ink, Rect rect, const view::Moment& moment, const CanvasState& state, app::Intents& intents);

}  // namespace cutaway::panels
