// SPDX-License-Identifier: Apache-2.0
// Type: the five sizes of text, in units that the scale multiplies. Nothing is set smaller than 14. Fonts holds the
// loaded ones; the shell loads them and owns the atlas.
#pragma once

#include <array>

struct ImFont;

namespace cutaway::theme {

enum class Type { title, narration, body, mono, label };

constexpr float size_of(Type type) {
    constexpr std::array<float, 5> sizes{24.0F, 20.0F, 16.0F, 15.0F, 14.0F};
    return sizes[static_cast<std::size_t>(type)];
}
constexpr float line_of(Type type) { return size_of(type) * 1.3F; }

struct Fonts {
    std::array<ImFont*, 5> of{};
    float scale = 1.0F;
};

}  // namespace cutaway::theme
