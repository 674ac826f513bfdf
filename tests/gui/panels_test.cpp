// SPDX-License-Identifier: Apache-2.0
// The panels beside the drawing, used as a person uses them, by keys, letters and presses on stable ids, without a
// display: breakpoints on a live run and in its past, the search. Every one is drawn at the smallest size with the
// largest type and on a large screen: no text is cut off by its place, none lies on another.
#include <chrono>
#include <functional>
#include <thread>

#include "core/scene/evolve.h"
#include "core/trace/file.h"
#include "tests/bench/trace_generator.h"
#include "tests/gui/gui_room.h"
#include "viz/root/script.h"
#include "viz/view/between.h"

namespace cutaway {
namespace {

using app::Act;
using app::Intent;

const std::string flagship = "run -d -p 8080:80 --name web nginx";

bool overlap(const widgets::Rect& a, const widgets::Rect& b) {
    return a.x + 1 < b.right() && b.x + 1 < a.right() && a.y + 2 < b.bottom() && b.y + 2 < a.bottom();
}

// Letters lower than their place are cut off, too.
void check_places(const root::Shot& shot) {
    check_labels(shot);
    for (std::size_t n = 0; n < shot.labels.size(); ++n) {
        for (std::size_t m = n + 1; m < shot.labels.size(); ++m) {
            const bool both = shot.labels[n].layer == shot.labels[m].layer;
            EXPECT_FALSE(both && overlap(shot.labels[n].drawn, shot.labels[m].drawn))
                << shot.name << ": \"" << shot.labels[n].text << "\" lies on \"" << shot.labels[m].text << "\"";
        }
    }
}

class Person {
public:
    explicit Person(app::Room& room, root::ShotOptions options = sizes()[0]) : room_(room) {
        auto studio = root::Studio::create(room, options);
        if (studio) {
            studio_ = std::move(*studio);
        }
    }
    [[nodiscard]] bool can_draw() const { return studio_ != nullptr; }

    static std::vector<root::ShotOptions> sizes() {
        root::ShotOptions small;
        small.width = 1280;
        small.height = 720;
        small.zoom = 1.5F;
        small.grain = trace::StepMode::step;
        root::ShotOptions large = small;
        large.width = 3840;
        large.height = 2160;
        large.zoom = 1;
        return {small, large};
    }

    void does(const std::string& lines) {
        const Status done = root::play_script(*studio_, lines, [](const root::Shot& shot) -> Status {
            check_places(shot);
            return {};
        });
        EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().doing);
    }
    const view::Moment& moment() { return room_.desk().moment(); }
    const app::Desk& desk() { return room_.desk(); }

private:
    app::Room& room_;
    std::unique_ptr<root::Studio> studio_;
};

std::string perform(const std::string& line) { return "{\"perform\":\"" + line + "\"}\n"; }

TEST(BreakpointsInTheWindow, StopALiveRunAndTheViewOnItsWayBack) {
    GuiRoom own;
    Person person(own.free());
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    const auto next_call = [&]() -> std::string {
        const trace::Event* next = person.moment().next;
        const auto* call = next == nullptr ? nullptr : std::get_if<world::Call>(&next->body);
        return call == nullptr ? std::string() : std::string(kind_of(*call));
    };
    const auto state_of_web = [&]() -> std::string {
        const scene::Container* web = scene::find_container(*person.moment().picture, "web");
        return web == nullptr ? std::string() : web->record.state;
    };
    person.does(perform(flagship) +
                "{\"key\":\"f9\"}\n{\"type\":\"call:pivot_root\"}\n{\"shot\":\"typed\"}\n{\"key\":\"enter\"}\n"
                "{\"type\":\"containers[\\\"web\\\"].state == \\\"created\\\"\"}\n{\"press\":\"add_point\"}\n"
                "{\"shot\":\"two\"}\n{\"key\":\"f9\"}\n{\"key\":\"r\"}\n{\"shot\":\"stopped\"}\n");
    ASSERT_EQ(person.desk().points().rows().size(), 2U);
    ASSERT_TRUE(person.moment().waiting) << "the condition became true";
    EXPECT_EQ(state_of_web(), "created");
    EXPECT_NE(next_call(), "pivot_root");
    person.does("{\"key\":\"r\"}\n");
    EXPECT_EQ(next_call(), "pivot_root") << "the stop is before it";
    EXPECT_TRUE(person.moment().waiting);
    person.does("{\"key\":\"r\"}\n");
    EXPECT_FALSE(person.moment().working);
    EXPECT_EQ(state_of_web(), "running");
    person.does("{\"key\":\"shift+r\"}\n{\"shot\":\"back\"}\n");
    EXPECT_EQ(next_call(), "pivot_root");
    const std::uint64_t there = person.moment().position;
    person.does("{\"key\":\"shift+r\"}\n");
    EXPECT_EQ(state_of_web(), "created");
    EXPECT_LT(person.moment().position, there);
    person.does("{\"key\":\"r\"}\n");
    EXPECT_EQ(person.moment().position, there) << "there and back";
    person.does("{\"key\":\"f9\"}\n{\"press\":\"turn_point0\"}\n{\"press\":\"remove_point1\"}\n{\"shot\":\"off\"}\n");
    EXPECT_EQ(person.desk().points().active().size(), 0U);
    EXPECT_EQ(person.desk().points().rows().size(), 1U);
}

TEST(BreakpointsInTheWindow, AreCompletedByTabAndRefusedWithASentence) {
    GuiRoom own;
    Person person(own.free());
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    person.does(perform(flagship) +
                "{\"key\":\"f9\"}\n{\"type\":\"call:pivot\"}\n{\"key\":\"tab\"}\n{\"key\":\"enter\"}\n"
                "{\"type\":\"phase:nowhere\"}\n{\"shot\":\"wrong\"}\n{\"key\":\"enter\"}\n{\"key\":\"escape\"}\n");
    EXPECT_EQ(person.desk().points().kept(), (std::vector<app::KeptPoint>{{"call:pivot_root", true}}));
    EXPECT_EQ(person.desk().state().side, app::Side::inspector);
    person.does("{\"key\":\"ctrl+f9\"}\n");
    EXPECT_EQ(person.desk().points().rows().size(), 2U) << "at what is next";
}

TEST(SearchInTheWindow, GoesFromOneToTheNextAndBack) {
    GuiRoom own;
    Person person(own.free());
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    person.does(perform(flagship) +
                "{\"key\":\"r\"}\n{\"key\":\"home\"}\n{\"key\":\"ctrl+f\"}\n{\"type\":\"MOUNT overlay\"}\n"
                "{\"shot\":\"found\"}\n{\"key\":\"enter\"}\n{\"shot\":\"first\"}\n");
    const std::vector<std::uint64_t> hits = person.desk().search().hits();
    ASSERT_GE(hits.size(), 2U);
    EXPECT_EQ(person.moment().position, hits[0]);
    person.does("{\"key\":\"escape\"}\n{\"key\":\"n\"}\n");
    EXPECT_EQ(person.moment().position, hits[1]);
    person.does("{\"key\":\"shift+n\"}\n");
    EXPECT_EQ(person.moment().position, hits[0]);
    person.does("{\"key\":\"ctrl+f\"}\n{\"press\":\"found" + std::to_string(hits[1]) + "\"}\n");
    EXPECT_EQ(person.moment().position, hits[1]);
}

TEST(PaletteInTheWindow, DoesWhatIsChosenAndGoesWhereItIsSaid) {
    GuiRoom own;
    Person person(own.free());
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    person.does(perform(flagship) +
                "{\"key\":\"ctrl+shift+p\"}\n{\"type\":\"run on\"}\n{\"shot\":\"palette\"}\n{\"key\":\"enter\"}\n");
    EXPECT_FALSE(person.moment().working) << "it ran to its end";
    person.does("{\"key\":\":\"}\n{\"type\":\"to phase over\"}\n{\"key\":\"enter\"}\n");
    ASSERT_NE(person.moment().next, nullptr);
    EXPECT_EQ(person.moment().next->phase, world::Phase::overlay);
    person.does("{\"key\":\":\"}\n{\"type\":\"next theme\"}\n{\"press\":\"palette0\"}\n");
    EXPECT_EQ(person.desk().state().profile, 1);
    const std::uint64_t there = person.moment().position;
    person.does("{\"key\":\":\"}\n{\"key\":\"down\"}\n{\"shot\":\"second\"}\n{\"key\":\"escape\"}\n");
    EXPECT_EQ(person.moment().position, there) << "nothing beneath it was felt";
}

TEST(PinsInTheWindow, ShowWhatDiffersBetweenTwoMoments) {
    GuiRoom own;
    Person person(own.free());
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    person.does(perform(flagship) +
                "{\"key\":\"r\"}\n{\"key\":\"home\"}\n{\"key\":\"[\"}\n{\"key\":\"end\"}\n{\"key\":\"]\"}\n"
                "{\"shot\":\"between\"}\n{\"press\":\"look_a\"}\n");
    EXPECT_EQ(person.desk().state().side, app::Side::pins);
    EXPECT_EQ(person.moment().position, 0U);
    const view::Between between = view::between_of(person.moment());
    EXPECT_GT(between.changes.size(), 10U);
    person.does("{\"press\":\"pin_a\"}\n{\"shot\":\"unpinned\"}\n");
    EXPECT_FALSE(person.moment().marks.a.has_value()) << "pinned there once more: gone";
}

TEST(AContainerInTheWindow, IsTypedToLineByLineUntilItsInputEnds) {
    GuiRoom own;
    app::Room& room = own.free();
    Person person(room);
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    const auto until = [&](const std::function<bool()>& come) {
        for (int i = 0; i < 10'000 && !come(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            (void)room.tick(0);
        }
        return come();
    };
    const auto hears = [&] { return person.moment().hears; };
    const auto rests = [&] { return !person.moment().working; };
    person.does(perform("run -it --name box alpine sh") + "{\"key\":\"r\"}\n{\"shot\":\"prompt\"}\n");
    ASSERT_TRUE(until(hears));
    person.does("{\"type\":\"echo heard-$((40+2))\"}\n{\"key\":\"enter\"}\n");
    EXPECT_TRUE(until([&] { return room.session().output().find("heard-42") != std::string::npos; }));
    ASSERT_TRUE(until(hears)) << "a shell goes on asking";
    person.does("{\"key\":\"ctrl+d\"}\n");
    EXPECT_TRUE(until(rests)) << "the shell ended with its input";
    person.does(perform("container prune") + "{\"key\":\"r\"}\n");
    ASSERT_TRUE(until(hears)) << "a question waits";
    person.does("{\"press\":\"command\"}\n{\"type\":\"y\"}\n{\"key\":\"enter\"}\n{\"key\":\"r\"}\n");
    EXPECT_TRUE(until(rests));
    EXPECT_TRUE(person.moment().picture->containers->empty()) << "it was answered";
}

TEST(TracesInTheWindow, AreSavedOpenedAndClosedAgain) {
    GuiRoom own;
    app::Room& room = own.free();
    Person person(room);
    if (!person.can_draw()) {
        GTEST_SKIP() << "nothing draws here";
    }
    const std::string path = own.folder() + "/kept.jsonl";
    const auto wait = [&] {
        for (int i = 0; i < 2000 && room.opening(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            (void)room.tick(0);
        }
        EXPECT_FALSE(room.opening());
    };
    person.does(perform(flagship) + "{\"key\":\"r\"}\n{\"key\":\"ctrl+o\"}\n{\"type\":\"" + path +
                "\"}\n{\"press\":\"save_trace\"}\n");
    const std::uint64_t size = person.moment().head;
    EXPECT_EQ(person.desk().state().notice, "Saved: " + path);
    person.does("{\"press\":\"save_trace\"}\n");
    EXPECT_NE(person.desk().state().notice.find("already"), std::string::npos) << "nothing is replaced";
    person.does("{\"press\":\"open_trace\"}\n");
    wait();
    EXPECT_TRUE(person.moment().recorded);
    EXPECT_EQ(person.moment().head, size) << "every event is there again";
    EXPECT_EQ(room.trace(), path);
    EXPECT_EQ(room.recent(), std::vector<std::string>{path});
    person.does("{\"key\":\"ctrl+o\"}\n{\"shot\":\"opened\"}\n{\"press\":\"close_trace\"}\n");
    EXPECT_FALSE(person.moment().recorded);
    EXPECT_EQ(person.moment().head, size) << "the machine is as it was";
    Intent missing{Act::open_trace};
    missing.text = own.folder() + "/nowhere.jsonl";
    room.handle(missing);
    wait();
    EXPECT_FALSE(person.moment().recorded);
    EXPECT_NE(person.desk().state().notice.find("nowhere.jsonl"), std::string::npos);
}

TEST(TracesInTheWindow, ALongOneIsThereAtOnceAndGoesWhereItIsAskedToAsSoonAsItIsReadThatFar) {
    const GuiRoom own;  // for its folder
    const std::string path = own.folder() + "/long.jsonl";
    bench::TraceGenerator generator;
    const std::vector<trace::Event> events = generator.events(30000);
    {
        auto lines = trace::StdioLines::create(path).value();
        trace::Writer writer(*lines, trace::Header{});
        for (const trace::Event& event : events) {
            writer.take(event);
        }
    }
    scene::Picture last = scene::first_picture(trace::Header{});
    for (const trace::Event& event : events) {
        scene::evolve(last, event);
    }
    for (const char* round : {"first time", "indexed"}) {
        auto session = app::Session::recorded(path);
        ASSERT_TRUE(session.has_value()) << session.error().doing;
        app::Desk desk(**session);
        EXPECT_EQ((*session)->tape().folded(), 0U) << round;
        EXPECT_EQ(desk.moment().head, events.size()) << round;
        desk.handle(Intent{Act::go_live});
        EXPECT_TRUE(desk.arriving()) << round;
        EXPECT_EQ(desk.moment().position, 0U) << round;
        EXPECT_EQ(desk.state().notice.rfind("Still reading: 0 of ", 0), 0U) << desk.state().notice;
        desk.handle(Intent{Act::larger});  // what does not move the view leaves it on its way
        EXPECT_TRUE(desk.arriving()) << round;
        for (int frame = 0; frame < 30000 && desk.arriving(); ++frame) {
            desk.tick(0.016);
        }
        EXPECT_EQ(desk.moment().position, events.size()) << round;
        EXPECT_EQ(desk.state().notice, "");
        EXPECT_TRUE(*desk.moment().picture == last) << round;
        desk.handle(Intent{Act::to_start});
        EXPECT_FALSE(desk.arriving());
    }
}

TEST(PanelsInTheWindow, FitTheSmallestWindowAndTheLargestScreen) {
    for (const root::ShotOptions& size : Person::sizes()) {
        GuiRoom own;
        Person person(own.free(), size);
        if (!person.can_draw()) {
            GTEST_SKIP() << "nothing draws here";
        }
        person.does(perform(flagship) +
                    "{\"key\":\"f9\"}\n{\"type\":\"call:\"}\n{\"shot\":\"offers\"}\n{\"key\":\"ctrl+f\"}\n"
                    "{\"type\":\"phase:\"}\n{\"shot\":\"filters\"}\n{\"type\":\"nowhere\"}\n{\"shot\":\"no-phase\"}\n"
                    "{\"key\":\"escape\"}\n{\"key\":\"question\"}\n{\"shot\":\"keys\"}\n{\"key\":\"escape\"}\n"
                    "{\"key\":\":\"}\n{\"shot\":\"palette\"}\n{\"key\":\"escape\"}\n{\"key\":\"d\"}\n"
                    "{\"shot\":\"pins\"}\n");
    }
}

TEST(Scripts, SayWhichLineCannotBeDone) {
    GuiRoom own;
    auto studio = root::Studio::create(own.free(), {});
    if (!studio) {
        GTEST_SKIP() << studio.error().doing;
    }
    const auto none = [](const root::Shot&) -> Status { return {}; };
    struct Case {
        const char* lines;
        const char* part;
    };
    for (const Case& one : {Case{"\n{\"press\":\"no such id\"}", "line 2 of the script"},
                            Case{"{\"key\":\"hyper\"}", "no key is called \"hyper\""},
                            Case{"{\"jump\":3}", "says nothing to do"}, Case{"nonsense", "line 1 of the script"}}) {
        const Status done = root::play_script(**studio, one.lines, none);
        ASSERT_FALSE(done.has_value()) << one.lines;
        EXPECT_NE(done.error().doing.find(one.part), std::string::npos) << done.error().doing;
    }
}

}  // namespace
}  // namespace cutaway
