// SPDX-License-Identifier: Apache-2.0
// Palette: whatever can be gone to or done, by name: actions with their keys, phases and containers of the tape to jump
// to, lessons and traces to open. Letters find a name that has them in this order; the better they hang together the higher it
// stands. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/app/intent.h"
#include "viz/view/lesson_list.h"
#include "viz/view/story.h"

namespace cutaway::app {

struct PaletteEntry {
    std::string name;
    std::string aside;  // its key, or what it is
    Intent intent;
};

struct PaletteSource {
    const view::Story& story;
    const std::vector<view::LessonRow>& lessons;
    const std::vector<std::string>& recent;  // traces
    bool lesson = false;                     // one is being played
};

std::vector<PaletteEntry> palette_entries(const PaletteSource& source);

// How well the letters fit, more is better; nothing: they do not. Case does not matter, nor do spaces.
std::optional<int> fit(std::string_view letters, std::string_view name);

// Those that fit, the best first; without letters all, as they come.
std::vector<PaletteEntry> filtered(std::vector<PaletteEntry> entries, std::string_view letters);

}  // namespace cutaway::app
