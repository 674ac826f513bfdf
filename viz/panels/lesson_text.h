// SPDX-License-Identifier: Apache-2.0
// The text of a lesson's card, block by block. Sheet draws from the top and knows how far down it came; told not to
// draw it only measures, so that a size can be chosen in which everything fits.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/lesson_card.h"

namespace cutaway::panels {

class Sheet {
public:
    Sheet(Ink& ink, Rect place, float size, bool draws)
        : ink_(ink), x_(place.x), y_(place.y), width_(place.w), top_(place.y), size_(size), draws_(draws) {}

    void block(const view::LessonBlock& block);
    void blocks(const std::vector<view::LessonBlock>& all);
    void ticks(const std::vector<view::LessonTick>& tasks);
    void words(const std::vector<view::LessonWord>& words);
    void notes(const view::LessonCard& card);
    // The place of the option that was pressed.
    std::optional<std::size_t> options(const view::LessonCard& card);
    // Where a line to type into goes.
    Rect field();
    void skip(float by) { y_ += by; }
    [[nodiscard]] float height() const { return y_ - top_; }

private:
    void paragraph(const std::string& text, theme::Colour colour, float indent = 0, bool strong = false);
    void figure(const view::LessonBlock& block);
    void barred(const view::LessonBlock& block, theme::Colour colour, std::optional<widgets::Mark> mark);
    void boxed(const std::string& text, std::string_view prompt);
    bool option(const view::LessonCard& card, std::size_t n);
    void heading(std::string_view text, theme::Colour colour);
    [[nodiscard]] float small() const { return size_ * 0.85F; }

    Ink& ink_;
    float x_;
    float y_;
    float width_;
    float top_;
    float size_;
    bool draws_;
};

}  // namespace cutaway::panels
