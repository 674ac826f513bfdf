// SPDX-License-Identifier: Apache-2.0
#include "viz/root/shots.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace cutaway::root {

using app::Act;
using app::Intent;

namespace {

constexpr std::int64_t patience_ns = 30'000'000'000;
constexpr int most_stops = 2000;

app::Intents guess(const view::LessonCard& card) {
    const auto said = [](Act act, const char* text) {
        Intent intent{act};
        intent.text = text;
        return intent;
    };
    if (card.awaits == lesson::Awaits::work) {
        return {said(Act::coach, "solve")};
    }
    if (card.awaits != lesson::Awaits::answer) {
        return {Intent{Act::page_on}};
    }
    if (card.ask == lesson::Ask::number || card.ask == lesson::Ask::text) {
        return {said(Act::answer, card.ask == lesson::Ask::number ? "1" : "nothing")};
    }
    app::Intents picks;
    const std::size_t count = card.ask == lesson::Ask::order ? card.options.size() : 1;
    for (std::size_t n = 0; n < count; ++n) {
        Intent pick{Act::pick};
        pick.position = n;
        picks.push_back(pick);
    }
    if (card.ask == lesson::Ask::order) {
        picks.push_back(Intent{Act::submit});
    }
    return picks;
}

}  // namespace

Result<std::unique_ptr<Studio>> Studio::create(app::Room& room, const ShotOptions& options) {
    std::unique_ptr<Studio> studio(new Studio(room, options));
    room.desk().handle(Intent{Act::set_grain, options.grain});
    for (int i = 0; i < options.profile; ++i) {
        room.desk().handle(Intent{Act::next_theme});
    }
    const float scale =
        scale_of(static_cast<float>(options.width), static_cast<float>(options.height), room) * options.zoom;
    studio->surface_ = TRY(shell::Offscreen::create(options.width, options.height, scale));
    return studio;
}

// Twice: scrolling parts know their height only after they were drawn once.
Shot Studio::shoot(const std::string& name) {
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(desk().state().profile));
    for (int i = 0; i < 2; ++i) {
        surface_->frame({}, theme.background, [&](const theme::Fonts& fonts, float width, float height) {
            Drawn drawn = draw_frame(room_, fonts, width, height, typing_);
            labels_ = std::move(drawn.labels);
            touchables_ = std::move(drawn.touchables);
            card_fits_ = drawn.card_fits;
        });
    }
    pixels_ = surface_->read();
    return {pixels_, labels_, desk().moment(), name, card_fits_};
}

void Studio::draw(const shell::Pointer& pointer) {
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(desk().state().profile));
    app::Intents intents;
    surface_->frame(pointer, theme.background, [&](const theme::Fonts& fonts, float width, float height) {
        Drawn drawn = draw_frame(room_, fonts, width, height, typing_);
        touchables_ = std::move(drawn.touchables);
        intents = std::move(drawn.intents);
        unit_ = fonts.scale;
    });
    for (const app::Intent& intent : intents) {
        room_.handle(intent);
    }
}

Status Studio::press(const std::string& id) {
    draw({});
    const auto found = std::find_if(touchables_.begin(), touchables_.end(),
                                    [&](const widgets::Touchable& one) { return one.id == id; });
    if (found == touchables_.end()) {
        return fail(Errc::not_found, "nothing that is drawn is called \"" + id + "\"");
    }
    shell::Pointer pointer{found->box.middle_x() * unit_, found->box.middle_y() * unit_, false, 0};
    draw(pointer);
    pointer.down = true;
    draw(pointer);
    pointer.down = false;
    draw(pointer);
    draw({});
    return settle();
}

Status Studio::type(const std::string& text) {
    draw({});
    if (keyboard_of(room_).terminal) {
        Intent all{Act::paste};
        all.text = text;
        room_.handle(all);
        draw({});
        return settle();
    }
    shell::Offscreen::type(text);
    draw({});
    draw({});
    return settle();
}

Status Studio::strike(const shell::Stroke& stroke) {
    draw({});
    const Keyboard keyboard = keyboard_of(room_);
    if (const auto intent = intent_of(stroke, keyboard)) {
        room_.handle(*intent);
    }
    if (keyboard.terminal) {
        draw({});
        return settle();
    }
    shell::Offscreen::strike(stroke.key, true);
    draw({});
    shell::Offscreen::strike(stroke.key, false);
    draw({});
    draw({});
    return settle();
}

// Who looked at the present goes on doing that.
Status Studio::settle() {
    const bool follows = room_.lecture() == nullptr && !view::behind(desk().moment());
    if (!room_.settle(patience_ns)) {
        return fail(Errc::timeout, "draw the run: the engine neither stops nor ends");
    }
    if (follows) {
        desk().follow();
    }
    (void)room_.tick(0);
    return {};
}

std::string Studio::name_here() {
    const view::Moment& moment = desk().moment();
    std::string what = "end";
    if (moment.next != nullptr) {
        what = to_name(moment.next->phase);
    }
    std::array<char, 8> number{};
    (void)std::snprintf(number.data(), number.size(), "%03d", number_++ % 1000);
    return std::string(number.data()) + "-" + what;
}

Status Studio::walk_on(const TakeShot& take) {
    for (int i = 0; i < most_stops; ++i) {
        TRY(take(shoot(name_here())));
        const bool over = desk().moment().position >= desk().moment().head && !room_.session().waiting();
        if (over) {
            return {};
        }
        desk().handle(Intent{Act::next});
        TRY(settle());
        desk().handle(room_.session().is_recorded() ? Intent{Act::pause} : Intent{Act::go_live});
    }
    return {};
}

Status Studio::walk(const std::vector<std::string>& lines, const TakeShot& take) {
    if (room_.session().is_recorded()) {
        return walk_on(take);
    }
    for (const std::string& line : lines) {
        Intent perform{Act::perform};
        perform.text = line;
        desk().handle(perform);
        if (!desk().state().notice.empty()) {
            return fail(Errc::invalid, "perform \"" + line + "\": " + desk().state().notice);
        }
        TRY(settle());
        desk().handle(Intent{Act::go_live});
        TRY(walk_on(take));
    }
    return {};
}

// What somebody does who knows nothing and goes on.
Status Studio::walk_lesson(const TakeShot& take) {
    TRY(settle());
    for (int i = 0; i < most_stops; ++i) {
        const view::LessonCard card = room_.lecture()->card();
        std::array<char, 8> number{};
        (void)std::snprintf(number.data(), number.size(), "%03d", number_++ % 1000);
        const auto at = std::find_if(card.steps.begin(), card.steps.end(),
                                     [](const view::LessonStep& step) { return step.state == view::StepState::now; });
        TRY(take(shoot(std::string(number.data()) + "-" + (at == card.steps.end() ? "end" : at->id))));
        if (card.awaits == lesson::Awaits::own) {
            return {};
        }
        for (const Intent& intent : guess(card)) {
            room_.handle(intent);
        }
        TRY(settle());
    }
    return fail(Errc::timeout, "draw the lesson: it does not end");
}

}  // namespace cutaway::root
