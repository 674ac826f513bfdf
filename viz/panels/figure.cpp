// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/figure.h"

#include <algorithm>

namespace cutaway::panels {

using lesson::Shape;
using lesson::Tone;
using theme::Type;
using widgets::Align;

namespace {

theme::Colour colour_of(const theme::Theme& theme, Tone tone) {
    switch (tone) {
        case Tone::plain: return theme.text;
        case Tone::quiet: return theme.muted;
        case Tone::accent: return theme.next;
        case Tone::good: return theme.good;
        case Tone::bad: return theme.bad;
        case Tone::changed: return theme.changed;
    }
    return theme.text;
}

void draw_box(Ink& ink, Rect rect, const Shape& shape, float scale) {
    const theme::Theme& theme = ink.theme();
    const theme::Colour colour = colour_of(theme, shape.tone);
    if (shape.filled) {
        ink.fill(rect, theme::mixed(theme.raised, colour, 0.12F), shape.round * scale);
    }
    if (shape.dashed) {
        ink.dashed_frame(rect, colour, shape.thick * scale);
    } else {
        ink.frame(rect, colour, shape.thick * scale, shape.round * scale);
    }
}

void draw_line(Ink& ink, Rect rect, const Shape& shape, float scale) {
    const theme::Colour colour = colour_of(ink.theme(), shape.tone);
    const widgets::Point from{rect.x, rect.y};
    const widgets::Point to{rect.right(), rect.bottom()};
    if (shape.dashed) {
        ink.dashed_line(from, to, colour, shape.thick * scale);
    }
    if (shape.arrow) {  // its head also on a dashed one
        const widgets::Point near{to.x - (to.x - from.x) * 0.02F, to.y - (to.y - from.y) * 0.02F};
        ink.arrow(shape.dashed ? near : from, to, colour, shape.thick * scale);
    } else if (!shape.dashed) {
        ink.line(from, to, colour, shape.thick * scale);
    }
}

// The layout leaves room for the widest of fonts; should one be wider still, it is set smaller and not cut.
void draw_words(Ink& ink, Rect rect, const Shape& shape, float scale) {
    float size = lesson::figure_text * shape.size * scale / theme::size_of(Type::reading);
    const float wide = ink.width(shape.text, Type::reading, size);
    size *= wide > rect.w ? rect.w / wide : 1;
    const Rect room{rect.x - 1, rect.y, rect.w + 2, rect.h};
    const bool quiet = shape.tone == Tone::quiet;
    ink.text(room, shape.text, {Type::reading, quiet ? ink.theme().muted : ink.theme().text, Align::centre, size});
}

}  // namespace

float figure_scale(const lesson::Drawing& drawing, float width, float size) {
    return std::min(width / std::max(drawing.width, 1.0F), 1.25F * size);
}

void draw_figure(Ink& ink, Rect place, const lesson::Drawing& drawing, float scale) {
    const float left = place.x + std::max((place.w - drawing.width * scale) / 2, 0.0F);
    for (const Shape& shape : drawing.shapes) {
        const Rect rect{left + shape.place.x * scale, place.y + shape.place.y * scale, shape.place.w * scale,
                        shape.place.h * scale};
        switch (shape.kind) {
            case Shape::Kind::box: draw_box(ink, rect, shape, scale); break;
            case Shape::Kind::line: draw_line(ink, rect, shape, scale); break;
            case Shape::Kind::text: draw_words(ink, rect, shape, scale); break;
        }
    }
}

}  // namespace cutaway::panels
