// SPDX-License-Identifier: Apache-2.0
// The stepper as a person at a pipe meets it.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cli/stepper_story.h"
#include "tests/stepper/scripted.h"

namespace cutaway::cli {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Stepper, StopsBeforeEachStepAndSaysWhatIsNext) {
    Session session({"next", "next"});
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "Next: step mount the overlay  [overlay, daemon]\n")) << session.out;
    EXPECT_TRUE(has(session.out, "Next: step execve  [exec, daemon]\n")) << session.out;
    EXPECT_EQ(session.lines.prompts.front(), "[model 3] ");
    EXPECT_EQ(session.recorded, two_phases().size());
}

TEST(Stepper, WhatIsNextHasNotHappenedYet) {
    Session session({"show mounts", "c"}, trace::StepMode::call);
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "\n{}\n")) << "the mount was folded before it was made: " << session.out;
}

TEST(Stepper, GoesOnToTheEndWhenTheLinesEnd) {
    Session session({});
    session.run(two_phases());
    EXPECT_EQ(session.recorded, two_phases().size());
    EXPECT_FALSE(session.refused.has_value());
    EXPECT_EQ(session.parked, 0) << "every park has its unpark";
}

TEST(Stepper, QuitCancelsTheRunAndAsksNoMore) {
    Session session({"quit", "next"});
    session.run(two_phases());
    EXPECT_EQ(session.refused, Errc::cancelled);
    EXPECT_EQ(session.quits, 1);
    EXPECT_EQ(session.recorded, 3U);
    EXPECT_EQ(session.lines.prompts.size(), 1U);
}

TEST(Stepper, BackMovesTheViewAndNeverTheWork) {
    Session session({"next", "back", "back", "live", "c"});
    session.run(two_phases());
    ASSERT_GE(session.lines.prompts.size(), 4U);
    EXPECT_EQ(session.lines.prompts[1], "[model 10] ");
    EXPECT_EQ(session.lines.prompts[2], "[model 3 · REPLAY 7 behind] ");
    EXPECT_EQ(session.lines.prompts[3], "[model 0 · REPLAY 10 behind] ");
    EXPECT_EQ(session.lines.prompts[4], "[model 10] ");
}

TEST(Stepper, ForwardAndBackUndoEachOtherAtEveryGrain) {
    for (const std::string grain : {"phase", "step", "call"}) {
        Session session({"c", "jump 7", "back " + grain, "next " + grain, "next " + grain, "back " + grain, "q"});
        session.run(two_phases());
        session.stepper->finished();
        const auto& prompts = session.lines.prompts;
        ASSERT_EQ(prompts.size(), 7U) << grain;
        EXPECT_EQ(prompts[4], prompts[2]) << grain;
        EXPECT_EQ(prompts[6], prompts[2]) << grain;
    }
}

TEST(Stepper, AtTheEndOnlyTheViewCanMove) {
    Session session({"c", "next", "back", "where", "q"});
    session.run(two_phases());
    EXPECT_EQ(count(session.out, "the run has ended; you can still step back"), 2U) << session.out;
    EXPECT_TRUE(has(session.out, "phase: become the program (exec)")) << session.out;
}

struct PointCase {
    std::string point;
    std::string next;  // behind "Next: "
};

const std::vector<PointCase>& point_cases() {
    static const std::vector<PointCase> cases{
        {"phase:exec", "phase become the program"},
        {"step:execve", "step execve"},
        {"step:\"mount the overlay\"", "step mount the overlay"},
        {"call:mount", "mount(type: overlay"},
        {"container:web", "execve(path: /bin/nginx"},
        {"container:aaaa call:execve", "execve(path: /bin/nginx"},
        {"containers[\"web\"].state == \"running\"", "phase become the program"},
    };
    return cases;
}

TEST(Stepper, StopsAtEveryKindOfBreakpoint) {
    for (const PointCase& one : point_cases()) {
        Session session({"c", "c", "c"}, trace::StepMode::run, {one.point});
        session.run(two_phases());
        EXPECT_TRUE(has(session.out, "breakpoint 1: " + one.point + "\nNext: " + one.next)) << one.point << "\n"
                                                                                            << session.out;
        EXPECT_EQ(count(session.out, "breakpoint 1:"), 1U) << one.point << "\n" << session.out;
    }
}

TEST(Stepper, ReverseContinueFindsTheSamePlaces) {
    for (const PointCase& one : point_cases()) {
        Session session({"c", "break " + one.point, "rc", "q"}, trace::StepMode::phase);
        session.run(two_phases());
        session.stepper->finished();
        Session typed({"break " + one.point, "c", "c", "c", "c", "rc", "q"}, trace::StepMode::phase);
        typed.run(two_phases());
        EXPECT_TRUE(has(typed.out, "breakpoint 1: " + one.point + "\nNext: ")) << one.point << "\n" << typed.out;
        EXPECT_GE(count(typed.out, "breakpoint 1: " + one.point + "\n"), 2U) << one.point << "\n" << typed.out;
    }
}

TEST(Stepper, AFailureStopsBeforeWhateverFollows) {
    std::vector<trace::Event> events = two_phases();
    const std::vector<trace::Event> again = two_phases();
    events.insert(events.end(), again.begin(), again.end());
    Session session({"where", "q"}, trace::StepMode::run, {"error"});
    session.run(events);
    EXPECT_TRUE(has(session.out, "something failed\nNext: command run nginx")) << session.out;
}

TEST(Stepper, UntilIsForgottenOnceItWasReached) {
    Session session({"until exec", "c"});
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "Next: phase become the program")) << session.out;
    EXPECT_FALSE(has(session.out, "Next: step execve")) << session.out;
}

TEST(Stepper, ABreakpointCanBeListedAndDeleted) {
    Session session({"break call:execve", "breaks", "delete 1", "breaks", "c"});
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "1  call:execve\n")) << session.out;
    EXPECT_TRUE(has(session.out, "no breakpoints\n")) << session.out;
    EXPECT_FALSE(has(session.out, "Next: execve")) << session.out;
}

TEST(Stepper, BadInputIsOneSentenceAndNoStep) {
    struct Case {
        std::string typed;
        std::string answer;
    };
    const std::vector<Case> cases{
        {"fly", "no such command: fly; help lists them\n"},
        {"next leap", "a grain is phase, step or call, not leap\n"},
        {"break phase:lunch", "no such phase: lunch; there are resolve"},
        {"break call:fly", "no such call: fly\n"},
        {"break step:", "step: needs something behind the colon\n"},
        {"break call:mount oops", "cannot read \"oops\""},
        {"break containers[", "at "},
        {"delete 7", "no such breakpoint: 7\n"},
        {"jump 999", "a position is a number up to 3\n"},
        {"diff a", "diff takes \"all\" and two positions at most\n"},
        {"diff all a", "diff takes \"all\" and two positions at most\n"},
        {"show nothing/here", "no"},
    };
    for (const Case& one : cases) {
        Session session({one.typed});
        session.run(two_phases());
        EXPECT_TRUE(has(session.out, one.answer)) << one.typed << "\n" << session.out;
        EXPECT_EQ(session.lines.prompts[1], "[model 3] ") << one.typed;
    }
}

TEST(Stepper, DiffTellsWhatTheStepChanged) {
    Session session({"nc", "nc", "diff", "c"}, trace::StepMode::step);
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "web: state from \"created\" to \"running\"")) << session.out;
}

TEST(Stepper, DiffLeavesOutSpansAndCallsUnlessAsked) {
    Session session({"nc", "diff", "diff all", "nc", "diff 2 4", "diff all 2 4", "c"}, trace::StepMode::step);
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "nothing but spans, calls and plans changed between 3 and 4; diff all lists them\n"))
        << session.out;
    EXPECT_EQ(count(session.out, "  span 2"), 2U) << session.out;
    EXPECT_EQ(count(session.out, "  phase from"), 1U) << session.out;
}

// The container's last change of state comes behind everything that a gate is asked about.
std::vector<trace::Event> ending_in_a_change() {
    std::vector<trace::Event> events = two_phases();
    world::ContainerKnown web;
    web.id = std::string(64, 'a');
    web.name = "web";
    web.state = "exited";
    trace::Event last;
    last.seq = events.size() + 1;
    last.kind = trace::EventKind::note;
    last.body = world::Note(web);
    events.push_back(last);
    return events;
}

TEST(Stepper, WhatComesTrueAtTheVeryEndStopsThereAndSaysSo) {
    for (const std::string point : {"containers[\"web\"].state == \"exited\"", "error"}) {
        const std::string reason = point == "error" ? "something failed" : "breakpoint 1: " + point;
        Session session({"where", "q"}, trace::StepMode::run, {point});
        session.run(ending_in_a_change());
        EXPECT_TRUE(has(session.out, reason + "\nthe run has ended; you can still step back\n")) << session.out;
        EXPECT_EQ(session.lines.prompts.front(), "[model 17/17] ");
    }
    Session until({"until containers[\"web\"].state == \"gone\"", "q"}, trace::StepMode::step);
    until.run(ending_in_a_change());
    EXPECT_FALSE(has(until.out, "breakpoint")) << until.out;
}

TEST(Stepper, PlanAndWhySpeakOfWhatIsNext) {
    Session session({"plan", "why", "list", "c"}, trace::StepMode::call);
    session.run(two_phases());
    EXPECT_TRUE(has(session.out, "mount -t overlay -o lowerdir=/a overlay /m\n")) << session.out;
    EXPECT_TRUE(has(session.out, "read on: mount(2);")) << session.out;
    EXPECT_TRUE(has(session.out, "→ mount(type: overlay")) << session.out;
}

TEST(Stepper, PredicatesDoNotSeeSteppingItself) {
    std::vector<std::string> typed(40, "nc");
    Session stepped(typed, trace::StepMode::call);
    stepped.run(two_phases());
    Session free_run({}, trace::StepMode::run);
    free_run.run(two_phases());
    EXPECT_EQ(stepped.recorded, free_run.recorded);
}

TEST(Story, IsOneLineAStepWithIdsThatDoNotChange) {
    const std::string expected =
        "-          daemon    run nginx  failed: \n"
        "  overlay    daemon    join the layers  ok\n"
        "    overlay    daemon    mount the overlay  ok\n"
        "  exec       daemon    become the program  failed: \n"
        "    exec       daemon    execve  failed: \n";
    EXPECT_EQ(story(two_phases()), expected);
}

TEST(Story, WritesAFilesModeAsChmodTakesIt) {
    trace::Story made;
    made.call(0, world::Phase::create, world::MakeDir{"/a", 0700});
    made.call(0, world::Phase::create, world::MakeDir{"/b", 01777});
    made.call(0, world::Phase::create, world::MakeDir{"/c", 0});
    const std::string text = story(made.events, {StoryCalls::shown});
    EXPECT_TRUE(has(text, "mkdir(path: /a, mode: 0700)")) << text;
    EXPECT_TRUE(has(text, "mkdir(path: /b, mode: 01777)")) << text;
    EXPECT_TRUE(has(text, "mkdir(path: /c, mode: 0)")) << text;
}

TEST(Story, NamesContainersByTheirAppearance) {
    const std::string id = "3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a";
    trace::Story made;
    made.call(0, world::Phase::network, world::MakeVeth{"veth" + id.substr(0, 7), "peth" + id.substr(0, 7)});
    made.call(0, world::Phase::create, world::MakeDir{"/run/" + id, 0755});
    made.call(0, world::Phase::create, world::SetHostname{id.substr(0, 12)});
    for (trace::Event& event : made.events) {
        event.container = id;
    }
    const std::string text = story(made.events, {StoryCalls::shown});
    EXPECT_TRUE(has(text, "name: veth<container-1>, peer: peth<container-1>")) << text;
    EXPECT_TRUE(has(text, "path: /run/<container-1>")) << text;
    EXPECT_TRUE(has(text, "name: <container-1>")) << text;
    EXPECT_FALSE(has(text, "3f2a1b")) << text;
}

}  // namespace
}  // namespace cutaway::cli
