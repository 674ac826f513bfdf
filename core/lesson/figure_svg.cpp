// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/figure_svg.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/lesson/html.h"

namespace cutaway::lesson {

namespace {

struct Inks {
    std::string_view stroke;
    std::string_view fill;
};

Inks inks_of(Tone tone) {
    switch (tone) {
        case Tone::plain: return {"#222", "#f4f4f4"};
        case Tone::quiet: return {"#666", "#fafafa"};
        case Tone::accent: return {"#0063a3", "#e3f0fa"};
        case Tone::good: return {"#00664b", "#e2f3ec"};
        case Tone::bad: return {"#a32000", "#fbe7e2"};
        case Tone::changed: return {"#8a5a00", "#fbf0da"};
    }
    return {};
}

std::string number(float value) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.1f", static_cast<double>(value));
    return out.data();
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string strokes(const Shape& shape) {
    return attribute("stroke", inks_of(shape.tone).stroke) + attribute("stroke-width", number(shape.thick)) +
           (shape.dashed ? attribute("stroke-dasharray", "5 4") : "");
}

std::string box(const Shape& shape) {
    const Place& p = shape.place;
    return "<rect" + attribute("x", number(p.x)) + attribute("y", number(p.y)) + attribute("width", number(p.w)) +
           attribute("height", number(p.h)) + attribute("rx", number(shape.round)) +
           attribute("fill", shape.filled ? inks_of(shape.tone).fill : "none") + strokes(shape) + "/>\n";
}

std::string line(const Shape& shape) {
    const Place& p = shape.place;
    const float x = p.x + p.w;
    const float y = p.y + p.h;
    std::string out = "<line" + attribute("x1", number(p.x)) + attribute("y1", number(p.y)) +
                      attribute("x2", number(x)) + attribute("y2", number(y)) + strokes(shape) + "/>\n";
    if (shape.arrow) {
        const float length = std::max(std::hypot(p.w, p.h), 1.0F);
        const float dx = p.w / length;
        const float dy = p.h / length;
        const auto point = [](float px, float py) { return number(px) + "," + number(py); };
        out += "<polygon" +
               attribute("points", point(x, y) + " " + point(x - dx * 8 - dy * 4, y - dy * 8 + dx * 4) + " " +
                                       point(x - dx * 8 + dy * 4, y - dy * 8 - dx * 4)) +
               attribute("fill", inks_of(shape.tone).stroke) + "/>\n";
    }
    return out;
}

std::string words(const Shape& shape) {
    const Place& p = shape.place;
    const float size = figure_text * shape.size;
    return "<text" + attribute("x", number(p.x + p.w / 2)) + attribute("y", number(p.y + p.h / 2 + size * 0.36F)) +
           attribute("font-size", number(size)) + attribute("fill", shape.tone == Tone::quiet ? "#444" : "#111") +
           attribute("text-anchor", "middle") + ">" + html_escaped(shape.text) + "</text>\n";
}

}  // namespace

std::string figure_svg(const Drawing& drawing, std::string_view alt) {
    const std::string width = number(drawing.width);
    const std::string height = number(drawing.height);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"" + attribute("width", width) +
                      attribute("height", height) + attribute("viewBox", "0 0 " + width + " " + height) +
                      attribute("aria-label", html_escaped(alt)) +
                      " font-family=\"Noto Sans, DejaVu Sans, Arial, sans-serif\">\n<title>" + html_escaped(alt) +
                      "</title>\n";
    for (const Shape& shape : drawing.shapes) {
        out += shape.kind == Shape::Kind::box    ? box(shape)
               : shape.kind == Shape::Kind::line ? line(shape)
                                                 : words(shape);
    }
    return out + "</svg>\n";
}

}  // namespace cutaway::lesson
