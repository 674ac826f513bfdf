// SPDX-License-Identifier: Apache-2.0
#include "viz/root/shots.h"

#include <array>
#include <cstdio>

namespace cutaway::root {

using app::Act;
using app::Intent;

namespace {

constexpr std::int64_t patience_ns = 30'000'000'000;
constexpr int most_stops = 2000;

}  // namespace

Studio::Studio(app::Session& session, const ShotOptions& options)
    : session_(session), options_(options), desk_(session) {
    desk_.handle(Intent{Act::set_grain, options.grain});
    for (int i = 0; i < options.profile; ++i) {
        desk_.handle(Intent{Act::next_theme});
    }
}

Result<std::unique_ptr<Studio>> Studio::create(app::Session& session, const ShotOptions& options) {
    std::unique_ptr<Studio> studio(new Studio(session, options));
    const float scale =
        scale_of(static_cast<float>(options.width), static_cast<float>(options.height), studio->desk_.state()) *
        options.zoom;
    studio->surface_ = TRY(shell::Offscreen::create(options.width, options.height, scale));
    return studio;
}

// Twice: scrolling parts know their height only after they were drawn once.
Shot Studio::shoot(const std::string& name) {
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(desk_.state().profile));
    for (int i = 0; i < 2; ++i) {
        surface_->frame({}, theme.background, [&](const theme::Fonts& fonts, float width, float height) {
            labels_ = draw_frame(desk_, fonts, width, height, line_).labels;
        });
    }
    pixels_ = surface_->read();
    return {pixels_, labels_, desk_.moment(), name};
}

Status Studio::settle() {
    if (!session_.settle(patience_ns)) {
        return fail(Errc::timeout, "draw the run: the engine neither stops nor ends");
    }
    (void)desk_.tick(0);
    return {};
}

std::string Studio::name_here() {
    const view::Moment& moment = desk_.moment();
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
        const bool over = desk_.moment().position >= desk_.moment().head && !session_.waiting();
        if (over) {
            return {};
        }
        desk_.handle(Intent{Act::next});
        TRY(settle());
        desk_.handle(session_.is_recorded() ? Intent{Act::pause} : Intent{Act::go_live});
    }
    return {};
}

Status Studio::walk(const std::vector<std::string>& lines, const TakeShot& take) {
    if (session_.is_recorded()) {
        return walk_on(take);
    }
    for (const std::string& line : lines) {
        Intent perform{Act::perform};
        perform.text = line;
        desk_.handle(perform);
        if (!desk_.state().notice.empty()) {
            return fail(Errc::invalid, "perform \"" + line + "\": " + desk_.state().notice);
        }
        TRY(settle());
        desk_.handle(Intent{Act::go_live});
        TRY(walk_on(take));
    }
    return {};
}

}  // namespace cutaway::root
