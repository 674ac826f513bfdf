// SPDX-License-Identifier: Apache-2.0
#include "viz/widgets/ink.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <imgui.h>

namespace cutaway::widgets {

namespace {

ImU32 packed(theme::Colour colour) { return IM_COL32(colour.r, colour.g, colour.b, colour.a); }

float height_of(const ImFont& font) { return font.FontSize; }

}  // namespace

Rect inset(Rect rect, float by) { return {rect.x + by, rect.y + by, rect.w - 2 * by, rect.h - 2 * by}; }

Rect cut_left(Rect& rest, float w) {
    const Rect cut{rest.x, rest.y, std::min(w, rest.w), rest.h};
    rest.x += cut.w;
    rest.w -= cut.w;
    return cut;
}
Rect cut_right(Rect& rest, float w) {
    const float part = std::min(w, rest.w);
    rest.w -= part;
    return {rest.right(), rest.y, part, rest.h};
}
Rect cut_top(Rect& rest, float h) {
    const Rect cut{rest.x, rest.y, rest.w, std::min(h, rest.h)};
    rest.y += cut.h;
    rest.h -= cut.h;
    return cut;
}
Rect cut_bottom(Rect& rest, float h) {
    const float part = std::min(h, rest.h);
    rest.h -= part;
    return {rest.x, rest.bottom(), rest.w, part};
}

Page::Page(const theme::Theme& theme, float width, float height) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(2, 1));
    ImGui::PushStyleColor(ImGuiCol_PopupBg, packed(theme.raised));
    ImGui::PushStyleColor(ImGuiCol_Text, packed(theme.text));
    ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, 0);
    ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, packed(theme.line));
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(width, height));
    ImGui::Begin("page", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                     ImGuiWindowFlags_NoScrollWithMouse);
}

Page::~Page() {
    ImGui::End();
    ImGui::PopStyleColor(4);
    ImGui::PopStyleVar(3);
}

bool wants_text() { return ImGui::GetIO().WantTextInput; }

std::string clipboard() {
    const char* text = ImGui::GetClipboardText();
    return text == nullptr ? std::string() : std::string(text);
}

Ink::Ink(const theme::Theme& theme, const theme::Fonts& fonts)
    : theme_(theme), fonts_(fonts), scale_(fonts.scale), list_(ImGui::GetWindowDrawList()) {}

Point Ink::at(float x, float y) const { return {origin_.x + x * scale_, origin_.y + y * scale_}; }

void Ink::fill(Rect rect, theme::Colour colour, float round) {
    const Point a = at(rect.x, rect.y);
    const Point b = at(rect.right(), rect.bottom());
    list_->AddRectFilled(ImVec2(a.x, a.y), ImVec2(b.x, b.y), packed(colour), round * scale_);
}

void Ink::frame(Rect rect, theme::Colour colour, float thick, float round) {
    const Point a = at(rect.x, rect.y);
    const Point b = at(rect.right(), rect.bottom());
    list_->AddRect(ImVec2(a.x, a.y), ImVec2(b.x, b.y), packed(colour), round * scale_, 0,
                   thick * scale_ * theme_.stroke);
}

void Ink::dashed_frame(Rect rect, theme::Colour colour, float thick) {
    dashed_line({rect.x, rect.y}, {rect.right(), rect.y}, colour, thick);
    dashed_line({rect.right(), rect.y}, {rect.right(), rect.bottom()}, colour, thick);
    dashed_line({rect.x, rect.bottom()}, {rect.right(), rect.bottom()}, colour, thick);
    dashed_line({rect.x, rect.y}, {rect.x, rect.bottom()}, colour, thick);
}

void Ink::line(Point from, Point to, theme::Colour colour, float thick) {
    const Point a = at(from.x, from.y);
    const Point b = at(to.x, to.y);
    list_->AddLine(ImVec2(a.x, a.y), ImVec2(b.x, b.y), packed(colour), thick * scale_ * theme_.stroke);
}

void Ink::dashed_line(Point from, Point to, theme::Colour colour, float thick) {
    const float length = std::hypot(to.x - from.x, to.y - from.y);
    constexpr float dash = 5;
    constexpr float gap = 4;
    const auto along = [&](float way) {
        const float part = std::min(way, length) / length;
        return Point{from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part};
    };
    const int dashes = static_cast<int>(std::ceil(length / (dash + gap)));
    for (int i = 0; i < dashes; ++i) {
        const float begin = static_cast<float>(i) * (dash + gap);
        line(along(begin), along(begin + dash), colour, thick);
    }
}

void Ink::arrow(Point from, Point to, theme::Colour colour, float thick) {
    const float length = std::max(std::hypot(to.x - from.x, to.y - from.y), 1.0F);
    const float dx = (to.x - from.x) / length;
    const float dy = (to.y - from.y) / length;
    constexpr float head = 8;
    line(from, {to.x - dx * head * 0.6F, to.y - dy * head * 0.6F}, colour, thick);
    const Point tip = at(to.x, to.y);
    const Point left = at(to.x - dx * head - dy * head * 0.5F, to.y - dy * head + dx * head * 0.5F);
    const Point right = at(to.x - dx * head + dy * head * 0.5F, to.y - dy * head - dx * head * 0.5F);
    list_->AddTriangleFilled(ImVec2(tip.x, tip.y), ImVec2(left.x, left.y), ImVec2(right.x, right.y), packed(colour));
}

void Ink::mark(Mark mark, float x, float y, float size, theme::Colour colour) {
    const float half = size / 2;
    const auto triangle = [&](float from, float to) {
        const Point a = at(from, y - half);
        const Point b = at(from, y + half);
        const Point c = at(to, y);
        list_->AddTriangleFilled(ImVec2(a.x, a.y), ImVec2(b.x, b.y), ImVec2(c.x, c.y), packed(colour));
    };
    const Point centre = at(x, y);
    const ImVec2 c(centre.x, centre.y);
    switch (mark) {
        case Mark::dot: list_->AddCircleFilled(c, half * 0.8F * scale_, packed(colour)); break;
        case Mark::ring: list_->AddCircle(c, half * 0.8F * scale_, packed(colour), 0, 1.5F * scale_); break;
        case Mark::check:
            line({x - half * 0.8F, y}, {x - half * 0.2F, y + half * 0.6F}, colour, 2);
            line({x - half * 0.2F, y + half * 0.6F}, {x + half * 0.8F, y - half * 0.6F}, colour, 2);
            break;
        case Mark::cross:
            line({x - half * 0.6F, y - half * 0.6F}, {x + half * 0.6F, y + half * 0.6F}, colour, 2);
            line({x - half * 0.6F, y + half * 0.6F}, {x + half * 0.6F, y - half * 0.6F}, colour, 2);
            break;
        case Mark::play: triangle(x - half * 0.7F, x + half * 0.9F); break;
        case Mark::pause:
            fill({x - half * 0.7F, y - half * 0.8F, half * 0.5F, size * 0.8F}, colour, 1);
            fill({x + half * 0.2F, y - half * 0.8F, half * 0.5F, size * 0.8F}, colour, 1);
            break;
        case Mark::diamond:
            list_->AddQuadFilled(ImVec2(c.x, c.y - half * scale_), ImVec2(c.x + half * scale_, c.y),
                                 ImVec2(c.x, c.y + half * scale_), ImVec2(c.x - half * scale_, c.y), packed(colour));
            break;
        case Mark::square: fill({x - half * 0.8F, y - half * 0.8F, size * 0.8F, size * 0.8F}, colour, 2); break;
        case Mark::dashed: dashed_frame({x - half * 0.8F, y - half * 0.8F, size * 0.8F, size * 0.8F}, colour); break;
        case Mark::to_start:
            fill({x - half * 0.9F, y - half, half * 0.35F, size}, colour, 1);
            triangle(x + half, x - half * 0.5F);
            break;
        case Mark::to_end:
            triangle(x - half, x + half * 0.5F);
            fill({x + half * 0.55F, y - half, half * 0.35F, size}, colour, 1);
            break;
        case Mark::back:
            line({x + half * 0.4F, y - half * 0.9F}, {x - half * 0.5F, y}, colour, 2.5F);
            line({x - half * 0.5F, y}, {x + half * 0.4F, y + half * 0.9F}, colour, 2.5F);
            break;
        case Mark::forward:
            line({x - half * 0.4F, y - half * 0.9F}, {x + half * 0.5F, y}, colour, 2.5F);
            line({x + half * 0.5F, y}, {x - half * 0.4F, y + half * 0.9F}, colour, 2.5F);
            break;
    }
}

float Ink::width(std::string_view text, theme::Type type, float size) const {
    const ImFont& font = *fonts_.of[static_cast<std::size_t>(type)];
    return font.CalcTextSizeA(font.FontSize * size, 1e9F, 0, text.data(), text.data() + text.size()).x / scale_;
}

void Ink::put(std::string_view text, Rect box, Point where, const Style& style, bool shortened) {
    ImFont* font = fonts_.of[static_cast<std::size_t>(style.type)];
    list_->AddText(font, font->FontSize * style.size, ImVec2(std::floor(where.x), std::floor(where.y)),
                   packed(style.colour), text.data(), text.data() + text.size());
    Label label;
    label.text = text;
    label.box = box;
    label.drawn = {(where.x - origin_.x) / scale_, (where.y - origin_.y) / scale_, width(text, style.type, style.size),
                   height_of(*font) * style.size / scale_};
    label.layer = layer_;
    label.shortened = shortened;
    if (outer_ == nullptr) {
        labels_.push_back(std::move(label));
    }
}

float Ink::text(Rect box, std::string_view text, const Style& style) {
    if (text.empty() || box.w < 4) {
        return 0;
    }
    const ImFont& font = *fonts_.of[static_cast<std::size_t>(style.type)];
    const float whole = width(text, style.type, style.size);
    std::string cut;
    std::string_view shown = text;
    float wide = whole;
    if (whole > box.w + 0.5F) {
        constexpr std::string_view dots = "…";
        const float room = std::max(box.w - width(dots, style.type, style.size), 0.0F) * scale_;
        const char* end = text.data();
        font.CalcTextSizeA(font.FontSize * style.size, room, 0, text.data(), text.data() + text.size(), &end);
        cut.assign(text.data(), end);
        cut += dots;
        shown = cut;
        wide = width(shown, style.type, style.size);
        if (wide > box.w + 0.5F) {
            return 0;
        }
    }
    const float free = box.w - wide;
    const float x = box.x + (style.align == Align::left ? 0 : style.align == Align::centre ? free / 2 : free);
    const float y = box.y + (box.h - height_of(font) * style.size / scale_) / 2;
    put(shown, box, at(x, y), style, !cut.empty());
    if (!cut.empty() && hovered(box)) {
        tip(text);
    }
    return wide;
}

float Ink::wrapped(Rect box, std::string_view text, const Style& style) {
    const ImFont& font = *fonts_.of[static_cast<std::size_t>(style.type)];
    const float step = theme::line_of(style.type);
    const char* from = text.data();
    const char* const end = from + text.size();
    float y = 0;
    while (from < end && (box.h <= 0 || y + step <= box.h + 0.5F)) {
        const char* newline = std::find(from, end, '\n');
        const char* stop = font.CalcWordWrapPositionA(1, from, newline, box.w * scale_);
        if (stop == from && from < newline) {
            ++stop;
        }
        const bool last = box.h > 0 && y + 2 * step > box.h + 0.5F && stop < end;
        const std::string_view line(from, static_cast<std::size_t>((last ? newline : stop) - from));
        const Rect row{box.x, box.y + y, box.w, step};
        this->text(row, last && stop == newline ? std::string(line) + " …" : std::string(line), style);
        y += step;
        from = stop < newline ? stop : newline + 1;
        while (stop < newline && from < newline && *from == ' ') {
            ++from;
        }
    }
    return y;
}

float Ink::wrapped_height(float width, std::string_view text, theme::Type type) const {
    const ImFont& font = *fonts_.of[static_cast<std::size_t>(type)];
    const char* from = text.data();
    const char* const end = from + text.size();
    float y = 0;
    while (from < end) {
        const char* newline = std::find(from, end, '\n');
        const char* stop = font.CalcWordWrapPositionA(1, from, newline, width * scale_);
        stop += stop == from && from < newline ? 1 : 0;
        y += theme::line_of(type);
        from = stop < newline ? stop : newline + 1;
        while (stop < newline && from < newline && *from == ' ') {
            ++from;
        }
    }
    return y;
}

void Ink::note_touchable(const char* id, Rect rect) {
    touchables_.push_back({id, {rect.x + origin_.x / scale_, rect.y + origin_.y / scale_, rect.w, rect.h}});
}

bool Ink::touch(const char* id, Rect rect) {
    if (asleep_) {
        return false;
    }
    note_touchable(id, rect);
    const Point where = at(rect.x, rect.y);
    ImGui::SetCursorScreenPos(ImVec2(where.x, where.y));
    const bool pressed =
        ImGui::InvisibleButton(id, ImVec2(std::max(rect.w * scale_, 1.0F), std::max(rect.h * scale_, 1.0F)));
    if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) {
        frame(inset(rect, -2), theme_.next, 2);
    }
    return pressed;
}

bool Ink::button(const char* id, Rect rect, std::string_view label, bool active) {
    const bool over = hovered(rect);
    fill(rect, active ? theme_.next : over ? mixed(theme_.raised, theme_.next, 0.25F) : theme_.raised);
    frame(rect, active ? theme_.next : theme_.line);
    text(inset(rect, 4), label, {theme::Type::label, active ? theme_.panel : theme_.text, Align::centre});
    return touch(id, rect);
}

bool Ink::icon_button(const char* id, Rect rect, Mark which, std::string_view tip_text) {
    const bool over = hovered(rect);
    fill(rect, over ? mixed(theme_.raised, theme_.next, 0.25F) : theme_.raised);
    frame(rect, theme_.line);
    mark(which, rect.middle_x(), rect.middle_y(), std::min(rect.w, rect.h) * 0.45F, theme_.text);
    if (over) {
        tip(tip_text);
    }
    return touch(id, rect);
}

bool Ink::hovered(Rect rect) const {
    const Point a = at(rect.x, rect.y);
    const Point b = at(rect.right(), rect.bottom());
    return !asleep_ && ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows) &&
           ImGui::IsMouseHoveringRect(ImVec2(a.x, a.y), ImVec2(b.x, b.y));
}

bool Ink::held() const { return !asleep_ && ImGui::IsItemActive(); }

float Ink::pointer_x() const { return (ImGui::GetIO().MousePos.x - origin_.x) / scale_; }

void Ink::tip(std::string_view text) {
    ImGui::BeginTooltip();
    ImGui::PushFont(fonts_.of[static_cast<std::size_t>(theme::Type::body)]);
    ImGui::PushTextWrapPos(480 * scale_);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopFont();
    ImGui::EndTooltip();
}

void Ink::copy(const std::string& text) { ImGui::SetClipboardText(text.c_str()); }

float Ink::scrolled() const { return outer_ == nullptr ? 0 : ImGui::GetScrollY() / scale_; }

Point Ink::pointer() const {
    const ImVec2 at = ImGui::GetIO().MousePos;
    return {(at.x - origin_.x) / scale_, (at.y - origin_.y) / scale_};
}

Ink::Drag Ink::drag() const {
    if (asleep_) {
        return Drag::none;
    }
    return ImGui::IsItemActivated()     ? Drag::began
           : ImGui::IsItemDeactivated() ? Drag::ended
           : ImGui::IsItemActive()      ? Drag::goes
                                        : Drag::none;
}

float Ink::advance(theme::Type type) const {
    const ImFont& font = *fonts_.of[static_cast<std::size_t>(type)];
    return std::max(std::round(font.GetCharAdvance('0')), 1.0F) / scale_;
}

void Ink::letters(Point where, std::string_view text, theme::Type type, theme::Colour colour) {
    ImFont* font = fonts_.of[static_cast<std::size_t>(type)];
    const Point to = at(where.x, where.y);
    list_->AddText(font, font->FontSize, ImVec2(std::round(to.x), std::floor(to.y)), packed(colour), text.data(),
                   text.data() + text.size());
}

void Ink::keep_at_bottom() { at_bottom_ = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - 1; }

void Ink::begin_overlay(Rect rect) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x * scale_, rect.y * scale_));
    ImGui::BeginChild(
        "overlay", ImVec2(rect.w * scale_, rect.h * scale_), false,
        ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    under_ = std::exchange(list_, ImGui::GetWindowDrawList());
}

void Ink::end_overlay() {
    ImGui::EndChild();
    list_ = std::exchange(under_, nullptr);
}

void Ink::begin_scroll(const char* id, Rect rect) {
    const Point where = at(rect.x, rect.y);
    ImGui::SetCursorScreenPos(ImVec2(where.x, where.y));
    ImGui::BeginChild(id, ImVec2(std::max(rect.w * scale_, 1.0F), std::max(rect.h * scale_, 1.0F)), false,
                      ImGuiWindowFlags_NoBackground);
    outer_ = list_;
    list_ = ImGui::GetWindowDrawList();
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    origin_ = {origin.x, origin.y};
}

void Ink::end_scroll(float height) {
    ImGui::SetCursorScreenPos(ImVec2(origin_.x, origin_.y + height * scale_));
    ImGui::Dummy(ImVec2(1, 1));
    if (std::exchange(at_bottom_, false)) {
        ImGui::SetScrollHereY(1.0F);
    }
    ImGui::EndChild();
    list_ = outer_;
    outer_ = nullptr;
    origin_ = {0, 0};
}

}  // namespace cutaway::widgets
