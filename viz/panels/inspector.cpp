// SPDX-License-Identifier: Apache-2.0
#include "viz/panels/inspector.h"

#include <algorithm>

namespace cutaway::panels {

using theme::Type;
using widgets::Align;
using widgets::Mark;

namespace {

class Column {
public:
    Column(Ink& ink, float width, float y = 0) : ink_(ink), width_(width), y_(y) {}

    void heading(std::string_view text) {
        y_ += 8;
        ink_.line({0, y_}, {width_, y_}, ink_.theme().line);
        y_ += 5;
        ink_.text({0, y_, width_, 20}, text, {Type::label, ink_.theme().next});
        y_ += 22;
    }
    void words(std::string_view text, Type type, theme::Colour colour) {
        y_ += ink_.wrapped({0, y_, width_, 0}, text, {type, colour});
    }
    void argument(const view::Argument& argument) {
        const float name = std::min(84.0F, width_ * 0.3F);
        ink_.text({0, y_, name - 6, 19}, argument.name, {Type::label, ink_.theme().muted});
        y_ += std::max(
            19.0F, ink_.wrapped({name, y_, width_ - name, 4 * 19}, argument.value, {Type::mono, ink_.theme().text}));
    }
    void change(const view::ChangeRow& change) { y_ += draw_change(ink_, {0, y_, width_, 3 * 19}, change); }
    void code(const char* id, const std::string& text) {
        const float high = ink_.wrapped_height(width_ - 16, text, Type::mono);
        const Rect box{0, y_, width_, std::min(high, 9 * 19.0F) + 10};
        ink_.fill(box, ink_.theme().raised, 4);
        ink_.wrapped({8, y_ + 5, width_ - 16, box.h - 10}, text, {Type::mono, ink_.theme().text});
        y_ += box.h + 4;
        if (ink_.button(id, {width_ - 56, y_, 56, 22}, "copy")) {
            ink_.copy(text);
        }
        y_ += 24;
    }
    void skip(float by) { y_ += by; }
    [[nodiscard]] float height() const { return y_; }

private:
    Ink& ink_;
    float width_;
    float y_;
};

void draw_card(Ink& ink, Rect& rest, const view::Inspector& inspector) {
    const theme::Theme& theme = ink.theme();
    const float lines = std::min(ink.wrapped_height(rest.w - 24, inspector.next, Type::narration), 3 * 26.0F);
    const Rect card = widgets::cut_top(rest, 64 + lines);
    ink.fill(card, theme::mixed(theme.panel, theme.next, 0.14F), 6);
    ink.frame(card, theme.next, 2, 6);
    Rect inner = widgets::inset(card, 11);
    ink.text(widgets::cut_top(inner, 19), "Next: " + inspector.title, {Type::label, theme.next});
    ink.wrapped(widgets::cut_top(inner, lines), inspector.next, {Type::narration, theme.text});
    const std::string who = inspector.actor + (inspector.phase.empty() ? "" : " · phase " + inspector.phase);
    ink.text(widgets::cut_top(inner, 20), who, {Type::label, theme.muted});
}

void draw_next(Column& column, const theme::Theme& theme, const view::Inspector& inspector) {
    if (!inspector.why.empty()) {
        column.words(inspector.why, Type::body, theme.text);
    }
    if (!inspector.arguments.empty()) {
        column.heading("Arguments");
        for (const view::Argument& argument : inspector.arguments) {
            column.argument(argument);
        }
    }
    if (!inspector.by_hand.empty()) {
        column.heading("By hand");
        column.code("copy_by_hand", inspector.by_hand);
    }
    if (!inspector.system_calls.empty()) {
        column.heading("System calls under it");
        column.words(inspector.system_calls, Type::mono, theme.text);
    }
    if (!inspector.read_on.empty()) {
        column.heading("Read on");
        column.words(inspector.read_on, Type::label, theme.muted);
    }
}

void draw_last(Column& column, const theme::Theme& theme, const view::Inspector& inspector) {
    if (!inspector.changes.empty()) {
        column.heading("Changed in the last step");
        for (const view::ChangeRow& change : inspector.changes) {
            column.change(change);
        }
        if (inspector.more_changes != 0) {
            column.words("and " + std::to_string(inspector.more_changes) + " more", Type::label, theme.muted);
        }
    }
    if (!inspector.reply.empty()) {
        column.heading("Last call: " + inspector.last +
                       (inspector.evidence.empty() ? "" : " (" + inspector.evidence + ")"));
        column.words(inspector.reply, Type::mono, inspector.reply_failed ? theme.bad : theme.good);
    }
}

}  // namespace

float draw_change(Ink& ink, Rect place, const view::ChangeRow& change) {
    const theme::Theme& theme = ink.theme();
    const bool added = change.kind == scene::ChangeKind::added;
    const bool removed = change.kind == scene::ChangeKind::removed;
    const theme::Colour colour = added ? theme.good : removed ? theme.bad : theme.changed;
    ink.text({place.x, place.y, 18, 19}, added ? "+" : removed ? "-" : "~", {Type::mono, colour, Align::centre});
    return ink.wrapped({place.x + 20, place.y, place.w - 20, place.h}, change.words, {Type::label, theme.text});
}

void draw_inspector(Ink& ink, Rect rect, const view::Inspector& inspector, app::Intents& /*intents*/) {
    const theme::Theme& theme = ink.theme();
    ink.fill(rect, theme.panel, 6);
    ink.frame(rect, theme.line, 1, 6);
    Rect inner = widgets::inset(rect, 8);
    draw_card(ink, inner, inspector);
    widgets::cut_top(inner, 8);
    ink.begin_scroll("inspector", inner);
    Column column(ink, inner.w - 18);
    draw_next(column, theme, inspector);
    draw_last(column, theme, inspector);
    column.skip(8);
    ink.end_scroll(column.height());
}

}  // namespace cutaway::panels
