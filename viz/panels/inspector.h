// SPDX-License-Identifier: Apache-2.0
// Inspector: the step card on top (what happens next and why), below it what is behind: arguments, system calls, the
// line by hand, the last reply, what changed. It scrolls; copy buttons take the text along.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/inspector.h"

namespace cutaway::panels {

// A change with its mark; answers its height, at most that of its place.
float draw_change(Ink& ink, Rect place, const view::ChangeRow& change);

void draw_inspector(Ink& ink, Rect rect, const view::Inspector& inspector, app::Intents& intents);

}  // namespace cutaway::panels
