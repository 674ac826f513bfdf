// SPDX-License-Identifier: Apache-2.0
// Type: the seven sizes of text in em, in units of which 1600 x 900 make the whole window: so nothing is set smaller than
// 15 pixels at 1920 x 1080. Fonts holds the loaded ones; the shell loads them and owns the atlas.
#pragma once

#include <array>

struct ImFont;

namespace cutaway::theme {

enum class Type { title, narration, body, mono, label, reading, code };

constexpr float size_of(Type type) {
    constexpr std::array<float, 7> sizes{22.0F, 18.0F, 15.0F, 13.5F, 13.0F, 20.0F, 18.0F};
    return sizes[static_cast<std::size_t>(type)];
}
constexpr float line_of(Type type) { return size_of(type) * 1.4F; }

struct Fonts {
    std::array<ImFont*, 7> of{};
    float scale = 1.0F;
};

}  // namespace cutaway::theme
