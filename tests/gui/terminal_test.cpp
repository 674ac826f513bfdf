// SPDX-License-Identifier: Apache-2.0
// The terminal below the drawing, used by keys and letters without a display: a container's shell gets every key, the
// window takes the keyboard back, what is printed has its colours, and fits another width when that comes.
#include <chrono>
#include <functional>
#include <thread>

#include "tests/gui/gui_room.h"
#include "viz/root/script.h"
#include "viz/view/canvas.h"

namespace cutaway {
namespace {

using app::Act;
using app::Intent;

class AtTheTerminal : public testing::Test {
protected:
    void SetUp() override {
        root::ShotOptions options;
        options.width = 1280;
        options.height = 720;
        options.grain = trace::StepMode::step;
        if (auto studio = root::Studio::create(own_.free(), options)) {
            studio_ = std::move(*studio);
        } else {
            GTEST_SKIP() << "nothing draws here";
        }
    }

    void does(const std::string& lines) {
        const Status done = root::play_script(*studio_, lines, [](const root::Shot& shot) -> Status {
            check_labels(shot);
            return {};
        });
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().doing);
    }
    bool until(const std::function<bool()>& come) {
        for (int i = 0; i < 10'000 && !come(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            (void)room().tick(0);
        }
        return come();
    }
    app::Room& room() { return own_.room(); }
    const terminal::Screen& screen() { return room().session().screen(); }
    std::string shown() { return screen().text({screen().first(), 0}, {screen().end(), 0}); }
    bool shows(const std::string& text) { return shown().find(text) != std::string::npos; }
    bool keeps_keyboard() { return room().desk().state().at_terminal; }

private:
    GuiRoom own_;
    std::unique_ptr<root::Studio> studio_;
};

TEST_F(AtTheTerminal, AShellGetsEveryKeyUntilTheWindowTakesThemBack) {
    does("{\"perform\":\"run -it --name box alpine sh\"}\n{\"key\":\"r\"}\n");
    ASSERT_TRUE(until([&] { return room().session().keys() && shows("/ #"); })) << shown();
    EXPECT_TRUE(until([&] { return keeps_keyboard(); })) << "it has the keyboard as soon as it is there";
    // "r" and "?" are letters here; the line is edited before the shell reads it.
    does("{\"type\":\"echo r?x\"}\n{\"key\":\"backspace\"}\n{\"shot\":\"typed\"}\n{\"key\":\"enter\"}\n");
    EXPECT_TRUE(until([&] { return shows("/ # echo r?\nr?\n/ #"); })) << shown();
    EXPECT_FALSE(room().desk().state().help) << "the sheet of keys did not open";
    does("{\"key\":\"up\"}\n{\"key\":\"enter\"}\n");
    EXPECT_TRUE(until([&] { return shows("r?\n/ # echo r?\nr?\n/ #"); })) << shown();
    does("{\"key\":\"ctrl+tab\"}\n{\"key\":\"?\"}\n{\"key\":\"question\"}\n{\"shot\":\"left\"}\n");
    EXPECT_FALSE(keeps_keyboard());
    EXPECT_TRUE(room().desk().state().help);
    does("{\"key\":\"escape\"}\n{\"press\":\"at_terminal\"}\n");
    EXPECT_TRUE(keeps_keyboard());
    does("{\"type\":\"exit 3\"}\n{\"key\":\"enter\"}\n{\"shot\":\"ended\"}\n");
    EXPECT_TRUE(until([&] { return !room().session().working(); }));
    EXPECT_TRUE(until([&] { return !keeps_keyboard(); })) << "and is the window's again when it ends";
}

TEST_F(AtTheTerminal, WhatIsPrintedHasItsColoursAndEveryWidthItsLines) {
    does(R"({"perform":"run --rm alpine sh -c 'printf \"\\033[32mgreen\\033[0m %0100d\" 7'"})");
    does("{\"key\":\"r\"}\n");
    ASSERT_TRUE(until([&] { return !room().session().working(); }));
    std::uint64_t at = screen().first();
    while (at < screen().end() && terminal::utf8(screen().line(at)).rfind("green", 0) != 0) {
        ++at;
    }
    ASSERT_LT(at, screen().end()) << shown();
    EXPECT_EQ(screen().line(at)[0].look.ink.kind, terminal::Hue::Kind::palette);
    EXPECT_EQ(screen().line(at)[0].look.ink.index, 2);
    Intent narrow{Act::size_terminal};
    narrow.position = (10U << 16U) | 40U;
    room().handle(narrow);
    EXPECT_EQ(screen().size(), (terminal::Size{10, 40}));
    EXPECT_FALSE(shows(std::string(99, '0') + "7"));
    narrow.position = (10U << 16U) | 150U;
    room().handle(narrow);
    EXPECT_TRUE(shows(std::string(99, '0') + "7")) << "the line is whole again";
}

TEST_F(AtTheTerminal, ALineIsCompletedAndAContainerThatIsNamedIsLookedAt) {
    does(
        "{\"perform\":\"run -d --name web nginx\"}\n{\"key\":\"r\"}\n{\"perform\":\"run -d --name db nginx\"}\n"
        "{\"key\":\"r\"}\n");
    ASSERT_TRUE(until([&] { return !room().session().working(); }));
    const auto subject = [&] {
        const scene::Container* container = view::subject(room().desk().moment());
        return container == nullptr ? std::string() : container->record.name;
    };
    EXPECT_EQ(subject(), "db") << "the youngest";
    Intent look{Act::look_at};
    const scene::Container* web = view::named(*room().desk().moment().picture, "web");
    ASSERT_NE(web, nullptr);
    EXPECT_EQ(view::named(*room().desk().moment().picture, web->record.id.substr(0, 12)), web);
    EXPECT_EQ(view::named(*room().desk().moment().picture, web->record.id.substr(0, 5)), nullptr);
    look.text = web->record.id;
    room().handle(look);
    EXPECT_EQ(subject(), "web");
    const auto first_shim = [&] { return view::processes_of(room().desk().moment()).rows.at(0).command; };
    EXPECT_NE(first_shim().find(web->record.id.substr(0, 12)), std::string::npos) << "its processes come first";
    const std::string of_web = first_shim();
    does("{\"key\":\"escape\"}\n");
    EXPECT_EQ(subject(), "db");
    EXPECT_NE(first_shim(), of_web);
    does(
        "{\"press\":\"command\"}\n{\"type\":\"rm -f "
        "we\"}\n{\"shot\":\"typed\"}\n{\"key\":\"tab\"}\n{\"key\":\"enter\"}\n"
        "{\"key\":\"escape\"}\n");
    EXPECT_EQ(room().desk().state().typed.back(), "rm -f web ");
}

}  // namespace
}  // namespace cutaway
