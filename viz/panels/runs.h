// SPDX-License-Identifier: Apache-2.0
// Runs: what an engine does for everybody, run by run, and the breakpoints that others set there; a press looks at a
// run. It keeps nothing.
#pragma once

#include "viz/app/visit.h"
#include "viz/panels/side.h"

namespace cutaway::panels {

// Without a visit it says how to make one.
void draw_runs(Ink& ink, Rect rect, const app::Visit* visit, app::Intents& intents);

}  // namespace cutaway::panels
