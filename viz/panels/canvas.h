// SPDX-License-Identifier: Apache-2.0
// Canvas: the one composed drawing in the middle. The overview shows every part, the host as the outer box; a part that
// is opened fills it. What happens next is framed, what changed just now is marked, the rest stays quiet.
#pragma once

#include <optional>

#include "viz/panels/tile.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

void draw_canvas(Ink& ink, Rect rect, const view::Moment& moment, std::optional<view::Part> open,
                 app::Intents& intents);

}  // namespace cutaway::panels
