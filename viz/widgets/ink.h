// SPDX-License-Identifier: Apache-2.0
// Ink: draws on the current ImGui window in units that the scale multiplies: shapes, text that fits, buttons. It writes
// down every label that it drew and where, so that tests can find what is cut off or lies on something else. It knows no
// container, and keeps nothing from frame to frame.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "viz/theme/theme.h"
#include "viz/theme/type.h"

struct ImDrawList;

namespace cutaway::widgets {

struct Rect {
    float x = 0;
    float y = 0;
    float w = 0;
    float h = 0;
    [[nodiscard]] float right() const { return x + w; }
    [[nodiscard]] float bottom() const { return y + h; }
    [[nodiscard]] float middle_x() const { return x + w / 2; }
    [[nodiscard]] float middle_y() const { return y + h / 2; }
};

Rect inset(Rect rect, float by);
// Cuts a piece off and answers it; what is left stays in `rest`.
Rect cut_left(Rect& rest, float w);
Rect cut_right(Rect& rest, float w);
Rect cut_top(Rect& rest, float h);
Rect cut_bottom(Rect& rest, float h);

enum class Mark { dot, ring, check, cross, play, pause, diamond, square, dashed, to_start, to_end, back, forward };
enum class Align { left, centre, right };

struct Label {
    std::string text;
    Rect box;    // where it had to stay, in units
    Rect drawn;  // where its letters are
    int layer = 0;
    bool shortened = false;
};

struct Touchable {  // what can be pressed, by its stable id; for scripts and tests
    std::string id;
    Rect box;
};

struct Style {
    theme::Type type = theme::Type::body;
    theme::Colour colour;
    Align align = Align::left;
    float size = 1;  // of the type's own
};

// The one ImGui window that fills everything, for as long as it lives.
class Page {
public:
    Page(const theme::Theme& theme, float width, float height);
    ~Page();
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
};

bool wants_text();  // somebody types into a line
std::string clipboard();

struct Point {
    float x = 0;
    float y = 0;
};

class Ink {
public:
    Ink(const theme::Theme& theme, const theme::Fonts& fonts);

    [[nodiscard]] const theme::Theme& theme() const { return theme_; }

    void fill(Rect rect, theme::Colour colour, float round = 4);
    void frame(Rect rect, theme::Colour colour, float thick = 1, float round = 4);
    void dashed_frame(Rect rect, theme::Colour colour, float thick = 1);
    void line(Point from, Point to, theme::Colour colour, float thick = 1);
    void dashed_line(Point from, Point to, theme::Colour colour, float thick = 1);
    void arrow(Point from, Point to, theme::Colour colour, float thick = 1.5F);
    void mark(Mark mark, float x, float y, float size, theme::Colour colour);  // around x, y

    // One line, shortened with … if it must be; the whole of it is then its tooltip. Answers its width.
    float text(Rect box, std::string_view text, const Style& style);
    // As many lines as fit; answers the height used. With box.h 0: as many as it takes.
    float wrapped(Rect box, std::string_view text, const Style& style);
    [[nodiscard]] float width(std::string_view text, theme::Type type, float size = 1) const;
    [[nodiscard]] float wrapped_height(float width, std::string_view text, theme::Type type) const;

    bool button(const char* id, Rect rect, std::string_view label, bool active = false);
    bool icon_button(const char* id, Rect rect, Mark mark, std::string_view tip);
    bool touch(const char* id, Rect rect);  // an invisible button; draws the focus
    [[nodiscard]] bool hovered(Rect rect) const;
    [[nodiscard]] bool held() const;  // the last touch
    [[nodiscard]] float pointer_x() const;
    void tip(std::string_view text);
    static void copy(const std::string& text);  // to the clipboard

    // A line to type into; Up and Down bring back what was typed before. True when Enter was pressed.
    struct History {
        const std::vector<std::string>& typed;
        std::size_t& recalled;
        bool& wants_focus;
        std::string_view completed = {};  // what Tab makes of it, if anything
    };
    bool line_input(const char* id, Rect rect, std::span<char> text, History history);

    // A line to type into that answers at every letter. Tab makes `completed` of it, if there is one.
    struct Field {
        std::span<char> text;
        std::string_view completed;
        bool& wants_focus;  // it takes the keyboard, and the flag is put down
    };
    struct FieldNews {
        bool changed = false;
        bool entered = false;
        bool focused = false;
        int moved = 0;  // rows: up is -1
    };
    FieldNews field(const char* id, Rect rect, const Field& field);

    // A part that scrolls by itself: until end_scroll units count from its top left corner.
    void begin_scroll(const char* id, Rect rect);
    void end_scroll(float height);
    [[nodiscard]] float scrolled() const;  // inside such a part: how far
    [[nodiscard]] Point pointer() const;   // in units of the part that is drawn
    enum class Drag { none, began, goes, ended };
    [[nodiscard]] Drag drag() const;  // what the pointer does with the last touch
    // Text as it stands: never shortened, at whole pixels, no label; for letters in columns.
    void letters(Point where, std::string_view text, theme::Type type, theme::Colour colour);
    [[nodiscard]] float advance(theme::Type type) const;  // a column's width, in whole pixels
    void keep_at_bottom();  // inside such a part: follows what is added, unless it was scrolled up

    // What lies over all parts that scroll, too: they are drawn after the page they stand on.
    void begin_overlay(Rect rect);
    void end_overlay();

    void set_layer(int layer) { layer_ = layer; }       // labels of different layers may cover each other
    void set_asleep(bool asleep) { asleep_ = asleep; }  // something lies over it: it is seen and not felt
    [[nodiscard]] const std::vector<Label>& labels() const { return labels_; }
    [[nodiscard]] const std::vector<Touchable>& touchables() const { return touchables_; }

private:
    [[nodiscard]] Point at(float x, float y) const;
    void note_touchable(const char* id, Rect rect);
    void begin_input(const char* id, Rect rect);
    static void end_input();
    void put(std::string_view text, Rect box, Point where, const Style& style, bool shortened);

    const theme::Theme& theme_;
    const theme::Fonts& fonts_;
    float scale_;
    ImDrawList* list_;
    ImDrawList* outer_ = nullptr;
    ImDrawList* under_ = nullptr;  // of the page, while something lies over it
    Point origin_{0, 0};           // in pixels
    Rect clip_;                    // of a scrolling part, in its units
    int layer_ = 0;
    bool at_bottom_ = false;
    bool asleep_ = false;
    std::vector<Label> labels_;
    std::vector<Touchable> touchables_;
};

}  // namespace cutaway::widgets
