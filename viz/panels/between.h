// SPDX-License-Identifier: Apache-2.0
// The two pins and what differs between them.
#pragma once

#include "viz/panels/side.h"
#include "viz/view/between.h"

namespace cutaway::panels {

void draw_between(Ink& ink, Rect rect, const view::Between& between, app::Intents& intents);

}  // namespace cutaway::panels
