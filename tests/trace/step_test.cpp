// SPDX-License-Identifier: Apache-2.0
// Stops: of a cursor over a trace and of a running engine. Both stop before things, and stepping changes nothing.
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/trace/cursor.h"
#include "core/trace/file.h"
#include "core/trace/step_gate.h"
#include "core/trace/traced.h"
#include "tests/trace/fake_world.h"
#include "tests/trace/sample.h"

namespace cutaway::trace {
namespace {

using world::Grain;
using world::Phase;
constexpr std::int64_t soon = 20'000'000'000;

Trace opened(const std::vector<Event>& events) { return Trace::open(in_memory(to_text(Header{}, events))).value(); }

TEST(Cursor, StopsBeforeEachPhaseStepAndCall) {
    const Trace trace = opened(small_run());
    const auto walk = [&](StepMode mode) {
        Cursor cursor(trace);
        std::vector<std::size_t> at{cursor.at()};
        while (cursor.forward(mode)) {
            at.push_back(cursor.at());
        }
        return at;
    };
    EXPECT_EQ(walk(StepMode::phase), (std::vector<std::size_t>{0, 1, 7, 13}));
    EXPECT_EQ(walk(StepMode::step), (std::vector<std::size_t>{0, 2, 13}));
    EXPECT_EQ(walk(StepMode::call), (std::vector<std::size_t>{0, 3, 8, 13}));
    EXPECT_EQ(walk(StepMode::run), (std::vector<std::size_t>{0, 13}));
}

TEST(Cursor, BackUndoesForwardAndForwardUndoesBackFromAnywhere) {
    const Trace trace = opened(small_run());
    std::mt19937 random(1);
    for (std::size_t start = 0; start <= trace.size(); ++start) {
        for (std::size_t mode = 0; mode < count_of<StepMode>(); ++mode) {
            Cursor cursor(trace);
            cursor.jump(start);
            const auto how = static_cast<StepMode>(mode);
            const auto steps = 1 + random() % 3;
            std::size_t moved = 0;
            while (moved < steps && cursor.forward(how)) {
                ++moved;
            }
            for (; moved > 0; --moved) {
                EXPECT_TRUE(cursor.back(how));
            }
            EXPECT_EQ(cursor.at(), start);
            const bool back = cursor.back(how);
            EXPECT_EQ(back, start > 0);
            EXPECT_TRUE(!back || cursor.forward(how));
            EXPECT_EQ(cursor.at(), start);
        }
    }
}

TEST(Cursor, AnEmptyTraceHasNowhereToGo) {
    const Trace trace = opened({});
    Cursor cursor(trace);
    for (const StepMode mode : {StepMode::phase, StepMode::step, StepMode::call, StepMode::run}) {
        EXPECT_FALSE(cursor.forward(mode));
        EXPECT_FALSE(cursor.back(mode));
    }
    EXPECT_TRUE(cursor.at_start() && cursor.at_end());
}

Breakpoint at_call(std::string kind) {
    Breakpoint point;
    point.call = std::move(kind);
    return point;
}

Breakpoint at_error() {
    Breakpoint point;
    point.error = true;
    return point;
}

TEST(Cursor, RunsToABreakpointInBothDirections) {
    const Trace trace = opened(small_run());
    Cursor cursor(trace);
    Breakpoint phase;
    phase.phase = Phase::exec;
    Breakpoint step;
    step.step = "the layers";
    Breakpoint seen;
    seen.predicate = [](const Event& event) { return event.kind == EventKind::observed; };
    const std::vector<std::pair<Breakpoint, std::size_t>> cases{
        {at_call("execve"), 8}, {phase, 7}, {step, 2}, {at_error(), 9}, {seen, 10}};
    for (const auto& [point, expected] : cases) {
        cursor.jump(0);
        ASSERT_TRUE(cursor.run_to(point));
        EXPECT_EQ(cursor.at(), expected);
        cursor.jump(expected + 1);
        ASSERT_TRUE(cursor.run_back_to(point));
        EXPECT_EQ(cursor.at(), expected);
    }
    cursor.jump(0);
    EXPECT_FALSE(cursor.run_to(at_call("umount")));
    EXPECT_FALSE(cursor.run_to(Breakpoint{})) << "a breakpoint that says nothing stops nowhere";
    EXPECT_EQ(cursor.at(), 0U);
}

// A small engine: three phases, a step in each, two calls a step, the last one failing if asked.
Status engine(world::World& world, std::size_t at_once = 1) {
    const std::vector<Phase> phases{Phase::create, Phase::overlay, Phase::exec};
    for (const Phase phase : phases) {
        TRY(world::within(world.narrator, {Grain::phase, phase, "phase", {}, "c1", false}, [&]() -> Status {
            std::vector<world::Task> tasks;
            for (int i = 0; i < 2; ++i) {
                tasks.emplace_back([](world::World& mine) {
                    return world::within(mine.narrator, {Grain::step, Phase::none, "step", {}, "", false},
                                         [&]() -> Status {
                                             (void)TRY(world::ask(mine.kernel, world::MakeDir{"/d", 0755}));
                                             (void)world::ask(mine.kernel, world::Mount{"tmpfs", "", "/m", {}, ""});
                                             return {};
                                         });
                });
            }
            return world.tasks.run(world, std::move(tasks), at_once);
        }));
    }
    return {};
}

// The engine on a thread of its own, behind a StepGate.
struct Stepped {
    explicit Stepped(StepMode mode, std::size_t tasks = 1) : gate(mode, &fake.cancel), at_once(tasks) {
        recorder.add_sink(memory);
        recorder.add_sink(gate);
        recorder.set_gate(&gate);
    }
    ~Stepped() {
        gate.cancel();
        join();
    }
    void start() {
        thread = std::thread([this] {
            end = engine(traced.world(), at_once);
            gate.finished();
        });
    }
    void join() {
        if (thread.joinable()) {
            thread.join();
        }
    }
    FakeWorld fake;
    Recorder recorder{fake.clock, world::Evidence::modelled};
    Memory memory;
    StepGate gate;
    TracedWorld traced{fake.world, recorder};
    Status end;
    std::thread thread;
    std::size_t at_once;
};

TEST(StepGate, SteppingGivesTheSameTraceAsRunningFree) {
    Stepped free(StepMode::run);
    free.start();
    free.join();
    ASSERT_TRUE(free.end);
    const std::vector<std::pair<StepMode, int>> cases{{StepMode::phase, 3}, {StepMode::step, 6}, {StepMode::call, 12}};
    for (const auto& [mode, expected] : cases) {
        Stepped stepped(mode);
        stepped.start();
        int stops = 0;
        while (stepped.gate.wait_for_stop(soon)) {
            ++stops;
            stepped.gate.resume(mode);
        }
        stepped.join();
        EXPECT_TRUE(stepped.end);
        EXPECT_EQ(stops, expected);
        EXPECT_EQ(to_text({}, stepped.memory.events), to_text({}, free.memory.events));
    }
}

TEST(StepGate, NothingHasHappenedOfWhatItStopsBefore) {
    Stepped stepped(StepMode::call);
    stepped.start();
    ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
    EXPECT_TRUE(stepped.fake.kernel.asked.empty());
    EXPECT_EQ(kind_of(std::get<world::Call>(stepped.gate.waiting()->body)), "mkdir");
    stepped.gate.resume(StepMode::call);
    ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
    EXPECT_EQ(stepped.fake.kernel.asked.size(), 1U);
}

TEST(StepGate, BreakpointsStopARunningEngine) {
    Stepped stepped(StepMode::run);
    Breakpoint exec;
    exec.phase = Phase::exec;
    stepped.gate.set_breakpoints({exec});
    stepped.start();
    ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
    EXPECT_EQ(stepped.fake.kernel.asked.size(), 8U);
    stepped.gate.run_to(at_call("mount"));
    ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
    EXPECT_EQ(stepped.fake.kernel.asked.size(), 9U);
    stepped.gate.resume(StepMode::run);
    EXPECT_FALSE(stepped.gate.wait_for_stop(soon)) << "run_to stops once";
    stepped.join();
    EXPECT_TRUE(stepped.end);
}

TEST(StepGate, AStopThatFallsWhereNobodyMayStandComesBehindIt) {
    StepGate gate(StepMode::run);
    gate.set_breakpoints({at_call("mkdir")});
    Event call;
    call.kind = EventKind::call_begin;
    call.body = world::Call(world::MakeDir{"/locked", 0755});
    gate.passing(call);
    call.body = world::Call(world::RemovePath{"/later"});
    std::thread engine([&] {
        EXPECT_TRUE(gate.before(call));
        gate.finished();
    });
    ASSERT_TRUE(gate.wait_for_stop(soon));
    EXPECT_EQ(kind_of(std::get<world::Call>(gate.waiting()->body)), world::RemovePath::kind);
    gate.resume(StepMode::run);
    EXPECT_FALSE(gate.wait_for_stop(soon));
    engine.join();
}

TEST(StepGate, WhatOthersNeedIsLetGoBeforeAWaitAndTakenBackBehindIt) {
    StepGate gate(StepMode::call);
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    gate.around_waits([&] { ++begun; }, [&] { ++ended; });
    Event call;
    call.kind = EventKind::call_begin;
    call.body = world::Call(world::MakeDir{"/here", 0755});
    std::thread engine([&] {
        EXPECT_TRUE(gate.before(call));
        EXPECT_EQ(ended, 1);
        gate.rearm(StepMode::run);
        EXPECT_TRUE(gate.before(call));
        gate.finished();
    });
    ASSERT_TRUE(gate.wait_for_stop(soon));
    EXPECT_EQ(begun, 1) << "whoever sees it waiting finds it let go";
    EXPECT_EQ(ended, 0);
    gate.resume(StepMode::run);
    engine.join();
    EXPECT_EQ(begun, 1) << "who does not wait lets nothing go";
}

TEST(StepGate, AConditionStopsWhenItBecomesTrueAndNotAgainWhileItStaysSo) {
    Stepped stepped(StepMode::run);
    Breakpoint many;
    many.predicate = [&](const Event&) { return stepped.memory.events.size() > 10; };
    stepped.gate.set_breakpoints({many});
    stepped.start();
    int stops = 0;
    while (stepped.gate.wait_for_stop(soon)) {
        ++stops;
        stepped.gate.resume(StepMode::run);
    }
    EXPECT_EQ(stops, 1);
}

TEST(StepGate, AnErrorStopsBeforeWhateverComesNext) {
    Stepped stepped(StepMode::run);
    stepped.fake.kernel.fail_kind = "mount";
    stepped.gate.set_breakpoints({at_error()});
    stepped.start();
    ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
    EXPECT_EQ(stepped.fake.kernel.asked.size(), 2U);
    EXPECT_EQ(stepped.gate.waiting()->kind, EventKind::span_begin);
}

TEST(StepGate, APauseStopsARunningEngineAndAnyCancelEndsTheWait) {
    for (const bool by_gate : {true, false}) {
        Stepped stepped(StepMode::run);
        stepped.gate.pause();
        stepped.start();
        ASSERT_TRUE(stepped.gate.wait_for_stop(soon));
        by_gate ? stepped.gate.cancel() : stepped.fake.cancel.request();
        stepped.join();
        ASSERT_FALSE(stepped.end);
        EXPECT_EQ(stepped.end.error().code, Errc::cancelled);
        EXPECT_TRUE(stepped.fake.kernel.asked.empty());
    }
}

TEST(StepGate, ParallelTasksAllStopAndAllGoOn) {
    Stepped stepped(StepMode::call, 2);
    stepped.start();
    int stops = 0;
    while (stepped.gate.wait_for_stop(soon)) {
        EXPECT_EQ(stepped.fake.kernel.count(), stops);
        ++stops;
        // Wait until the call that was let go has been made: nobody else may go with it.
        stepped.gate.resume(StepMode::call);
        while (stepped.fake.kernel.count() < stops) {
            std::this_thread::yield();
        }
    }
    EXPECT_EQ(stops, 12);
    stepped.join();
    EXPECT_TRUE(stepped.end);
}

TEST(StepGate, ThePersonMayPauseResumeAndLookFromAnyThreadWhileTasksRun) {
    Stepped stepped(StepMode::run, 2);
    stepped.start();
    std::atomic<bool> over{false};
    std::thread looker([&] {
        while (!over) {
            (void)stepped.gate.waiting();
            stepped.gate.pause();
            std::this_thread::yield();
        }
    });
    while (stepped.gate.wait_for_stop(soon)) {
        stepped.gate.resume(StepMode::step);
    }
    over = true;
    looker.join();
    stepped.join();
    EXPECT_TRUE(stepped.end);
}

}  // namespace
}  // namespace cutaway::trace
