// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/search.h"

#include <algorithm>

namespace cutaway::panels {

using app::Act;
using app::Intent;
using theme::Type;
using widgets::Align;
using widgets::Mark;

namespace {

constexpr float row_height = 44;

// The first hit at the view or behind it; the last one if there is none.
std::size_t nearest(const SearchView& shown) {
    const auto& hits = shown.search.hits();
    const auto found = std::lower_bound(hits.begin(), hits.end(), shown.moment.position);
    const auto at = static_cast<std::size_t>(found - hits.begin());
    return at == hits.size() && at > 0 ? at - 1 : at;
}

std::string count_text(const SearchView& shown) {
    const app::Search& search = shown.search;
    if (!search.asked()) {
        return {};
    }
    const std::size_t count = search.hits().size();
    std::string out = count == 0 ? "nothing found" : std::to_string(count) + " found";
    if (search.looked() < shown.moment.head) {
        out += ", " + std::to_string(search.looked() * 100 / std::max<std::uint64_t>(shown.moment.head, 1)) + "% read";
    }
    return out;
}

void step(Act act, app::Intents& intents) { intents.push_back(Intent{act}); }

void draw_row(Ink& ink, Rect cell, const app::FoundRow& row, bool here, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    if (here || ink.hovered(cell)) {
        ink.fill(cell, theme::mixed(theme.panel, theme.next, 0.18F), 4);
    }
    if (here) {
        ink.frame(cell, theme.next, 1.5F, 4);
    }
    const Rect text{cell.x + 26, cell.y + 3, cell.w - 34, 20};
    ink.mark(row.failed ? Mark::cross
             : here     ? Mark::diamond
                        : Mark::dot,
             cell.x + 13, cell.y + 13, row.failed ? 12 : 9,
             row.failed ? theme.bad
             : here     ? theme.next
                        : theme.muted);
    ink.text(text, row.text, {Type::mono, row.failed ? theme.bad : theme.text});
    ink.text({text.x, text.y + 19, text.w, 18}, row.where, {Type::label, theme.muted});
    if (ink.touch(("found" + std::to_string(row.position)).c_str(), cell)) {
        Intent jump{Act::jump};
        jump.position = row.position;
        intents.push_back(jump);
    }
}

void draw_rows(Ink& ink, Rect rest, const SearchView& shown, app::Intents& intents) {
    const std::size_t count = shown.search.hits().size();
    const auto fit = static_cast<std::size_t>(std::max(rest.h, 0.0F) / row_height);
    const std::size_t at = nearest(shown);
    const std::size_t first = std::min(at - std::min(at, fit / 2), count - std::min(count, fit));
    for (const app::FoundRow& row : app::found_rows(shown.search, shown.tape, first, fit)) {
        Rect cell = widgets::cut_top(rest, row_height);
        cell.h -= 3;
        draw_row(ink, cell, row, row.position == shown.moment.position, intents);
    }
}

void draw_count(Ink& ink, Rect row, const SearchView& shown, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    if (!shown.search.hits().empty()) {
        if (ink.button("find_next", widgets::cut_right(row, 64), "next")) {
            step(Act::find_next, intents);
        }
        widgets::cut_right(row, 6);
        if (ink.button("find_back", widgets::cut_right(row, 78), "previous")) {
            step(Act::find_back, intents);
        }
        widgets::cut_right(row, 6);
    }
    ink.text(row, count_text(shown), {Type::body, theme.text});
}

}  // namespace

void draw_search(Ink& ink, Rect rect, const SearchView& shown, FieldText& field, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect rest = side_frame(ink, rect, "search", "Search events", intents);
    const std::vector<std::string> offers = view::complete_query(field.text.data());
    const bool bad = !shown.search.problem().empty();
    const Ink::FieldNews news = side_line(
        ink, widgets::cut_top(rest, 30),
        {"search", "words of a call, an argument, an error", offers.empty() ? "" : offers.front(), bad}, field);
    if (news.changed) {
        Intent ask{Act::search};
        ask.text = field.text.data();
        intents.push_back(ask);
    }
    if (news.entered || news.moved != 0) {
        step(news.moved < 0 ? Act::find_back : Act::find_next, intents);
        field.wants_focus = news.entered;
    }
    widgets::cut_top(rest, 6);
    const int pressed = completion_rows(ink, rest, std::span(offers).first(std::min<std::size_t>(offers.size(), 6)));
    if (pressed >= 0) {
        field.set(offers[static_cast<std::size_t>(pressed)]);
        field.wants_focus = true;
        Intent ask{Act::search};
        ask.text = field.text.data();
        intents.push_back(ask);
    }
    const std::string hint =
        bad ? shown.search.problem()
            : "All words must be there, in any case; phase:overlay, actor:kernel and error leave out the rest. N and "
              "Shift N go on and back.";
    const float high = ink.wrapped_height(rest.w, hint, Type::label);
    ink.wrapped(widgets::cut_top(rest, high), hint, {Type::label, bad ? theme.bad : theme.muted});
    widgets::cut_top(rest, 6);
    draw_count(ink, widgets::cut_top(rest, 26), shown, intents);
    widgets::cut_top(rest, 8);
    draw_rows(ink, rest, shown, intents);
}

}  // namespace cutaway::panels
