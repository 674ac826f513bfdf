// SPDX-License-Identifier: Apache-2.0
// The parts of the drawing that show what the kernel holds for a container, and the container's own state.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/canvas.h"

namespace cutaway::panels {

void draw_spaces(Ink& ink, Rect rect, const view::Spaces& spaces, Emphasis emphasis, app::Intents& intents);
void draw_processes(Ink& ink, Rect rect, const view::Processes& processes, Emphasis emphasis, app::Intents& intents);
void draw_cgroup(Ink& ink, Rect rect, const view::CgroupView& cgroup, Emphasis emphasis, app::Intents& intents);
void draw_network(Ink& ink, Rect rect, const view::Network& network, Emphasis emphasis, app::Intents& intents);
void draw_lifecycle(Ink& ink, Rect rect, const view::Lifecycle& lifecycle, Emphasis emphasis, app::Intents& intents);

}  // namespace cutaway::panels
