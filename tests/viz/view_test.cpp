// SPDX-License-Identifier: Apache-2.0
// The view models, without a window: what stands on the rail, in the parts of the drawing, in the inspector, on the
// timeline; and the two ways of the view.
#include <gtest/gtest.h>

#include "core/cli/stepper_tape.h"
#include "core/trace/line.h"
#include "tests/viz/scene.h"
#include "viz/app/session.h"
#include "viz/view/canvas.h"
#include "viz/view/inspector.h"
#include "viz/view/rail.h"
#include "viz/view/timeline.h"

namespace cutaway::view {
namespace {

const RailRow& row_of(const Rail& rail, world::Phase phase) { return rail.rows[static_cast<std::size_t>(phase) - 1]; }

TEST(Rail, APhaseIsAheadThenNextThenNowThenDone) {
    Scene scene;
    struct Case {
        std::uint64_t position;
        RailState resolve;
        RailState manifest;
        RailState namespaces;
    };
    const std::vector<Case> cases{
        {0, RailState::ahead, RailState::ahead, RailState::ahead},
        {1, RailState::next, RailState::ahead, RailState::ahead},
        {2, RailState::now, RailState::ahead, RailState::ahead},
        {8, RailState::done, RailState::ahead, RailState::next},
        {9, RailState::done, RailState::skipped, RailState::now},
        {scene.events.size(), RailState::done, RailState::skipped, RailState::done},
    };
    for (const Case& one : cases) {
        const Rail rail = rail_of(scene.at(one.position));
        EXPECT_EQ(row_of(rail, world::Phase::resolve).state, one.resolve) << one.position;
        EXPECT_EQ(row_of(rail, world::Phase::manifest).state, one.manifest) << one.position;
        EXPECT_EQ(row_of(rail, world::Phase::namespaces).state, one.namespaces) << one.position;
    }
}

TEST(Story, ForwardAndBackAreEachOthersWayBackAtStops) {
    Scene scene;
    for (const auto mode : {trace::StepMode::phase, trace::StepMode::step, trace::StepMode::call}) {
        for (const std::uint64_t stop : scene.story.stops(mode)) {
            EXPECT_EQ(scene.story.before(mode, scene.story.after(mode, stop)), stop);
            EXPECT_TRUE(trace::stops_at(mode, scene.events[stop])) << "a stop is before what it stops at";
        }
    }
    EXPECT_EQ(scene.story.after(trace::StepMode::step, scene.events.size()), scene.events.size());
    EXPECT_EQ(scene.story.before(trace::StepMode::step, 0), 0U);
}

TEST(Spaces, OnlyAnInodeOfItsOwnIsAWall) {
    Scene scene;
    const Spaces before = spaces_of(scene.at(9));
    EXPECT_EQ(before.own, 0U);
    const Spaces after = spaces_of(scene.at(scene.events.size()));
    EXPECT_EQ(after.own, 2U);
    for (const SpaceRow& row : after.rows) {
        EXPECT_EQ(row.own, row.kind == "pid" || row.kind == "net") << row.kind;
    }
}

TEST(Processes, AProcessInsideHasBothNumbers) {
    Scene scene;
    const Processes processes = processes_of(scene.at(scene.events.size()));
    ASSERT_EQ(processes.rows.size(), 2U);
    EXPECT_EQ(processes.inside, 1U);
    EXPECT_EQ(processes.rows[1].pid, 1002);
    EXPECT_EQ(processes.rows[1].inner_pid, 1);
    EXPECT_EQ(processes.rows[1].depth, 1U);
    EXPECT_EQ(processes.rows[0].inner_pid, 0) << "the host's own need no second number";
}

TEST(Exchange, TheNextRequestIsShownBeforeItsAnswer) {
    Scene scene;
    const Exchange before = exchange_of(scene.at(3));
    EXPECT_EQ(before.registry.asks, "HEAD /v2/library/nginx/manifests/latest");
    EXPECT_EQ(before.registry.host, "registry-1.docker.io");
    EXPECT_TRUE(before.registry.present);
    EXPECT_EQ(before.registry.answers, "");
    const Exchange after = exchange_of(scene.at(5));
    EXPECT_EQ(after.registry.answers, "401 Unauthorized");
    EXPECT_FALSE(after.registry.failed) << "a 401 is how a registry asks for a token";
}

TEST(Inspector, ACallComesWithItsReasonsAndTheLineByHand) {
    Scene scene;
    const Inspector inspector = inspector_of(scene.at(10));
    EXPECT_EQ(inspector.next, "clone");
    EXPECT_EQ(inspector.title, "call, in: clone a process into new namespaces");
    EXPECT_FALSE(inspector.why.empty());
    EXPECT_FALSE(inspector.read_on.empty());
    EXPECT_NE(inspector.by_hand.find("unshare"), std::string::npos) << inspector.by_hand;
    ASSERT_FALSE(inspector.arguments.empty());
    EXPECT_EQ(inspector.arguments[0].name, "spaces");
    EXPECT_EQ(inspector.arguments[0].value, "pid");
}

TEST(Timeline, TheViewBehindTheHeadIsSaid) {
    Scene scene;
    EXPECT_EQ(timeline_of(scene.at(scene.events.size()), 800).behind, "");
    EXPECT_EQ(timeline_of(scene.at(3), 800).behind, "REPLAY: 1 step behind live");
    Moment recorded = scene.at(2);
    recorded.recorded = true;
    EXPECT_EQ(timeline_of(recorded, 800).behind, "RECORDED: 2 steps to the end");
}

TEST(Timeline, AMillionStopsCostAsManyTicksAsThereArePixels) {
    Story story;
    trace::Event event;
    event.kind = trace::EventKind::span_begin;
    event.body = world::SpanStart{};
    for (int i = 0; i < 100'000; ++i) {
        story.add(event);
    }
    Moment moment;
    const scene::Picture picture;
    moment.picture = &picture;
    moment.story = &story;
    moment.head = story.size();
    EXPECT_LE(timeline_of(moment, 1200).ticks.size(), 401U);
    EXPECT_EQ(position_at(moment, 0.5F), 50'000U);
    EXPECT_EQ(position_at(moment, 7), story.size());
}

TEST(Parts, EveryCallBelongsToSomePartOrItsPhaseDoes) {
    trace::Event event;
    event.kind = trace::EventKind::call_begin;
    event.body = world::Call(world::MakeVeth{});
    EXPECT_EQ(part_of(event), Part::network);
    event.body = world::Call(world::SaveFile{});
    event.phase = world::Phase::layers;
    EXPECT_EQ(part_of(event), Part::layers);
    event.phase = world::Phase::none;
    EXPECT_EQ(part_of(event), std::nullopt);
}

TEST(Words, ACommandLineIsReadAsAShellWould) {
    struct Case {
        std::string line;
        std::vector<std::string> words;
    };
    const std::vector<Case> cases{{"docker run nginx", {"run", "nginx"}},
                                  {"  sh -c \"curl localhost:8080\" ", {"sh", "-c", "curl localhost:8080"}},
                                  {"exec web echo 'a  b' c\\ d", {"exec", "web", "echo", "a  b", "c d"}},
                                  {"exec db psql -c \"\\dt \\\"x\\\"\"", {"exec", "db", "psql", "-c", "\\dt \"x\""}},
                                  {"run -e A= -e B=\"\" x", {"run", "-e", "A=", "-e", "B=", "x"}},
                                  {"", {}}};
    for (const Case& one : cases) {
        const auto words = app::words_of(one.line);
        ASSERT_TRUE(words.has_value()) << one.line;
        EXPECT_EQ(*words, one.words) << one.line;
    }
    EXPECT_FALSE(app::words_of("echo 'open").has_value());
}

TEST(Story, ReadFromATracesIndexIsTheOneThatItsEventsTell) {
    Scene scene;
    scene.begin(world::Grain::phase, world::Phase::running, "running");  // it stays open
    scene.begin(world::Grain::step, world::Phase::running, "look on");
    std::string text;
    trace::append_header(text, trace::Header{});
    text += '\n';
    for (const trace::Event& event : scene.events) {
        trace::append_line(text, event);
        text += '\n';
    }
    const auto trace = trace::Trace::open(trace::in_memory(text));
    ASSERT_TRUE(trace.has_value()) << trace.error().doing;
    const Story read(*trace);
    EXPECT_EQ(read.size(), scene.story.size());
    EXPECT_EQ(read.phases(), scene.story.phases());
    EXPECT_EQ(read.steps(), scene.story.steps());
    EXPECT_EQ(read.commands(), scene.story.commands());
    EXPECT_EQ(read.containers(), scene.story.containers());
    for (const auto mode : {trace::StepMode::phase, trace::StepMode::step, trace::StepMode::call}) {
        EXPECT_EQ(read.stops(mode), scene.story.stops(mode));
    }
    EXPECT_GT(read.stops(trace::StepMode::call).size(), 1U);
    EXPECT_EQ(cli::Tape(*trace).container_id("web"), id);
}

}  // namespace
}  // namespace cutaway::view
