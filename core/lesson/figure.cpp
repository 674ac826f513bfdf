// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/figure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/lesson/figure_tree.h"

namespace cutaway::lesson {

namespace {

constexpr float small = 0.88F;
constexpr float widest_text = 150;
constexpr float widest_bare = 300;  // of words without a frame
constexpr float pad_x = 9;
constexpr float pad_y = 6;
constexpr float stacked_pad_y = 2;
constexpr float margin = 5;
constexpr float roof = 16;
constexpr float rim = 8;
constexpr float handle = 11;

float line_height(float size) { return std::ceil(figure_text * size * 1.3F); }
float text_width(std::string_view text, float size) { return std::ceil(figure_text_width(text, size)); }

std::vector<std::string> wrapped(const std::string& text, float size, float width) {
    std::vector<std::string> out{""};
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        const std::string longer = out.back().empty() ? word : out.back() + " " + word;
        if (!out.back().empty() && text_width(longer, size) > width) {
            out.push_back(word);
        } else {
            out.back() = longer;
        }
        at = end + 1;
    }
    return out;
}

struct SetLine {
    std::string text;
    float size = 1;
    bool first = false;  // of the name
};

std::vector<SetLine> lines_of(const FigureNode& node) {
    const float widest = node.look == Look::text ? widest_bare : widest_text;
    std::vector<SetLine> out;
    for (std::size_t n = 0; n < node.texts.size(); ++n) {
        const float size = n == 0 ? 1 : small;
        for (std::string& line : wrapped(node.texts[n], size, widest)) {
            out.push_back({std::move(line), size, n == 0});
        }
    }
    return out;
}

Place extent_of(const std::vector<SetLine>& lines) {
    Place out;
    for (const SetLine& line : lines) {
        out.w = std::max(out.w, text_width(line.text, line.size));
        out.h += line_height(line.size);
    }
    return out;
}

bool is_row(const FigureNode& node) { return node.look == Look::row; }
bool has_parts(const FigureNode& node) {
    return is_row(node) || node.look == Look::column || node.look == Look::stack || node.look == Look::group;
}

float gap_of(const FigureNode& node) {
    if (node.look == Look::stack) {
        return 0;
    }
    return node.gap >= 0 ? node.gap : is_row(node) ? 14.0F : 10.0F;
}

// Bottom up: how large each wants to be.
void measure(FigureNode& node) {
    const Place words = extent_of(lines_of(node));
    if (!has_parts(node)) {
        const bool bare = node.look == Look::text;
        node.place.w = words.w + (bare ? 2 : 2 * pad_x) + (node.look == Look::cup ? handle : 0);
        node.place.h = words.h + (bare ? 0 : 2 * pad_y);
        node.place.h += node.look == Look::house ? roof : node.look == Look::disk ? rim : 0;
        if (node.look == Look::gap) {
            node.place = {0, 0, 14, 14};
        }
        return;
    }
    float along = 0;
    float across = 0;
    for (FigureNode& part : node.parts) {
        measure(part);
        part.place.h -= node.look == Look::stack && !has_parts(part) ? 2 * (pad_y - stacked_pad_y) : 0;  // many fit
        along += is_row(node) ? part.place.w : part.place.h;
        across = std::max(across, is_row(node) ? part.place.h : part.place.w);
    }
    along += gap_of(node) * static_cast<float>(std::max<std::size_t>(node.parts.size(), 1) - 1);
    node.place.w = is_row(node) ? along : across;
    node.place.h = is_row(node) ? across : along;
    if (node.look == Look::group) {
        node.place.w = std::max(node.place.w, words.w) + 2 * pad_x;
        node.place.h += words.h + 2 * pad_y + (words.h > 0 ? pad_y : 0);
    }
}

// Top down: where each goes. `node.place` is its own already.
void arrange(FigureNode& node) {
    if (!has_parts(node)) {
        return;
    }
    Place room = node.place;
    if (node.look == Look::group) {
        const float words = extent_of(lines_of(node)).h;
        const float top = words + pad_y + (words > 0 ? pad_y : 0);
        room = {room.x + pad_x, room.y + top, room.w - 2 * pad_x, room.h - top - pad_y};
    }
    float along = 0;
    for (const FigureNode& part : node.parts) {
        along += is_row(node) ? part.place.w : part.place.h;
    }
    along += gap_of(node) * static_cast<float>(std::max<std::size_t>(node.parts.size(), 1) - 1);
    float at = is_row(node) ? room.x + (room.w - along) / 2 : room.y + (room.h - along) / 2;
    for (FigureNode& part : node.parts) {
        const bool fills = part.wide || node.look == Look::stack;
        if (is_row(node)) {
            part.place.h = fills ? room.h : part.place.h;
            part.place.x = at;
            part.place.y = room.y + (room.h - part.place.h) / 2;
            at += part.place.w + gap_of(node);
        } else {
            part.place.w = fills ? room.w : part.place.w;
            part.place.x = room.x + (room.w - part.place.w) / 2;
            part.place.y = at;
            at += part.place.h + gap_of(node);
        }
        arrange(part);
    }
}

struct Spot {
    float x = 0;
    float y = 0;
};

Shape line_from(Spot from, Spot to, Tone tone, float thick) {
    Shape out;
    out.kind = Shape::Kind::line;
    out.place = {from.x, from.y, to.x - from.x, to.y - from.y};
    out.tone = tone;
    out.thick = thick;
    return out;
}

Shape text_at(Place place, std::string text, float size, Tone tone) {
    Shape out;
    out.kind = Shape::Kind::text;
    out.place = place;
    out.text = std::move(text);
    out.size = size;
    out.tone = tone;
    return out;
}

class Painter {
public:
    explicit Painter(std::vector<Shape>& out) : out_(out) {}

    void paint(const FigureNode& node) {
        frame(node);
        words(node);
        for (const FigureNode& part : node.parts) {
            paint(part);
        }
        if (node.crossed) {
            const Place& p = node.place;
            out_.push_back(line_from({p.x, p.y}, {p.x + p.w, p.y + p.h}, Tone::bad, 2));
            out_.push_back(line_from({p.x, p.y + p.h}, {p.x + p.w, p.y}, Tone::bad, 2));
        }
    }

private:
    static float thick_of(const FigureNode& node) { return node.strong ? 3.0F : 1.5F; }

    void box(const FigureNode& node, const Place& place, float round) {
        Shape out;
        out.place = place;
        out.tone = node.tone;
        out.filled = node.look != Look::group;
        out.dashed = node.dashed;
        out.thick = thick_of(node);
        out.round = round;
        out_.push_back(out);
    }

    void frame(const FigureNode& node) {
        const Place& p = node.place;
        const float thick = thick_of(node);
        switch (node.look) {
            case Look::box: box(node, p, 3); break;
            case Look::group: box(node, p, 6); break;
            case Look::round: box(node, p, std::min(p.h / 2, 18.0F)); break;
            case Look::house:
                box(node, {p.x + 4, p.y + roof, p.w - 8, p.h - roof}, 0);
                out_.push_back(line_from({p.x, p.y + roof}, {p.x + p.w / 2, p.y + 1}, node.tone, thick));
                out_.push_back(line_from({p.x + p.w / 2, p.y + 1}, {p.x + p.w, p.y + roof}, node.tone, thick));
                out_.push_back(line_from({p.x, p.y + roof}, {p.x + p.w, p.y + roof}, node.tone, thick));
                break;
            case Look::disk:
                box(node, p, 8);
                out_.push_back(line_from({p.x, p.y + rim}, {p.x + p.w, p.y + rim}, node.tone, thick));
                break;
            case Look::sheet:
                box(node, p, 0);
                out_.push_back(line_from({p.x + p.w - 9, p.y}, {p.x + p.w - 9, p.y + 9}, node.tone, 1));
                out_.push_back(line_from({p.x + p.w - 9, p.y + 9}, {p.x + p.w, p.y + 9}, node.tone, 1));
                break;
            case Look::cup:
                box(node, {p.x + p.w - 2 * handle, p.y + p.h * 0.2F, 2 * handle, p.h * 0.5F}, 7);
                box(node, {p.x, p.y, p.w - handle, p.h}, 5);
                break;
            default: break;
        }
    }

    void words(const FigureNode& node) {
        const std::vector<SetLine> lines = lines_of(node);
        const Place extent = extent_of(lines);
        Place room = node.place;
        room.w -= node.look == Look::cup ? handle : 0;
        const float above = node.look == Look::house ? roof : node.look == Look::disk ? rim : 0;
        float y = node.look == Look::group ? room.y + pad_y : room.y + above + (room.h - above - extent.h) / 2;
        for (const SetLine& line : lines) {
            const float wide = text_width(line.text, line.size);
            const Place place{room.x + (room.w - wide) / 2, y, wide, line_height(line.size)};
            const bool said = node.tone == Tone::quiet || (!line.first && node.tone == Tone::plain);
            out_.push_back(text_at(place, line.text, line.size, said ? Tone::quiet : Tone::plain));
            y += place.h;
        }
    }

    std::vector<Shape>& out_;
};

// Where a line from one to the other leaves and arrives: straight where they stand beside or above each other.
struct Ends {
    float x0, y0, x1, y1;
};

float between(float a, float a_size, float b, float b_size, bool first) {
    const float from = std::max(a, b);
    const float to = std::min(a + a_size, b + b_size);
    if (to > from) {
        return (from + to) / 2;
    }
    return first ? a + a_size / 2 : b + b_size / 2;
}

Ends ends_of(const Place& a, const Place& b) {
    const float beside = std::max(b.x - (a.x + a.w), a.x - (b.x + b.w));
    const float above = std::max(b.y - (a.y + a.h), a.y - (b.y + b.h));
    if (beside >= above) {
        const bool right = b.x >= a.x;
        return {right ? a.x + a.w : a.x, between(a.y, a.h, b.y, b.h, true), right ? b.x : b.x + b.w,
                between(a.y, a.h, b.y, b.h, false)};
    }
    const bool below = b.y >= a.y;
    return {between(a.x, a.w, b.x, b.w, true), below ? a.y + a.h : a.y, between(a.x, a.w, b.x, b.w, false),
            below ? b.y : b.y + b.h};
}

class Layout {
public:
    explicit Layout(FigureTree tree) : tree_(std::move(tree)) { out_.mistakes = std::move(tree_.mistakes); }

    ReadFigure make() {
        measure(tree_.top);
        arrange(tree_.top);
        name(tree_.top);
        Painter(out_.drawing.shapes).paint(tree_.top);
        for (const FigureEdge& edge : tree_.edges) {
            connect(edge);
        }
        bound();
        check();
        return std::move(out_);
    }

private:
    void complain(int line, std::string what) { out_.mistakes.push_back({line, std::move(what)}); }

    void name(const FigureNode& node) {
        if (!node.id.empty() && !places_.try_emplace(node.id, node.place).second) {
            complain(node.line, "the name " + node.id + " is taken in this figure");
        }
        for (const FigureNode& part : node.parts) {
            name(part);
        }
    }

    void connect(const FigureEdge& edge) {
        for (const std::string& end : {edge.from, edge.to}) {
            if (places_.count(end) == 0) {
                complain(edge.line, "nothing in this figure is named " + end);
                return;
            }
        }
        const Ends ends = ends_of(places_[edge.from], places_[edge.to]);
        Shape line = line_from({ends.x0, ends.y0}, {ends.x1, ends.y1}, edge.tone, edge.strong ? 3.0F : 1.5F);
        line.arrow = edge.arrow;
        line.dashed = edge.dashed;
        const std::vector<Shape> words = label(edge, ends);
        draw_around(line, words);
        out_.drawing.shapes.insert(out_.drawing.shapes.end(), words.begin(), words.end());
    }

    // Above a level line, to the right of an upright one, in the middle of any other.
    static std::vector<Shape> label(const FigureEdge& edge, const Ends& ends) {
        constexpr float nearly = 4;
        const bool level = std::abs(ends.y1 - ends.y0) < nearly;
        const bool upright = std::abs(ends.x1 - ends.x0) < nearly;
        const float room = upright ? widest_text : std::max(std::abs(ends.x1 - ends.x0) - 2, 30.0F);
        const std::vector<std::string> lines =
            edge.text.empty() ? std::vector<std::string>() : wrapped(edge.text, small, room);
        const float high = line_height(small);
        const float all = high * static_cast<float>(lines.size());
        const float x = (ends.x0 + ends.x1) / 2;
        float y = (ends.y0 + ends.y1) / 2 - (level ? 2 + all : all / 2);
        std::vector<Shape> out;
        for (const std::string& line : lines) {
            const float wide = text_width(line, small);
            out.push_back(text_at({upright ? x + 7 : x - wide / 2, y, wide, high}, line, small, Tone::quiet));
            y += high;
        }
        return out;
    }

    // The line, with a gap where its own words stand.
    void draw_around(const Shape& line, const std::vector<Shape>& words) {
        constexpr int steps = 100;
        int first = steps + 1;
        int last = 0;
        for (int step = 0; step <= steps; ++step) {
            const float part = static_cast<float>(step) / steps;
            const float x = line.place.x + line.place.w * part;
            const float y = line.place.y + line.place.h * part;
            const auto hides = [&](const Shape& word) { return inside(x, y, word.place, 2); };
            if (std::any_of(words.begin(), words.end(), hides)) {
                first = std::min(first, step);
                last = step;
            }
        }
        if (first > steps) {
            out_.drawing.shapes.push_back(line);
            return;
        }
        out_.drawing.shapes.push_back(piece_of(line, 0, static_cast<float>(first) / steps));
        out_.drawing.shapes.back().arrow = false;
        out_.drawing.shapes.push_back(piece_of(line, static_cast<float>(last) / steps, 1));
    }

    static Shape piece_of(Shape line, float from, float to) {
        line.place.x += line.place.w * from;
        line.place.y += line.place.h * from;
        line.place.w *= to - from;
        line.place.h *= to - from;
        return line;
    }

    static bool inside(float x, float y, const Place& place, float around) {
        return x > place.x - around && x < place.x + place.w + around && y > place.y - around &&
               y < place.y + place.h + around;
    }

    // Moves everything so that it begins at the margin.
    void bound() {
        float left = 0;
        float top = 0;
        float right = 0;
        float bottom = 0;
        for (const Shape& shape : out_.drawing.shapes) {
            left = std::min({left, shape.place.x, shape.place.x + shape.place.w});
            top = std::min({top, shape.place.y, shape.place.y + shape.place.h});
            right = std::max({right, shape.place.x, shape.place.x + shape.place.w});
            bottom = std::max({bottom, shape.place.y, shape.place.y + shape.place.h});
        }
        for (Shape& shape : out_.drawing.shapes) {
            shape.place.x += margin - left;
            shape.place.y += margin - top;
        }
        out_.drawing.width = right - left + 2 * margin;
        out_.drawing.height = bottom - top + 2 * margin;
    }

    void check() {
        if (out_.drawing.width > widest_figure) {
            complain(1, "the figure is " + std::to_string(static_cast<int>(out_.drawing.width)) + " wide and at most " +
                            std::to_string(static_cast<int>(widest_figure)) +
                            " can be read; set more below each other");
        }
        const std::vector<Shape>& shapes = out_.drawing.shapes;
        for (std::size_t a = 0; a < shapes.size(); ++a) {
            for (std::size_t b = 0; b < shapes.size(); ++b) {
                if (shapes[b].kind == Shape::Kind::text && a != b) {
                    check(shapes[a], shapes[b], a < b);
                }
            }
        }
    }

    void check(const Shape& shape, const Shape& words, bool once) {
        if (shape.kind == Shape::Kind::text && once && overlap(shape.place, words.place)) {
            complain(
                1, "\"" + shape.text + "\" and \"" + words.text + "\" lie on each other; loose or far gives more room");
        }
        const bool connects = shape.kind == Shape::Kind::line && shape.tone != Tone::bad;  // a cross may
        if (connects && crosses(shape.place, words.place)) {
            complain(1, "a line runs through \"" + words.text + "\"; put what it joins beside each other");
        }
    }

    // Looked at in small steps along the line.
    static bool crosses(const Place& line, const Place& words) {
        for (int step = 0; step <= 40; ++step) {
            const float part = static_cast<float>(step) / 40;
            const float x = line.x + line.w * part;
            const float y = line.y + line.h * part;
            if (inside(x, y, words, -2)) {
                return true;
            }
        }
        return false;
    }

    static bool overlap(const Place& a, const Place& b) {
        return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h - 0.5F && b.y < a.y + a.h - 0.5F;
    }

    FigureTree tree_;
    ReadFigure out_;
    std::map<std::string, Place> places_;
};

}  // namespace

// DejaVu Sans, in thousandths of its size; what is not ASCII counts as wide as a capital.
float figure_text_width(std::string_view text, float size) {
    constexpr std::array<std::uint16_t, 95> widths{
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
        636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
        575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
        611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
        278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838};
    float sum = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) {  // each character once
            sum += byte >= 0x20 && byte < 0x7f ? static_cast<float>(widths[byte - 0x20U]) : 750.0F;
        }
    }
    return sum * size * figure_text / 1000;
}

ReadFigure read_figure(std::string_view text) { return Layout(read_figure_tree(text)).make(); }

}  // namespace cutaway::lesson
