// SPDX-License-Identifier: Apache-2.0
#include "viz/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace cutaway::theme {

namespace {

constexpr Colour rgb(std::uint32_t value) {
    Colour colour;
    colour.r = static_cast<std::uint8_t>(value >> 16U);
    colour.g = static_cast<std::uint8_t>(value >> 8U);
    colour.b = static_cast<std::uint8_t>(value);
    return colour;
}

// The actors are the set of Okabe and Ito, which people with every common colour vision tell apart, made lighter for
// dark grounds and darker for light ones.
constexpr std::array<Colour, 7> bright{rgb(0x56B4E9), rgb(0xE69F00), rgb(0xE38FBD), rgb(0x7FD8BE),
                                       rgb(0xF0E442), rgb(0xC8CDD6), rgb(0xFF8A4C)};
constexpr std::array<Colour, 7> deep{rgb(0x0063A3), rgb(0x8A5A00), rgb(0x97386F), rgb(0x00664B),
                                     rgb(0x6B6200), rgb(0x4A5160), rgb(0xA83E00)};

constexpr Theme make_dark() {
    Theme theme;
    theme.background = rgb(0x12151B);
    theme.panel = rgb(0x1A1F28);
    theme.raised = rgb(0x252C38);
    theme.line = rgb(0x3D4758);
    theme.text = rgb(0xECEFF4);
    theme.muted = rgb(0xA3AEBF);
    theme.next = rgb(0x6CB6FF);
    theme.changed = rgb(0xFFC247);
    theme.good = rgb(0x4CC9A0);
    theme.bad = rgb(0xFF7B72);
    theme.plan = rgb(0x5C6980);
    theme.actors = bright;
    return theme;
}

constexpr Theme make_light() {
    Theme theme;
    theme.background = rgb(0xE9EDF2);
    theme.panel = rgb(0xFFFFFF);
    theme.raised = rgb(0xF1F4F8);
    theme.line = rgb(0xB9C2CF);
    theme.text = rgb(0x151A22);
    theme.muted = rgb(0x4C5768);
    theme.next = rgb(0x0A5FC2);
    theme.changed = rgb(0x9A5B00);
    theme.good = rgb(0x00704E);
    theme.bad = rgb(0xB3261E);
    theme.plan = rgb(0x8893A5);
    theme.actors = deep;
    return theme;
}

// A lamp washes out middle tones and thin lines: white ground, near-black text, heavy strokes.
constexpr Theme make_projector() {
    Theme theme = make_light();
    theme.background = rgb(0xFFFFFF);
    theme.raised = rgb(0xF4F4F4);
    theme.line = rgb(0x6A7280);
    theme.text = rgb(0x000000);
    theme.muted = rgb(0x363E4A);
    theme.next = rgb(0x0047A8);
    theme.changed = rgb(0x8A4B00);
    theme.plan = rgb(0x6A7280);
    theme.stroke = 1.5F;
    theme.scale = 1.5F;
    return theme;
}

constexpr Theme make_contrast() {
    Theme theme = make_dark();
    theme.background = rgb(0x000000);
    theme.panel = rgb(0x000000);
    theme.raised = rgb(0x101010);
    theme.line = rgb(0xFFFFFF);
    theme.text = rgb(0xFFFFFF);
    theme.muted = rgb(0xE0E0E0);
    theme.next = rgb(0x7FD4FF);
    theme.changed = rgb(0xFFE14D);
    theme.good = rgb(0x5CFFC9);
    theme.bad = rgb(0xFFA39E);
    theme.plan = rgb(0xB0B0B0);
    theme.stroke = 2.0F;
    return theme;
}

double linear(std::uint8_t channel) {
    const double part = channel / 255.0;
    return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

double luminance(Colour colour) {
    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

}  // namespace

const Theme& theme_of(Profile profile) {
    static constexpr std::array<Theme, 4> all{make_dark(), make_light(), make_projector(), make_contrast()};
    return all[static_cast<std::size_t>(profile)];
}

Colour mixed(Colour a, Colour b, float part_of_b) {
    const auto mix = [part_of_b](std::uint8_t from, std::uint8_t to) {
        const float value = static_cast<float>(from) + (static_cast<float>(to) - static_cast<float>(from)) * part_of_b;
        return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    };
    Colour out;
    out.r = mix(a.r, b.r);
    out.g = mix(a.g, b.g);
    out.b = mix(a.b, b.b);
    out.a = mix(a.a, b.a);
    return out;
}

double contrast(Colour a, Colour b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace cutaway::theme
