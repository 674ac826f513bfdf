// SPDX-License-Identifier: Apache-2.0
// Theme: the colours of a profile, each named by what it says and never by how it looks. No state is told by a colour
// alone: a colour always stands beside a shape and a word, so every profile also works in greyscale.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/enum.h"

namespace cutaway::theme {

enum class Profile { dark, light, projector, contrast };
CUTAWAY_ENUM(Profile, dark, light, projector, contrast)

struct Colour {
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;
    std::uint8_t a = 255;
    friend bool operator==(const Colour&, const Colour&) = default;
};

struct Theme {
    Colour background;
    Colour panel;
    Colour raised;  // what stands on a panel
    Colour line;    // frames and rules
    Colour text;
    Colour muted;    // text that may wait; still 4.5:1 on panel
    Colour next;     // what happens next
    Colour changed;  // what changed just now
    Colour good;
    Colour bad;
    Colour plan;                   // outlines of what is planned and not made
    std::array<Colour, 7> actors;  // client, daemon, registry, shim, runtime, kernel, container
    float stroke = 1.0F;
    float scale = 1.0F;  // where the profile starts
};

const Theme& theme_of(Profile profile);

constexpr Colour faded(Colour colour, float part) {
    colour.a = static_cast<std::uint8_t>(static_cast<float>(colour.a) * part);
    return colour;
}
Colour mixed(Colour a, Colour b, float part_of_b);
double contrast(Colour a, Colour b);  // WCAG 2: 1 to 21

}  // namespace cutaway::theme
