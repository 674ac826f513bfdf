// SPDX-License-Identifier: Apache-2.0
// The lessons that are for the real world, proved on this machine; and how it is left.
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

TEST(RealLesson, EveryLessonForTheRealWorldHoldsOnThisMachine) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const Answer tested = cutaway(root, {"lesson", "test"});
    EXPECT_EQ(tested.status, 0) << tested.out;
    for (const char* lesson : {"L08 ok: ", "L11 ok: "}) {
        EXPECT_TRUE(has(tested.out, lesson)) << tested.out;
    }
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); })) << traces_of(root.path()).front();
}

TEST(RealLesson, OneThatIsPlayedHereSaysSoAndLeavesNothing) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process play(real_words(root, {"lesson", "play", "L11"}));
    ASSERT_TRUE(play.says("On this machine itself")) << play.said();
    play.type("\n");
    ASSERT_TRUE(play.says("docker run -d --name nap alpine sleep 1000")) << play.said();
    play.type("$ docker ps --format {{.Names}}:{{.Image}}\n");
    EXPECT_TRUE(play.says("nap:alpine")) << play.said();
    play.type("quit\n");
    EXPECT_EQ(play.finish().status, 0);
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); }));
}

TEST(RealLesson, OneForTheModelOnlyIsRefused) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const Answer refused = cutaway(root, {"lesson", "play", "L07"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.out,
              "cutaway: L07 is not for the real world; cutaway lesson list says which world each lesson is for\n");
}

}  // namespace
}  // namespace cutaway::host
