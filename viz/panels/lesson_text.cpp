// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/lesson_text.h"

#include <algorithm>

#include "viz/panels/figure.h"
#include "viz/widgets/rich.h"

namespace cutaway::panels {

using theme::Type;
using view::BlockKind;
using widgets::Align;
using widgets::Mark;
using widgets::RichStyle;

namespace {

constexpr float between = 9;

}  // namespace

void Sheet::paragraph(const std::string& text, theme::Colour colour, float indent, bool strong) {
    const RichStyle style{colour, size_, strong};
    const Rect box{x_ + indent, y_, width_ - indent, 0};
    y_ += draws_ ? widgets::rich(ink_, box, text, style) : widgets::rich_height(ink_, box.w, text, style);
}

void Sheet::heading(std::string_view text, theme::Colour colour) {
    const float line = widgets::rich_line(small());
    if (draws_) {
        ink_.text({x_, y_, width_, line}, text, {Type::reading, colour, Align::left, small()});
    }
    y_ += line;
}

// What is said beside the narration: a bar at its left, a mark and a word that say what it is, so that no colour must.
void Sheet::barred(const view::LessonBlock& block, theme::Colour colour, std::optional<Mark> mark) {
    const float begin = y_;
    const bool whole = draws_;
    const float indent = 14;
    x_ += indent;
    width_ -= indent;
    const float marked = mark ? 22 * size_ : 0;
    if (!block.label.empty()) {
        const float line = widgets::rich_line(small());
        if (draws_ && mark) {
            ink_.mark(*mark, x_ + 8 * size_, y_ + line / 2, 14 * size_, colour);
        }
        if (draws_) {
            ink_.text({x_ + marked, y_, width_ - marked, line}, block.label,
                      {Type::reading, colour, Align::left, small()});
        }
        y_ += line;
    }
    const bool strong =
        block.kind == BlockKind::question || block.kind == BlockKind::goal || block.kind == BlockKind::wrong;
    paragraph(block.text, ink_.theme().text, 0, strong);
    x_ -= indent;
    width_ += indent;
    if (whole) {
        ink_.fill({x_, begin + 2, 4, y_ - begin - 4}, colour, 2);
    }
}

void Sheet::figure(const view::LessonBlock& block) {
    if (block.drawing == nullptr) {
        barred(block, ink_.theme().muted, Mark::square);
        return;
    }
    const float scale = figure_scale(*block.drawing, width_, size_);
    if (draws_) {
        draw_figure(ink_, {x_, y_, width_, 0}, *block.drawing, scale);
    }
    y_ += block.drawing->height * scale;
}

void Sheet::boxed(const std::string& text, std::string_view prompt) {
    const float line = theme::line_of(Type::mono) * std::max(size_, 0.9F);
    const std::string whole = std::string(prompt) + text;
    const float high = ink_.wrapped_height(width_ - 18, whole, Type::mono);
    if (draws_) {
        const Rect box{x_, y_, width_, high + 8};
        ink_.fill(box, ink_.theme().raised, 4);
        ink_.wrapped({box.x + 9, box.y + 4, box.w - 18, 0}, whole,
                     {Type::mono, prompt.empty() ? ink_.theme().text : ink_.theme().next});
    }
    y_ += std::max(high, line) + 8;
}

void Sheet::block(const view::LessonBlock& block) {
    const theme::Theme& theme = ink_.theme();
    switch (block.kind) {
        case BlockKind::text: paragraph(block.text, theme.text); break;
        case BlockKind::item:
            if (draws_) {
                ink_.text({x_, y_, 24, widgets::rich_line(size_)}, block.label,
                          {Type::reading, theme.text, Align::left, size_});
            }
            paragraph(block.text, theme.text, block.label.size() > 1 ? 26 : 16);
            break;
        case BlockKind::code:
        case BlockKind::value: boxed(block.text, ""); break;
        case BlockKind::typed: boxed(block.text, "$ "); break;
        case BlockKind::stop: barred(block, theme.next, Mark::pause); break;
        case BlockKind::right: barred(block, theme.good, Mark::check); break;
        case BlockKind::wrong: barred(block, theme.bad, Mark::cross); break;
        case BlockKind::often: barred(block, theme.changed, Mark::dashed); break;
        case BlockKind::today: barred(block, theme.good, Mark::check); break;
        case BlockKind::figure: figure(block); break;
        case BlockKind::question: barred(block, theme.next, Mark::diamond); break;
        case BlockKind::goal: barred(block, theme.next, Mark::play); break;
        case BlockKind::hint: barred(block, theme.changed, Mark::dot); break;
        case BlockKind::done:
        case BlockKind::shown: barred(block, theme.good, Mark::check); break;
        case BlockKind::spoiled: barred(block, theme.bad, Mark::cross); break;
        case BlockKind::problem: barred(block, theme.changed, std::nullopt); break;
    }
}

void Sheet::blocks(const std::vector<view::LessonBlock>& all) {
    for (const view::LessonBlock& one : all) {
        block(one);
        y_ += between * size_;
    }
}

void Sheet::ticks(const std::vector<view::LessonTick>& tasks) {
    const theme::Theme& theme = ink_.theme();
    heading(tasks.size() == 1 ? "Task of this step" : "Tasks of this step", theme.muted);
    for (const view::LessonTick& task : tasks) {
        const bool open = task.state == view::TickState::open;
        const float line = widgets::rich_line(small());
        if (draws_) {
            ink_.mark(open ? Mark::dashed : Mark::check, x_ + 9, y_ + line / 2, 14, open ? theme.muted : theme.good);
            ink_.text({x_ + 24, y_, width_ - 24, line}, task.id + ": " + std::string(to_name(task.state)),
                      {Type::reading, open ? theme.muted : theme.text, Align::left, small()});
        }
        y_ += line;
    }
}

void Sheet::words(const std::vector<view::LessonWord>& words) {
    heading("Words you will meet", ink_.theme().muted);
    for (const view::LessonWord& word : words) {
        const RichStyle style{ink_.theme().text, small(), false};
        const std::string text = "**" + word.word + "**: " + word.meaning;
        const Rect box{x_, y_, width_, 0};
        y_ += 2 + (draws_ ? widgets::rich(ink_, box, text, style) : widgets::rich_height(ink_, box.w, text, style));
    }
}

void Sheet::notes(const view::LessonCard& card) {
    const theme::Theme& theme = ink_.theme();
    heading("For the presenter", theme.changed);
    const RichStyle style{theme.text, small(), false};
    for (const std::string& note : card.notes) {
        const Rect box{x_ + 12, y_, width_ - 12, 0};
        y_ += 4 + (draws_ ? widgets::rich(ink_, box, note, style) : widgets::rich_height(ink_, box.w, note, style));
    }
    if (!card.next.empty()) {
        heading("Then: " + card.next, theme.muted);
    }
}

bool Sheet::option(const view::LessonCard& card, std::size_t n) {
    const theme::Theme& theme = ink_.theme();
    const view::LessonOption& option = card.options[n];
    const float size = size_ * 0.92F;
    const float badge = 26 * size_;
    const float inner = width_ - badge - 22;
    const RichStyle style{theme.text, size, false};
    const float high =
        std::max(widgets::rich_height(ink_, inner, option.text, style), widgets::rich_line(size)) + 10 * size_;
    const Rect box{x_, y_, width_, high};
    y_ += high + 6 * size_;
    if (!draws_) {
        return false;
    }
    const bool open = card.awaits == lesson::Awaits::answer;
    const bool chosen = option.given || option.place != 0;
    ink_.fill(box, chosen || (open && ink_.hovered(box)) ? theme::mixed(theme.raised, theme.next, 0.25F) : theme.raised,
              5);
    ink_.frame(box, chosen ? theme.next : theme.line, chosen ? 2 : 1, 5);
    const bool order = card.ask == lesson::Ask::order;
    const std::string key = order && option.place != 0 ? std::to_string(option.place)
                            : order                    ? "–"
                                                       : std::to_string(n + 1);
    ink_.text({box.x + 6, box.y, badge, box.h}, key,
              {Type::reading, chosen ? theme.next : theme.muted, Align::centre, size});
    widgets::rich(ink_, {box.x + badge + 12, box.y + 5 * size_, inner, 0}, option.text, style);
    const std::string id = "option" + std::to_string(n);
    return ink_.touch(id.c_str(), box) && open;
}

std::optional<std::size_t> Sheet::options(const view::LessonCard& card) {
    std::optional<std::size_t> pressed;
    for (std::size_t n = 0; n < card.options.size(); ++n) {
        if (option(card, n)) {
            pressed = n;
        }
    }
    return pressed;
}

Rect Sheet::field() {
    const Rect box{x_, y_, width_, 34};
    y_ += box.h + 6;
    return box;
}

}  // namespace cutaway::panels
