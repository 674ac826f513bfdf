// SPDX-License-Identifier: Apache-2.0
#include "viz/root/frame.h"

#include <algorithm>
#include <cmath>

#include "viz/panels/between.h"
#include "viz/panels/canvas.h"
#include "viz/panels/header.h"
#include "viz/panels/inspector.h"
#include "viz/panels/lesson_list.h"
#include "viz/panels/mishap.h"
#include "viz/panels/palette.h"
#include "viz/panels/points.h"
#include "viz/panels/rail.h"
#include "viz/panels/runs.h"
#include "viz/panels/search.h"
#include "viz/panels/traces.h"
#include "viz/panels/transport.h"
#include "viz/panels/versus.h"

namespace cutaway::root {

using widgets::Rect;

namespace {

constexpr float gap = 8;
constexpr float least_overview = 420;  // units of height in which all parts can be read side by side

class Composition {
public:
    Composition(widgets::Ink& ink, app::Room& room, Typing& typing, Drawn& drawn)
        : ink_(ink), room_(room), typing_(typing), drawn_(drawn), moment_(room.desk().moment()) {}

    void draw(Rect all) {
        const bool small = all.h < 640;
        app::Intents& intents = drawn_.intents;
        const app::UiState& state = room_.desk().state();
        ink_.set_asleep(state.help || room_.state().palette);
        Rect rest = widgets::inset(all, gap);
        panels::draw_header(ink_, widgets::cut_top(rest, 36), moment_, room_.lecture() != nullptr, intents);
        widgets::cut_top(rest, 6);
        panels::draw_standing_line(ink_, widgets::cut_bottom(rest, 18),
                                   room_.visit() == nullptr ? std::string() : room_.visit()->whose());
        widgets::cut_bottom(rest, 4);
        if (room_.lecture() == nullptr || (!small && !room_.state().present)) {
            panels::draw_transport(ink_, widgets::cut_bottom(rest, 92), moment_, state, intents);
            widgets::cut_bottom(rest, gap);
        }
        if (room_.lecture() == nullptr) {
            draw_free(rest);
        } else {
            draw_lesson(rest);
        }
        typing_.side = side();
        ink_.set_asleep(false);
        if (room_.state().palette || state.help) {
            ink_.begin_overlay(all);
            if (room_.state().palette) {
                draw_palette(all);
            } else {
                panels::draw_help(ink_, all, room_.lecture() != nullptr, intents);
            }
            ink_.end_overlay();
        }
        typing_.in_palette = room_.state().palette;
    }

private:
    void draw_rail(Rect& rest) {
        panels::draw_rail(ink_, widgets::cut_left(rest, std::clamp(rest.w * 0.135F, 190.0F, 230.0F)),
                          view::rail_of(moment_), drawn_.intents);
        widgets::cut_left(rest, gap);
    }

    // Where there is little room the rail goes before the inspector, and the drawing stays. What is printed has the whole
    // width where there is the height for it: the tables of `ps` and `images` have long lines.
    void draw_free(Rect rest) {
        if (rest.w > 1050) {
            draw_rail(rest);
        }
        if (rest.w <= 760 && side() != app::Side::inspector) {
            draw_column(rest);
            return;
        }
        if (side() == app::Side::versus) {
            draw_terminal(widgets::cut_bottom(rest, std::clamp(rest.h * 0.18F, 96.0F, 360.0F)));
            widgets::cut_bottom(rest, gap);
            draw_column(rest);
            return;
        }
        const bool whole = side() == app::Side::inspector && rest.h > 560;
        Rect typed;
        const float part = moment_.keys ? 0.32F : 0.18F;  // who types into a container looks there
        const float high = std::clamp(rest.h * part, 96.0F, 360.0F);
        if (whole) {
            typed = widgets::cut_bottom(rest, high);
            widgets::cut_bottom(rest, gap);
        }
        if (rest.w > 760) {
            const bool wide = side() != app::Side::inspector;
            draw_column(
                widgets::cut_right(rest, std::clamp(rest.w * (wide ? 0.33F : 0.25F), 290.0F, wide ? 520.0F : 400.0F)));
            widgets::cut_right(rest, gap);
        }
        if (!whole) {
            typed = widgets::cut_bottom(rest, high);
            widgets::cut_bottom(rest, gap);
        }
        draw_terminal(typed);
        panels::draw_canvas(ink_, rest, moment_, canvas_state(rest), drawn_.intents);
    }

    [[nodiscard]] app::Side side() const { return room_.desk().state().side; }

    void draw_column(Rect rect) {
        const bool opens = typing_.side != side();
        switch (side()) {
            case app::Side::inspector:
                draw_mishap(rect);
                panels::draw_inspector(ink_, rect, view::inspector_of(moment_), drawn_.intents);
                break;
            case app::Side::points:
                typing_.point.wants_focus |= opens;
                panels::draw_points(
                    ink_, rect, {room_.desk().points(), room_.session().tape(), moment_, room_.lecture() != nullptr},
                    typing_.point, drawn_.intents);
                break;
            case app::Side::runs: panels::draw_runs(ink_, rect, room_.visit(), drawn_.intents); break;
            case app::Side::versus: panels::draw_versus(ink_, rect, room_.rivals(), drawn_.intents); break;
            case app::Side::pins: panels::draw_between(ink_, rect, view::between_of(moment_), drawn_.intents); break;
            case app::Side::traces:
                typing_.trace.wants_focus |= opens;
                panels::draw_traces(ink_, rect,
                                    {room_.recent(), room_.trace(), room_.opening(), room_.desk().state().notice},
                                    typing_.trace, drawn_.intents);
                break;
            case app::Side::search: {
                const app::Search& search = room_.desk().search();
                if (opens) {
                    typing_.search.set(search.text());
                    typing_.search.wants_focus = true;
                }
                panels::draw_search(ink_, rect, {search, room_.session().tape(), moment_}, typing_.search,
                                    drawn_.intents);
                break;
            }
        }
    }

    void draw_mishap(Rect& rect) {
        if (!moment_.mishap || rect.h < 420) {
            return;
        }
        const bool live = !moment_.recorded && !moment_.elsewhere && !view::behind(moment_);
        const bool can_undo = live && !moment_.working && moment_.picture->world == "model";
        panels::draw_mishap(ink_, rect, {*moment_.mishap, can_undo}, drawn_.intents);
    }

    void draw_palette(Rect all) {
        if (!typing_.in_palette) {
            typing_.palette = {};
            typing_.palette.wants_focus = true;
        }
        const bool lesson = room_.lecture() != nullptr;
        panels::draw_palette(ink_, all, app::palette_entries({*moment_.story, room_.rows(), room_.recent(), lesson}),
                             typing_.palette, drawn_.intents);
    }

    void draw_terminal(Rect rect) {
        const app::UiState& state = room_.desk().state();
        panels::draw_terminal(ink_, rect, moment_,
                              {room_.session().screen(), room_.session().output().empty(), state.typed, state.notice,
                               typing_.command, state.at_terminal, room_.lecture() != nullptr},
                              drawn_.intents);
    }

    // The card first: where there is little room the rail and the inspector go, then the card takes from the drawing.
    void draw_lesson(Rect rest) {
        const view::LessonCard card = room_.lecture()->card();
        const bool presents = room_.state().present;
        if (rest.w > 1250 && !presents) {
            draw_rail(rest);
        }
        draw_card(rest, card);
        if (side() != app::Side::inspector) {
            draw_column(rest);
            return;
        }
        const bool types = card.awaits == lesson::Awaits::work || card.awaits == lesson::Awaits::own;
        const bool roomy = rest.h > 480 && !presents;
        draw_terminal(widgets::cut_bottom(rest, roomy || types ? std::clamp(rest.h * 0.2F, 110.0F, 220.0F) : 72));
        widgets::cut_bottom(rest, gap);
        const float caption = 10 + ink_.wrapped_height(rest.w - 10, card.caption, theme::Type::body);
        if (!card.caption.empty() && caption < rest.h * 0.3F) {
            panels::draw_caption(ink_, widgets::cut_top(rest, caption), card);
            widgets::cut_top(rest, gap);
        }
        panels::draw_canvas(ink_, rest, moment_, canvas_state(rest), drawn_.intents);
    }

    void draw_card(Rect& rest, const view::LessonCard& card) {
        const panels::CardView shown{card, room_.state().words, room_.state().notes};
        Rect place = rest;
        for (const float part : {0.36F, 0.46F, 0.56F, 0.64F}) {
            const float wide = std::max(std::min(rest.w * part, 620.0F), std::min(430.0F, rest.w * 0.6F));
            place = {rest.right() - wide, rest.y, wide, rest.h};
            if (panels::lesson_card_fits(ink_, place, shown)) {
                break;
            }
        }
        rest.w -= place.w + gap;
        drawn_.card_fits = panels::lesson_card_fits(ink_, place, shown);
        const bool inspects = place.h > 640 && !room_.state().present;
        Rect column = place;
        const Rect below = widgets::cut_bottom(column, place.h * 0.3F);
        widgets::cut_bottom(column, gap);
        if (inspects && panels::lesson_card_fits(ink_, column, shown)) {
            place = column;
            panels::draw_inspector(ink_, below, view::inspector_of(moment_), drawn_.intents);
        }
        panels::draw_lesson_card(ink_, place, shown, typing_.answer, drawn_.intents);
    }

    // Too little room for all parts: the one that happens next, then those that the lesson speaks of, or, without a
    // lesson, those that changed just now.
    panels::CanvasState canvas_state(Rect rect) {
        panels::CanvasState state{room_.desk().state().open, {}, {}};
        if (room_.lecture() != nullptr) {
            state.lit = room_.lecture()->lit();
        }
        if (state.open || (rect.h >= least_overview && rect.w >= 600)) {
            return state;
        }
        state.few = room_.lecture() != nullptr ? state.lit : view::parts_of(*moment_.changes);
        if (const auto next = moment_.next == nullptr ? std::nullopt : view::part_of(*moment_.next)) {
            state.few.erase(std::remove(state.few.begin(), state.few.end(), *next), state.few.end());
            state.few.insert(state.few.begin(), *next);
        }
        if (state.few.empty()) {
            state.few.push_back(view::Part::lifecycle);
        }
        state.few.resize(std::clamp<std::size_t>(static_cast<std::size_t>(rect.h / 120), 1, state.few.size()));
        return state;
    }

    widgets::Ink& ink_;
    app::Room& room_;
    Typing& typing_;
    Drawn& drawn_;
    const view::Moment& moment_;
};

void draw_room(widgets::Ink& ink, Rect all, app::Room& room, Typing& typing, Drawn& drawn) {
    const app::RoomState& state = room.state();
    if (state.blank) {
        ink.fill(all, {0, 0, 0, 255}, 0);
    } else if (state.lessons) {
        panels::draw_lesson_list(ink, all, room.rows(), {state.row, room.lecture() != nullptr}, drawn.intents);
    } else {
        Composition(ink, room, typing, drawn).draw(all);
    }
}

}  // namespace

float scale_of(float width, float height, app::Room& room) {
    const float fitting = std::max(0.9F, std::min(width / 1600, height / 900));
    const float presented = room.state().present ? 1.25F : 1;
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(room.desk().state().profile));
    const float wanted = fitting * room.desk().state().zoom * presented * theme.scale;
    return std::round(wanted * 20) / 20;  // every size is an atlas of its own: few of them
}

Drawn draw_frame(app::Room& room, const theme::Fonts& fonts, float width, float height, Typing& typing) {
    Drawn drawn;
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(room.desk().state().profile));
    widgets::Page page(theme, width, height);
    widgets::Ink ink(theme, fonts);
    draw_room(ink, {0, 0, width / fonts.scale, height / fonts.scale}, room, typing, drawn);
    drawn.labels = ink.labels();
    drawn.touchables = ink.touchables();
    return drawn;
}

}  // namespace cutaway::root
