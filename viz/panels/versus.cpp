// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/versus.h"

#include <algorithm>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using view::Verdict;
using widgets::Align;
using widgets::Mark;

namespace {

constexpr float row_height = 26;
constexpr float middle = 112;  // the verdict's place, between the two

Mark mark_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::same: return Mark::dot;
        case Verdict::differs: return Mark::diamond;
        case Verdict::only_left: return Mark::back;
        case Verdict::only_right: return Mark::forward;
    }
    return Mark::dot;
}

void draw_name(Ink& ink, Rect box, const view::VersusRow& row, bool has) {
    const theme::Theme& theme = ink.theme();
    const float in = 14 * static_cast<float>(std::min<std::size_t>(row.depth, 5));
    box = {box.x + 6 + in, box.y, std::max(box.w - 12 - in, 20.0F), box.h};
    if (!has) {
        ink.dashed_frame({box.x, box.y + 3, box.w, box.h - 6}, theme.muted);
        return;
    }
    ink.text(box, row.title,
             {row.is_call      ? Type::mono
              : row.depth == 0 ? Type::body
                               : Type::label,
              row.verdict == Verdict::same ? theme.muted : theme.text});
}

float draw_row(Ink& ink, Rect rect, const view::VersusRow& row) {
    const theme::Theme& theme = ink.theme();
    const bool same = row.verdict == Verdict::same;
    const float high = row_height + (row.detail.empty() ? 0 : 18);
    if (!same) {
        ink.fill({rect.x, rect.y + 1, rect.w, high - 2}, theme::mixed(theme.panel, theme.changed, 0.12F), 3);
    }
    const float half = (rect.w - middle) / 2;
    draw_name(ink, {rect.x, rect.y, half, row_height}, row, row.verdict != Verdict::only_right);
    draw_name(ink, {rect.x + half + middle, rect.y, half, row_height}, row, row.verdict != Verdict::only_left);
    const theme::Colour colour = same ? theme.muted : theme.changed;
    ink.mark(mark_of(row.verdict), rect.x + half + 14, rect.y + row_height / 2, 11, colour);
    ink.text({rect.x + half + 28, rect.y, middle - 30, row_height}, view::word_of(row.verdict), {Type::label, colour});
    if (!row.detail.empty()) {
        ink.text({rect.x + 20, rect.y + row_height - 3, rect.w - 40, 20}, row.detail, {Type::label, theme.text});
    }
    return high;
}

void draw_heads(Ink& ink, Rect row, const app::Rivals::Shown& shown) {
    const theme::Theme& theme = ink.theme();
    const float half = (row.w - middle) / 2;
    for (const auto& [text, x] : {std::pair<const std::string&, float>(shown.left, row.x),
                                  std::pair<const std::string&, float>(shown.right, row.x + half + middle)}) {
        const Rect box{x, row.y, half, row.h - 4};
        ink.fill(box, theme.raised, 4);
        ink.text({box.x + 8, box.y, box.w - 16, box.h}, text, {Type::mono, theme.text});
    }
}

}  // namespace

void draw_versus(Ink& ink, Rect rect, const app::Rivals::Shown& shown, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "versus", "Two runs side by side", intents);
    const std::size_t count = shown.versus.different;
    const std::string says = !shown.hint.empty() ? shown.hint
                             : count == 0
                                 ? "The two do the same."
                                 : std::to_string(count) + " things differ; of the calls only those are shown that do.";
    ink.wrapped(widgets::cut_top(rest, ink.wrapped_height(rest.w, says, Type::label)), says,
                {Type::label, theme.muted});
    widgets::cut_top(rest, 6);
    if (!shown.hint.empty()) {
        return;
    }
    draw_heads(ink, widgets::cut_top(rest, 30), shown);
    ink.begin_scroll("versus", rest);
    float y = 0;
    for (std::size_t n = 0; n < shown.versus.rows.size(); ++n) {
        const view::VersusRow& row = shown.versus.rows[n];
        const Rect place{0, y, rest.w - 18, row_height};
        y += draw_row(ink, place, row);
        if (row.verdict != Verdict::only_left && ink.touch(("versus" + std::to_string(n)).c_str(), place)) {
            Intent jump{Act::jump};
            jump.position = shown.right_from + row.right;
            intents.push_back(jump);
        }
    }
    ink.end_scroll(y + 8);
}

}  // namespace cutaway::panels
