// SPDX-License-Identifier: Apache-2.0
// What is marked on a tape, without a window: breakpoints and where they stop, what is said of one while it is typed,
// the search, the marks on the timeline, what is remembered. A tape of some thousand events shows that looking goes on
// in slices.
#include <gtest/gtest.h>

#include "core/cli/stepper_tape.h"
#include "tests/viz/scene.h"
#include "viz/app/actions.h"
#include "viz/app/palette.h"
#include "viz/app/point_words.h"
#include "viz/app/preferences.h"
#include "viz/app/search.h"
#include "viz/view/between.h"
#include "viz/view/timeline.h"

namespace cutaway::app {
namespace {

using view::Scene;

constexpr std::int64_t soon = 1'000'000'000;

cli::Tape& fill(cli::Tape& tape, const Scene& scene) {
    for (const trace::Event& event : scene.events) {
        tape.add(event);
    }
    return tape;
}

std::vector<std::uint64_t> marks_of(const std::string& text, const cli::Tape& tape) {
    Points points;
    const Status added = points.add(text);
    EXPECT_TRUE(added.has_value()) << text;
    points.look(tape, soon);
    return points.rows().at(0).marks;
}

TEST(Points, StopWhereTheSteppersBreakpointsDo) {
    Scene scene;
    scene.begin(world::Grain::step, world::Phase::exec, "start it");
    scene.fail(world::Execute{});
    scene.end();
    cli::Tape tape((trace::Header()));
    fill(tape, scene);
    for (const std::string text :
         {"phase:resolve", "phase:namespaces", "step:clone", "call:http", "call:clone", "error", "container:web",
          "count(processes) > 1", "containers[\"web\"].state == \"created\"", "call:mount", "phase:stop"}) {
        std::vector<std::uint64_t> expected;
        const cli::StopPoint point = *cli::parse_point(text);
        for (std::optional<std::size_t> at = cli::find_stop(point, tape, 0); at;
             at = cli::find_stop(point, tape, *at)) {
            expected.push_back(*at);
        }
        EXPECT_EQ(marks_of(text, tape), expected) << text;
    }
    EXPECT_EQ(marks_of("error", tape).size(), 1U);
    EXPECT_EQ(marks_of("count(processes) > 1", tape).size(), 1U) << "it becomes true once";
}

TEST(Points, TheNearestOfAllThatAreOnIsGoneTo) {
    Scene scene;
    cli::Tape tape((trace::Header()));
    fill(tape, scene);
    Points points;
    ASSERT_TRUE(points.add("phase:resolve"));
    ASSERT_TRUE(points.add("call:clone"));
    EXPECT_EQ(points.looked(), 0U);
    EXPECT_TRUE(points.look(tape, soon));
    EXPECT_EQ(points.looked(), tape.size());
    const std::uint64_t phase = points.rows()[0].marks.at(0);
    const std::uint64_t call = points.rows()[1].marks.at(0);
    EXPECT_EQ(points.after(0), phase);
    EXPECT_EQ(points.after(phase), call);
    EXPECT_EQ(points.after(call), std::nullopt);
    EXPECT_EQ(points.before(tape.size()), call);
    points.turn(1);
    EXPECT_EQ(points.before(tape.size()), phase) << "what is off stops nobody";
    EXPECT_EQ(points.active().size(), 1U);
    points.remove(0);
    EXPECT_EQ(points.before(tape.size()), std::nullopt);
    EXPECT_EQ(points.kept(), (std::vector<KeptPoint>{{"call:clone", false}}));
}

TEST(Points, LookingTakesSlicesAndMissesNothing) {
    Scene scene;
    cli::Tape tape((trace::Header()));
    for (int i = 0; i < 400; ++i) {
        fill(tape, scene);
    }
    Points points;
    ASSERT_TRUE(points.add("call:clone"));
    int slices = 0;
    while (points.look(tape, 1)) {
        ++slices;
    }
    EXPECT_GT(slices, 100);
    EXPECT_EQ(points.rows()[0].marks.size(), 400U);
    Search search;
    search.ask("clone");
    for (slices = 0; search.look(tape, 1);) {
        ++slices;
    }
    EXPECT_GT(slices, 50);
    EXPECT_EQ(search.looked(), tape.size());
    EXPECT_EQ(search.hits().size(), 2U * 400U) << "the step's title and the call";
}

TEST(PointWords, SayWhatIsWrongWhereAndWhatIsRightDoes) {
    Scene scene;
    const view::Moment moment = scene.at(scene.events.size());
    struct Case {
        std::string text;
        bool good;
        std::string part;  // of what is said
    };
    const std::vector<Case> cases{
        {"", false, "a condition"},
        {"phase:overlay", true, "Stops before the phase overlay."},
        {"phase:nowhere", false, "no such phase: nowhere; there are resolve"},
        {"call:mount phase:overlay", true, "Stops before every call mount in the phase overlay."},
        {"call:mounts", false, "no such call: mounts"},
        {"error", true, "behind every failure"},
        {"container:web", true, "for web."},
        {"count(processes) > 1", true, "Here it is true."},
        {"count(processes) > 9", true, "Here it is not."},
        {"containers[\"db\"].state == \"running\"", true, "Here it is"},
        {"count(processes", false, "at 16"},
        {"contaners", false, "did you mean containers"},
    };
    for (const Case& one : cases) {
        const PointWords words = point_words(one.text, moment);
        EXPECT_EQ(words.good, one.good) << one.text << ": " << words.says;
        EXPECT_NE(words.says.find(one.part), std::string::npos) << one.text << ": " << words.says;
        EXPECT_EQ(words.good, cli::parse_point(one.text).has_value() && !one.text.empty()) << one.text;
    }
}

TEST(PointWords, CompleteKeysNamesAndPlacesOfThePicture) {
    Scene scene;
    const view::Moment moment = scene.at(scene.events.size());
    struct Case {
        std::string text;
        std::string offer;  // among them
    };
    const std::vector<Case> cases{{"ph", "phase:"},
                                  {"phase:na", "phase:namespaces"},
                                  {"call:clo", "call:clone"},
                                  {"call:clone ph", "call:clone phase:"},
                                  {"call:clone phase:na", "call:clone phase:namespaces"},
                                  {"container:", "container:web"},
                                  {"step:ask", "step:\"ask the registry\""},
                                  {"step:\"ask", "step:\"ask the registry\""},
                                  {"cont", "containers"},
                                  {"containers[\"w", "containers[\"web\"]"},
                                  {"err", "error"}};
    for (const Case& one : cases) {
        const std::vector<std::string> offers = point_words(one.text, moment).completions;
        EXPECT_NE(std::find(offers.begin(), offers.end(), one.offer), offers.end()) << one.text;
    }
    EXPECT_TRUE(point_words("phase:overlay", moment).completions.empty()) << "it is whole";
}

TEST(PointWords, WhatIsNextIsABreakpointAtIt) {
    Scene scene;
    for (std::uint64_t position = 0; position < scene.events.size(); ++position) {
        const std::string text = point_of(scene.at(position));
        const bool begins = scene.events[position].kind == trace::EventKind::span_begin ||
                            scene.events[position].kind == trace::EventKind::call_begin;
        EXPECT_EQ(!text.empty(), begins) << position;
        if (begins) {
            const Result<cli::StopPoint> point = cli::parse_point(text);
            ASSERT_TRUE(point.has_value()) << text;
            EXPECT_TRUE(trace::matches(point->where, scene.events[position])) << text;
        }
    }
}

TEST(Search, WordsAndFiltersMustAllHold) {
    Scene scene;
    scene.begin(world::Grain::step, world::Phase::exec, "start \"it\"");
    scene.fail(world::Execute{});
    cli::Tape tape((trace::Header()));
    fill(tape, scene);
    struct Case {
        std::string text;
        std::size_t found;
    };
    const std::vector<Case> cases{{"", 0},
                                  {"clone", 2},
                                  {"CLONE", 2},
                                  {"clone namespaces", 1},
                                  {"clone phase:resolve", 0},
                                  {"registry-1.docker.io", 1},
                                  {"\"it\"", 1},
                                  {"error", 1},
                                  {"permission", 1},
                                  {"error clone", 0},
                                  {"zebra", 0}};
    for (const Case& one : cases) {
        Search search;
        search.ask(one.text);
        search.look(tape, soon);
        EXPECT_EQ(search.hits().size(), one.found) << one.text;
        EXPECT_EQ(search.problem(), "") << one.text;
    }
    Search phase;
    phase.ask("phase:namespaces");
    phase.look(tape, soon);
    for (const std::uint64_t hit : phase.hits()) {
        EXPECT_EQ(scene.events[hit].phase, world::Phase::namespaces);
    }
    EXPECT_GE(phase.hits().size(), 5U);
}

TEST(Search, AWrongFilterIsASentenceAndFindsNothing) {
    Scene scene;
    cli::Tape tape((trace::Header()));
    fill(tape, scene);
    Search search;
    search.ask("phase:nowhere clone");
    EXPECT_NE(search.problem().find("no such phase: nowhere; there are resolve"), std::string::npos);
    EXPECT_FALSE(search.look(tape, soon));
    search.ask("actor:nobody");
    EXPECT_NE(search.problem().find("there are client"), std::string::npos) << search.problem();
    search.ask("clone");
    EXPECT_TRUE(search.look(tape, soon));
    const std::vector<FoundRow> rows = found_rows(search, tape, 0, 10);
    ASSERT_EQ(rows.size(), search.hits().size());
    EXPECT_EQ(rows[1].text.substr(0, 5), "clone");
    EXPECT_NE(rows[1].where.find("namespaces"), std::string::npos) << rows[1].where;
}

TEST(Search, FindsWhatComesLaterToo) {
    Scene scene;
    cli::Tape tape((trace::Header()));
    Search search;
    search.ask("clone");
    EXPECT_FALSE(search.look(tape, soon));
    fill(tape, scene);
    EXPECT_TRUE(search.look(tape, soon));
    const std::size_t first = search.hits().size();
    fill(tape, scene);
    EXPECT_TRUE(search.look(tape, soon));
    EXPECT_EQ(search.hits().size(), 2 * first);
    EXPECT_EQ(search.after(search.hits()[0]), search.hits()[1]);
    EXPECT_EQ(search.before(search.hits()[0]), std::nullopt);
}

TEST(Timeline, MarksAreDrawnByPixelsAndNeverByEvents) {
    Scene scene;
    view::Moment moment = scene.at(0);
    std::vector<std::uint64_t> many;
    for (std::uint64_t n = 0; n < 1'000'000; ++n) {
        many.push_back(n);
    }
    moment.head = many.size();
    moment.marks.stops = {&many};
    moment.marks.found = &many;
    const view::Timeline timeline = view::timeline_of(moment, 1200);
    EXPECT_LE(timeline.stops.size(), 201U);
    EXPECT_LE(timeline.found.size(), 601U);
    EXPECT_GE(timeline.found.size(), 500U);
    EXPECT_EQ(timeline.stops.front(), 0.0F);
}

TEST(Pins, WhatDiffersIsToldFromAToBWhicheverIsEarlier) {
    Scene scene;
    cli::Tape tape((trace::Header()));
    fill(tape, scene);
    const std::vector<scene::Change> forth = scene::diff(tape.picture(2), tape.picture(tape.size()));
    const std::vector<scene::Change> back = scene::diff(tape.picture(tape.size()), tape.picture(2));
    view::Moment moment = scene.at(3);
    EXPECT_FALSE(view::between_of(moment).a.set);
    moment.marks.a = 2;
    moment.marks.between = &forth;
    EXPECT_TRUE(view::between_of(moment).changes.empty()) << "one pin is not enough";
    moment.marks.b = tape.size();
    const view::Between between = view::between_of(moment);
    EXPECT_EQ(between.a.words, "event 2, phase resolve: ask the registry");
    const auto tells = [](const view::Between& what, scene::ChangeKind kind, const std::string& part) {
        return std::any_of(what.changes.begin(), what.changes.end(), [&](const view::ChangeRow& row) {
            return row.kind == kind && row.words.find(part) != std::string::npos;
        });
    };
    EXPECT_TRUE(tells(between, scene::ChangeKind::added, "container web"));
    moment.marks.between = &back;
    EXPECT_TRUE(tells(view::between_of(moment), scene::ChangeKind::removed, "container web"));
    const view::Timeline timeline = view::timeline_of(moment, 800);
    EXPECT_EQ(timeline.b, 1.0F);
}

TEST(Palette, LettersFindNamesThatHaveThemInThisOrder) {
    struct Case {
        const char* letters;
        const char* name;
        bool fits;
    };
    for (const Case& one :
         {Case{"brk", "breakpoints", true}, Case{"BRK", "breakpoints", true}, Case{"krb", "breakpoints", false},
          Case{"ph over", "to phase overlay", true}, Case{"", "anything", true}, Case{"zz", "breakpoints", false}}) {
        EXPECT_EQ(fit(one.letters, one.name).has_value(), one.fits) << one.letters;
    }
    EXPECT_GT(fit("search", "search events"), fit("search", "step each arch")) << "what hangs together is better";
}

TEST(Palette, HoldsActionsPlacesAndLessons) {
    Scene scene;
    view::LessonRow row;
    row.id = "L07";
    row.title = "A container starts";
    const std::vector<view::LessonRow> lessons{row};
    const auto all = palette_entries({scene.story, lessons, {"a/run.jsonl"}, false});
    const auto best = [&](const char* letters) { return filtered(all, letters).at(0); };
    EXPECT_EQ(best("breakp").intent.act, Act::side);
    EXPECT_EQ(best("breakp").aside, "F9");
    EXPECT_EQ(best("to phase names").intent.act, Act::jump);
    EXPECT_EQ(best("to phase names").intent.position, scene.story.phases()[1].begin);
    EXPECT_EQ(best("container web").intent.position, 7U) << "where it is first known";
    EXPECT_EQ(best("L07").intent.text, "L07");
    EXPECT_EQ(best("run.jsonl").intent.act, Act::open_trace);
    EXPECT_TRUE(filtered(all, "to phase stop").empty() || best("to phase stop").name != "to phase stop")
        << "a phase that was not seen cannot be gone to";
    const auto lesson = palette_entries({scene.story, lessons, {}, true});
    const auto has = [](const std::vector<PaletteEntry>& entries, Act act) {
        return std::any_of(entries.begin(), entries.end(),
                           [&](const PaletteEntry& one) { return one.intent.act == act; });
    };
    EXPECT_TRUE(has(lesson, Act::page_on));
    EXPECT_FALSE(has(all, Act::page_on));
    EXPECT_TRUE(has(all, Act::play));
    EXPECT_FALSE(has(lesson, Act::play));
}

TEST(Actions, AreNamedOnceAndTheirKeysAreNotGivenTwice) {
    for (std::size_t n = 0; n < actions().size(); ++n) {
        for (std::size_t m = n + 1; m < actions().size(); ++m) {
            const Action& one = actions()[n];
            const Action& other = actions()[m];
            EXPECT_NE(one.name, other.name);
            const bool together =
                one.where == Where::anywhere || other.where == Where::anywhere || one.where == other.where;
            EXPECT_FALSE(together && !one.keys.empty() && one.keys == other.keys) << one.name << ", " << other.name;
        }
    }
}

TEST(Preferences, ComeBackAsTheyWereAndNonsenseDoesNot) {
    Preferences some;
    some.profile = 2;
    some.zoom_percent = 150;
    some.grain = trace::StepMode::call;
    some.points = {{"call:mount", true}, {"error", false}};
    some.recent = {"a.jsonl"};
    const Result<Preferences> back = preferences_from(to_json(some));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, some);
    EXPECT_FALSE(preferences_from("{\"format\":\"cutaway-progress\"}").has_value());
    EXPECT_FALSE(preferences_from("nonsense").has_value());
    const Result<Preferences> odd = preferences_from("{\"profile\":99,\"zoom_percent\":-5,\"grain\":\"run\"}");
    ASSERT_TRUE(odd.has_value());
    EXPECT_EQ(odd->profile, 3);
    EXPECT_EQ(odd->zoom_percent, 60);
    EXPECT_EQ(odd->grain, trace::StepMode::step);
}

}  // namespace
}  // namespace cutaway::app
