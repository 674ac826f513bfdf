// SPDX-License-Identifier: Apache-2.0
// Loads Inter and JetBrains Mono from where distributions put them, DejaVu where they are absent, ImGui's own at last.
// ImGui before 1.92 has a static atlas: every change of scale builds a new one, so the glyph ranges are kept small.
#pragma once

#include "viz/theme/type.h"

namespace cutaway::shell {

// Rebuilds the current ImGui context's atlas; the renderer must take its texture up again.
theme::Fonts load_fonts(float scale);

}  // namespace cutaway::shell
