// SPDX-License-Identifier: Apache-2.0
// Several who watch the runs of one engine, and the stops that one of them sets for all.
#include <signal.h>

#include "tests/host/served_engine.h"

namespace cutaway::host {
namespace {

TEST(RealEngine, TwoWhoWatchSeeOneRunAndTheStopsThatTheOtherSet) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    Process ada(engine.words({"watch", "--break", "call:pivot_root"}));
    Process bob(engine.words({"watch"}));
    ASSERT_TRUE(ada.says("breakpoint 1  call:pivot_root"));
    ASSERT_TRUE(bob.says("breakpoint 1  call:pivot_root, set by nobody (process " + std::to_string(ada.pid()) + ")"))
        << bob.said();
    Process person(engine.words(hello_run));
    for (Process* one : {&ada, &bob}) {
        ASSERT_TRUE(one->says("run 1  stands before pivot_root")) << one->said();
        EXPECT_TRUE(has(one->said(),
                        "nobody (process " + std::to_string(person.pid()) + "): run --rm --network none lab/hello\n"))
            << one->said();
        EXPECT_TRUE(has(one->said(), "mount(type: overlay")) << one->said();
    }
    EXPECT_FALSE(has(person.said(), "hello"));
    Process late(engine.words({"watch"}));
    ASSERT_TRUE(late.says("run 1  stands before pivot_root")) << late.said();
    EXPECT_TRUE(has(late.said(), "mount(type: overlay")) << "who comes late sees it from its beginning";
    bob.type("call\n");
    const std::string who = "run 1  goes on: nobody (process " + std::to_string(bob.pid()) + ") said call\n";
    EXPECT_TRUE(ada.says(who)) << ada.said();
    EXPECT_TRUE(bob.says(who)) << bob.said();
    ada.type("go\n");
    const Answer answer = person.finish();
    EXPECT_EQ(answer.status, 0);
    EXPECT_TRUE(has(answer.out, "hello from inside a container\n")) << answer.out;
    EXPECT_TRUE(ada.says("run 1  ended with status 0\n"));
    EXPECT_TRUE(bob.says("run 1  ended with status 0\n"));
    ada.type("quit\n");
    EXPECT_EQ(ada.finish().status, 0);
    EXPECT_TRUE(bob.says("breakpoint 1  taken away by"));
}

TEST(RealEngine, GivingUpAtAStopLeavesNothingWhoeverSaysSo) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    Process watcher(engine.words({"watch", "--break", "call:pivot_root"}));
    ASSERT_TRUE(watcher.says("breakpoint 1"));
    for (const std::string how : {"cancel", "signal", "kill"}) {
        const std::size_t before = watcher.said().size();
        Process person(engine.words(hello_run));
        ASSERT_TRUE(eventually([&] {
            static_cast<void>(watcher.says("stands before pivot_root"));
            return watcher.said().find("stands before pivot_root", before) != std::string::npos;
        })) << how
            << watcher.said();
        if (how == "cancel") {
            watcher.type("cancel\n");
            EXPECT_NE(person.finish().status, 0);
        } else if (how == "signal") {
            ::kill(person.pid(), SIGINT);
            EXPECT_EQ(person.finish().status, 130);
        } else {
            person.kill_it();
        }
        EXPECT_TRUE(eventually([&] { return containers_in(engine.root).empty(); })) << how;
        EXPECT_TRUE(eventually([&] { return traces_of(engine.root.path("containers")).empty(); })) << how;
    }
}

TEST(RealEngine, ARunWhoseStopsNobodyWatchesAnyMoreGoesOn) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    Process watcher(engine.words({"watch", "--break", "call:pivot_root"}));
    ASSERT_TRUE(watcher.says("breakpoint 1"));
    Process person(engine.words(hello_run));
    ASSERT_TRUE(watcher.says("stands before pivot_root"));
    watcher.kill_it();
    EXPECT_EQ(person.finish().status, 0);
}

TEST(RealEngine, ARunOutlivesTheCommandLineThatAskedForItAndIsRemovedAtItsEnd) {
    CUTAWAY_NEEDS_ROOT();
    Engine engine;
    {
        Process person(
            engine.words({"run", "--rm", "-it", "--network", "none", "--name", "left", "lab/hello", "/hello", "talk"}),
            Stdio::terminal);
        ASSERT_TRUE(person.says("window 100x30")) << person.said();
    }
    EXPECT_TRUE(has(engine.ask({"ps"}).out, "left"));
    EXPECT_EQ(engine.ask({"kill", "left"}).status, 0);
    EXPECT_TRUE(eventually([&] { return containers_in(engine.root).empty(); }));
}

}  // namespace
}  // namespace cutaway::host
