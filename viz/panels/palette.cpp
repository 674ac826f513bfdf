// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/palette.h"

#include <algorithm>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Align;

namespace {

constexpr float row_height = 28;

void draw_row(Ink& ink, Rect row, const app::PaletteEntry& entry, bool chosen) {
    const theme::Theme& theme = ink.theme();
    if (chosen || ink.hovered(row)) {
        ink.fill(row, theme::mixed(theme.panel, theme.next, chosen ? 0.25F : 0.12F), 4);
    }
    if (chosen) {
        ink.frame(row, theme.next, 1.5F, 4);
    }
    Rect text{row.x + 10, row.y, row.w - 20, row.h};
    const float wide = std::min(ink.width(entry.aside, Type::mono) + 12, text.w * 0.4F);
    ink.text(widgets::cut_right(text, wide), entry.aside, {Type::mono, theme.muted, Align::right});
    ink.text(text, entry.name, {Type::body, theme.text});
}

void choose(const app::PaletteEntry& entry, app::Intents& intents) {
    intents.push_back(Intent{Act::palette});  // first out of the way
    intents.push_back(entry.intent);
}

void draw_rows(Ink& ink, Rect rest, const std::vector<app::PaletteEntry>& entries, std::size_t chosen,
               app::Intents& intents) {
    const auto fit = static_cast<std::size_t>(std::max(rest.h, 0.0F) / row_height);
    const std::size_t first = chosen < fit ? 0 : chosen - fit + 1;
    for (std::size_t n = first; n < std::min(entries.size(), first + fit); ++n) {
        Rect row = widgets::cut_top(rest, row_height);
        row.h -= 2;
        draw_row(ink, row, entries[n], n == chosen);
        if (ink.touch(("palette" + std::to_string(n)).c_str(), row)) {
            choose(entries[n], intents);
        }
    }
}

}  // namespace

void draw_palette(Ink& ink, Rect all, const std::vector<app::PaletteEntry>& entries, FieldText& field,
                  app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    ink.set_layer(1);
    const float wide = std::min(680.0F, all.w - 40);
    const float high = std::min(all.h - 40, 96 + row_height * 14);
    const Rect sheet{all.middle_x() - wide / 2, std::max(all.h * 0.12F - 20, 12.0F), wide, high};
    ink.fill(all, theme::faded(theme.background, 0.6F), 0);
    ink.fill(sheet, theme.panel, 8);
    ink.frame(sheet, theme.next, 2, 8);
    Rect rest = widgets::inset(sheet, 14);
    const Ink::FieldNews news =
        side_line(ink, widgets::cut_top(rest, 32),
                  {"palette", "a few letters of what is to be done, or where to go", "", false}, field);
    field.row = news.changed ? 0 : field.row;
    if (news.moved < 0) {
        field.row -= std::min<std::size_t>(field.row, 1);
    } else if (news.moved > 0) {
        ++field.row;
    }
    widgets::cut_top(rest, 8);
    const Rect foot = widgets::cut_bottom(rest, 20);
    ink.text(foot, "Up and Down choose, Enter does it, Esc closes.", {Type::label, theme.muted});
    widgets::cut_bottom(rest, 4);
    const std::vector<app::PaletteEntry> found = app::filtered(entries, field.text.data());
    field.row = std::min(field.row, found.size() - std::min<std::size_t>(found.size(), 1));
    if (found.empty()) {
        ink.text(widgets::cut_top(rest, row_height), "Nothing has a name like that.", {Type::body, theme.muted});
    } else if (news.entered) {
        choose(found[field.row], intents);
    }
    draw_rows(ink, rest, found, field.row, intents);
    ink.set_layer(0);
}

}  // namespace cutaway::panels
