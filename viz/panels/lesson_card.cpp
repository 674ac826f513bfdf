// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/lesson_card.h"

#include <algorithm>
#include <array>

#include "viz/panels/lesson_text.h"
#include "viz/widgets/rich.h"

namespace cutaway::panels {

using app::Act;
using app::Intent;
using lesson::Ask;
using lesson::Awaits;
using theme::Type;
using view::LessonCard;
using widgets::Align;
using widgets::Mark;

namespace {

constexpr std::array<float, 6> sizes{1.1F, 1.0F, 0.92F, 0.85F, 0.8F, 0.75F};
constexpr float pad = 12;

bool is_typed(const LessonCard& card) {
    return card.awaits == Awaits::answer && (card.ask == Ask::number || card.ask == Ask::text);
}

std::optional<std::size_t> lay_out(Sheet& sheet, const CardView& shown, Rect& field) {
    const LessonCard& card = shown.card;
    std::optional<std::size_t> pressed;
    if (shown.words) {
        sheet.words(card.words);
        return pressed;
    }
    sheet.blocks(card.blocks);
    if (!card.options.empty()) {
        pressed = sheet.options(card);
    }
    if (is_typed(card)) {
        field = sheet.field();
    }
    if (card.tasks.size() > 1 && card.awaits == Awaits::work) {
        sheet.ticks(card.tasks);
    }
    if (shown.notes && (!card.notes.empty() || !card.next.empty())) {
        sheet.skip(6);
        sheet.notes(card);
    }
    return pressed;
}

float height_of(Ink& ink, Rect place, const CardView& shown, float size) {
    Sheet sheet(ink, place, size, false);
    Rect unused;
    (void)lay_out(sheet, shown, unused);
    return sheet.height();
}

// The largest that fits; 0: none does.
float fitting_size(Ink& ink, Rect place, const CardView& shown) {
    for (const float size : sizes) {
        if (height_of(ink, place, shown, size) <= place.h) {
            return size;
        }
    }
    return 0;
}

struct Places {
    Rect head;
    Rect title;
    Rect steps;
    Rect text;
    Rect buttons;
    Rect more;  // no height: no room
};

Places places_of(const Ink& ink, Rect rect, const LessonCard& card) {
    Places out;
    Rect inner = widgets::inset(rect, pad);
    const bool roomy = inner.h > 430;
    out.head = widgets::cut_top(inner, 20);
    const float title = std::min(ink.wrapped_height(inner.w, card.title, Type::title), 2 * theme::line_of(Type::title));
    out.title = widgets::cut_top(inner, title);
    if (roomy) {
        widgets::cut_top(inner, 3);
        out.steps = widgets::cut_top(inner, 18);
    }
    widgets::cut_top(inner, 6);
    if (roomy) {
        out.more = widgets::cut_bottom(inner, 26);
        widgets::cut_bottom(inner, 6);
    }
    out.buttons = widgets::cut_bottom(inner, 36);
    widgets::cut_bottom(inner, 6);
    out.text = inner;
    return out;
}

void coach(app::Intents& intents, std::string word) {
    Intent intent{Act::coach};
    intent.text = std::move(word);
    intents.push_back(std::move(intent));
}

Mark mark_of(view::StepState state) {
    return state == view::StepState::done ? Mark::check : state == view::StepState::now ? Mark::diamond : Mark::ring;
}

void draw_steps(Ink& ink, Rect row, const LessonCard& card, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    const float each = std::min(row.w / static_cast<float>(std::max<std::size_t>(card.steps.size(), 1)), 44.0F);
    for (const view::LessonStep& step : card.steps) {
        const Rect cell = widgets::cut_left(row, each);
        const bool now = step.state == view::StepState::now;
        const bool done = step.state == view::StepState::done;
        ink.mark(mark_of(step.state), cell.x + 8, cell.middle_y(), now ? 14 : 11,
                 now    ? theme.next
                 : done ? theme.good
                        : theme.muted);
        if (&step != &card.steps.back()) {
            ink.line({cell.x + 19, cell.middle_y()}, {cell.right() - 3, cell.middle_y()}, theme.line, 1.5F);
        }
        if (ink.hovered(cell)) {
            ink.tip("Begin at \"" + step.title + "\", on a fresh machine");
        }
        const std::string id = "step" + step.id;
        if (ink.touch(id.c_str(), {cell.x, cell.y, 18, cell.h})) {
            coach(intents, "step " + step.id);
        }
    }
}

void draw_head(Ink& ink, const Places& places, const LessonCard& card, app::Intents& intents) {
    const theme::Theme& theme = ink.theme();
    Rect head = places.head;
    const std::string where = card.past ? card.where + ", " + card.place + ": read before" : card.where;
    const float wide = ink.width(where, Type::label) + 4;
    ink.text(widgets::cut_right(head, wide), where,
             {Type::label, card.past ? theme.changed : theme.next, Align::right});
    widgets::cut_right(head, 10);
    ink.text(head, card.lesson, {Type::label, theme.muted});
    ink.wrapped(places.title, card.title, {Type::title, theme.text});
    if (places.steps.h > 0) {
        draw_steps(ink, places.steps, card, intents);
    }
}

bool primary(Ink& ink, const char* id, Rect rect, std::string_view label) {
    const theme::Theme& theme = ink.theme();
    const bool over = ink.hovered(rect);
    ink.fill(rect, over ? theme::mixed(theme.next, theme.text, 0.2F) : theme.next, 6);
    ink.text(widgets::inset(rect, 4), label, {Type::narration, theme.panel, Align::centre});
    return ink.touch(id, rect);
}

struct WordKey {
    const char* word;
    const char* label;
};

void draw_words(Ink& ink, Rect& row, std::span<const WordKey> keys, app::Intents& intents) {
    for (const WordKey& key : keys) {
        const float wide = ink.width(key.label, Type::label) + 26;
        if (wide > row.w) {
            return;
        }
        const std::string id = std::string("coach") + key.word;
        if (ink.button(id.c_str(), widgets::cut_left(row, wide), key.label)) {
            coach(intents, key.word);
        }
        widgets::cut_left(row, 6);
    }
}

void draw_buttons(Ink& ink, Rect row, const LessonCard& card, app::Intents& intents) {
    constexpr std::array<WordKey, 1> asking{{{"skip", "skip"}}};
    constexpr std::array<WordKey, 3> working{{{"hint", "hint"}, {"solve", "show me"}, {"skip", "skip"}}};
    if (ink.button("page_back", widgets::cut_left(row, 64), "Back")) {
        intents.push_back(Intent{Act::page_back});
    }
    widgets::cut_left(row, 6);
    const bool order = card.awaits == Awaits::answer && card.ask == Ask::order;
    const bool goes = card.awaits == Awaits::go_on || order || is_typed(card);
    if (goes) {
        const Rect place = widgets::cut_right(row, std::min(170.0F, row.w * 0.6F));
        widgets::cut_right(row, 6);
        const bool on = card.awaits == Awaits::go_on;
        if (primary(ink, "page_on", place, on ? "Next" : "That is it")) {
            intents.push_back(Intent{on ? Act::page_on : Act::submit});
        }
    }
    if (card.awaits == Awaits::answer) {
        draw_words(ink, row, asking, intents);
    } else if (card.awaits == Awaits::work) {
        draw_words(ink, row, working, intents);
    }
    const std::string_view says = card.awaits == Awaits::nothing ? "at work"
                                  : card.awaits == Awaits::own   ? "The machine is yours."
                                                                 : "";
    ink.text(row, says, {Type::label, ink.theme().muted});
}

void draw_more(Ink& ink, Rect row, const LessonCard& card, app::Intents& intents) {
    if (row.h <= 0) {
        return;
    }
    constexpr std::array<WordKey, 1> words{{{"words", "words (W)"}}};
    constexpr std::array<WordKey, 2> rest{{{"notes", "notes (N)"}, {"reset", "begin step again"}}};
    if (!card.words.empty()) {
        draw_words(ink, row, words, intents);
    }
    draw_words(ink, row, std::span(rest).subspan(card.over ? 1 : 0), intents);
    if (row.w > 70 && ink.button("leave", widgets::cut_right(row, 62), "leave")) {
        intents.push_back(Intent{Act::leave_lesson});
    }
}

void draw_field(Ink& ink, Rect field, const LessonCard& card, CardTyping& typing, app::Intents& intents) {
    ink.fill(field, ink.theme().raised, 4);
    ink.frame(field, ink.theme().next, 2, 4);
    const std::string asked = card.place;
    if (typing.asked != asked) {
        typing.asked = asked;
        typing.line.text.fill(0);
        typing.line.wants_focus = true;
    }
    static const std::vector<std::string> none;
    TypedLine& line = typing.line;
    if (ink.line_input("answer", {field.x + 10, field.y, field.w - 20, field.h}, line.text,
                       {none, line.recalled, line.wants_focus})) {
        Intent answer{Act::answer};
        answer.text = line.text.data();
        intents.push_back(std::move(answer));
    }
}

// "That is it" beside a line: what was typed, as Enter would have sent it.
void send_typed(const LessonCard& card, const CardTyping& typing, app::Intents& intents) {
    for (Intent& intent : intents) {
        if (intent.act == Act::submit && is_typed(card)) {
            intent.act = Act::answer;
            intent.text = typing.line.text.data();
        }
    }
}

void draw_text(Ink& ink, Rect place, const CardView& shown, CardTyping& typing, app::Intents& intents) {
    const LessonCard& card = shown.card;
    float size = fitting_size(ink, place, shown);
    const bool scrolls = size == 0;
    Rect field;
    if (scrolls) {
        size = sizes.back();
        ink.begin_scroll("lesson", place);
    }
    Sheet sheet(ink, scrolls ? Rect{0, 0, place.w - 18, 0} : place, size, true);
    const std::optional<std::size_t> pressed = lay_out(sheet, shown, field);
    if (pressed) {
        Intent pick{Act::pick};
        pick.position = *pressed;
        intents.push_back(pick);
    }
    if (field.h > 0) {
        draw_field(ink, field, card, typing, intents);
    }
    if (scrolls) {
        ink.end_scroll(sheet.height());
    } else if (!shown.words && !shown.notes && !card.words.empty() && card.awaits == Awaits::go_on) {
        const Rect rest{place.x, place.y + sheet.height() + 10, place.w, place.h - sheet.height() - 10};
        Sheet measure(ink, rest, 0.8F, false);
        measure.words(card.words);
        if (measure.height() <= rest.h) {
            ink.line({rest.x, rest.y}, {rest.right(), rest.y}, ink.theme().line);
            Sheet(ink, {rest.x, rest.y + 6, rest.w, rest.h}, 0.8F, true).words(card.words);
        }
    }
}

}  // namespace

bool lesson_card_fits(Ink& ink, Rect rect, const CardView& shown) {
    return fitting_size(ink, places_of(ink, rect, shown.card).text, shown) > 0;
}

void draw_lesson_card(Ink& ink, Rect rect, const CardView& shown, CardTyping& typing, app::Intents& intents) {
    const LessonCard& card = shown.card;
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    ink.frame(rect, card.past ? theme.changed : theme.next, 2, 6);
    const Places places = places_of(ink, rect, card);
    draw_head(ink, places, card, intents);
    draw_text(ink, places.text, shown, typing, intents);
    draw_buttons(ink, places.buttons, card, intents);
    draw_more(ink, places.more, card, intents);
    send_typed(card, typing, intents);
}

void draw_caption(Ink& ink, Rect rect, const LessonCard& card) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme::mixed(theme.panel, theme.next, 0.1F), 6);
    ink.wrapped(widgets::inset(rect, 5), card.caption, {Type::body, theme.text});
}

}  // namespace cutaway::panels
