// SPDX-License-Identifier: Apache-2.0
#include "viz/app/layout.h"

namespace cutaway::app {

namespace {

Intent at(Act act, std::uint64_t position) {
    Intent intent{act};
    intent.position = position;
    return intent;
}

Intent about(Act act, const std::string& text) {
    Intent intent{act};
    intent.text = text;
    return intent;
}

void pin(Desk& desk, Act which, const std::optional<std::uint64_t>& position) {
    if (position && *position <= desk.moment().head) {
        desk.handle(at(Act::jump, *position));
        desk.handle(Intent{which});
    }
}

}  // namespace

Layout layout_of(Desk& desk) {
    const view::Moment& moment = desk.moment();
    const UiState& state = desk.state();
    Layout out;
    out.grain = state.grain;
    out.open = state.open ? std::string(to_name(*state.open)) : std::string();
    out.side = state.side == Side::inspector ? std::string() : std::string(to_name(state.side));
    out.chosen = state.chosen;
    out.pin_a = moment.marks.a;
    out.pin_b = moment.marks.b;
    out.points = desk.points().kept();
    return out;
}

void arrange(Desk& desk, const Layout& layout, std::uint64_t cursor) {
    const bool steps = layout.grain != trace::StepMode::run;
    desk.handle(Intent{Act::set_grain, steps ? layout.grain : trace::StepMode::step});
    desk.adopt(layout.points);
    pin(desk, Act::pin_a, layout.pin_a);
    pin(desk, Act::pin_b, layout.pin_b);
    desk.handle(at(Act::jump, cursor));
    if (const auto part = from_name<view::Part>(layout.open); part && desk.state().open != part) {
        Intent open{Act::open_part};
        open.part = part;
        desk.handle(open);
    }
    const auto side = from_name<Side>(layout.side);
    if (side && *side != desk.state().side) {
        desk.handle(about(Act::side, layout.side));
    }
    if (!layout.chosen.empty()) {
        (void)desk.moment();  // who is there is known only now
        desk.handle(about(Act::look_at, layout.chosen));
    }
    desk.say("");
}

}  // namespace cutaway::app
