// SPDX-License-Identifier: Apache-2.0
// The player, grading and progress, without any engine: Pictures are made by hand.
#include "core/lesson/player.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/lesson/load.h"
#include "core/scene/evolve.h"

namespace cutaway::lesson {
namespace {

scene::Picture picture_with(const std::vector<std::string>& command) {
    scene::Picture picture = scene::first_picture({});
    picture.command = command;
    return picture;
}

const std::string text =
    "---\nid: L07\ntitle: T\nsummary: S\nminutes: 5\n---\n"
    "## One\n```step\nid: one\ncaption: c\n```\nHello {{command[0]}}.\n"
    "```predict\nid: q\nask: Q\nanswer: command[0]\nchoice: run | Run | yes\nchoice: ps | List | no\n"
    "choice: rm | Remove | never\n```\n"
    "```run\ndo: docker ps\n```\n"
    "## Two\n```step\nid: two\ncaption: c\n```\n"
    "```predict\nid: n\ntype: number\nnow: true\nask: N\nanswer: len(command)\nwrong: 7 | Too many.\nwrong: 8 | Far "
    "too "
    "many.\nright: Well.\notherwise: Count again.\n```\n"
    "```task\nid: t\ngoal: G\nverify: command[0] == \"run\"\nfail: command[0] == \"rm\" | Gone.\n"
    "hint: command[0] == \"ps\" | You only looked.\nhint: Run it.\nsolve: docker run nginx\n```\n";

const Lesson& sample() {
    static const Loaded loaded = load_lesson("f", text);
    return loaded.lesson;
}

TEST(Player, WalksThroughTheLessonInOrder) {
    ASSERT_TRUE(load_lesson("f", text).mistakes.empty());
    Player player(sample());
    std::string kinds;
    for (; !player.over(); player.next()) {
        kinds += player.step().id + ":" +
                 std::string(std::visit([](const auto& block) { return std::decay_t<decltype(block)>::kind; },
                                        player.part().block)) +
                 " ";
    }
    EXPECT_EQ(kinds, "one:prose one:predict one:run two:predict two:task ");
    EXPECT_TRUE(player.progress().finished);
    EXPECT_TRUE(player.go_to("two"));
    EXPECT_EQ(player.progress().step, "two");
    EXPECT_FALSE(player.go_to("three"));
}

TEST(Player, AnAnswerWaitsForTheRevealAndIsGradedByThePicture) {
    Player player(sample());
    player.next();
    EXPECT_FALSE(player.answer("d").has_value());
    EXPECT_FALSE(player.answer("").has_value());
    ASSERT_TRUE(player.answer("B").has_value());
    EXPECT_TRUE(player.progress().answers.empty());
    const std::vector<Graded> graded = player.reveal(picture_with({"run", "nginx"}));
    ASSERT_EQ(graded.size(), 1U);
    EXPECT_FALSE(graded[0].verdict.right);
    EXPECT_EQ(graded[0].verdict.answer, "Run");
    EXPECT_EQ(graded[0].verdict.say, "no");
    EXPECT_TRUE(player.reveal(picture_with({"run"})).empty());
}

TEST(Player, TheFirstAnswerCounts) {
    Player player(sample());
    player.next();
    ASSERT_TRUE(player.answer("a").has_value());
    player.reveal(picture_with({"run"}));
    ASSERT_TRUE(player.answer("b").has_value());
    player.reveal(picture_with({"run"}));
    ASSERT_EQ(player.progress().answers.size(), 1U);
    EXPECT_EQ(score(player.progress()).points, 1U);
    EXPECT_EQ(score(player.progress()).of, 1U);
}

TEST(Player, AnAnswerThatThePictureCannotTellCountsForNobody) {
    Player player(sample());
    player.next();
    ASSERT_TRUE(player.answer("a").has_value());
    const std::vector<Graded> graded = player.reveal(picture_with({"exec"}));
    ASSERT_EQ(graded.size(), 1U);
    EXPECT_EQ(graded[0].verdict.answer, "");
    EXPECT_TRUE(player.progress().answers.empty());
}

TEST(Player, NumbersAreGradedWithTheFeedbackThatFits) {
    struct Case {
        const char* typed;
        bool right;
        const char* say;
    };
    for (const Case& one : std::vector<Case>{
             {"2", true, "Well."}, {"7", false, "Too many."}, {"3", false, "Count again."}, {" 2 ", true, "Well."}}) {
        Player player(sample());
        player.go_to("two");
        ASSERT_TRUE(player.answer(one.typed).has_value()) << one.typed;
        const std::vector<Graded> graded = player.reveal(picture_with({"run", "nginx"}));
        EXPECT_EQ(graded.at(0).verdict.right, one.right) << one.typed;
        EXPECT_EQ(graded.at(0).verdict.say, one.say) << one.typed;
    }
    Player player(sample());
    player.go_to("two");
    EXPECT_FALSE(player.answer("two").has_value());
}

TEST(Player, ATaskIsOpenThenDoneOrSpoiledAndItsHintsDependOnThePicture) {
    Player player(sample());
    player.go_to("two");
    player.next();
    EXPECT_EQ(player.look(picture_with({"ps"})), Attempt::open);
    EXPECT_EQ(player.hint(picture_with({"ps"})), "You only looked.");
    EXPECT_EQ(player.hint(picture_with({"images"})), "Run it.");
    EXPECT_EQ(player.look(picture_with({"rm"})), Attempt::spoiled);
    EXPECT_EQ(player.look(picture_with({"run"})), Attempt::done);
    player.attempted();
    player.settle("done");
    player.settle("skipped");
    const TaskTaken& taken = player.progress().tasks.at(0);
    EXPECT_EQ(taken.how, "done");
    EXPECT_EQ(taken.hints, 2U);
    EXPECT_EQ(taken.attempts, 1U);
    EXPECT_EQ(taken.points, 1U);
}

TEST(Grade, AnOrderIsShownShuffledAndGradedByPlace) {
    Predict predict;
    predict.type = Ask::order;
    for (const char* item : {"a", "b", "c", "d"}) {
        predict.items.push_back({std::nullopt, item});
    }
    const std::vector<std::size_t> shown = shuffled(predict);
    EXPECT_EQ(shown, (std::vector<std::size_t>{3, 1, 0, 2}));
    const scene::Picture picture = scene::first_picture({});
    const Result<std::string> right = read_answer(predict, "3 2 4 1");
    ASSERT_TRUE(right.has_value());
    EXPECT_TRUE(grade(predict, *right, picture)->right);
    EXPECT_FALSE(grade(predict, *read_answer(predict, "1,2,3,4"), picture)->right);
    EXPECT_FALSE(read_answer(predict, "1 1 2 3").has_value());
    EXPECT_FALSE(read_answer(predict, "1 2 3").has_value());
}

TEST(Grade, TextsAreFilledFromThePicture) {
    const scene::Picture picture = picture_with({"run", "nginx"});
    EXPECT_EQ(fill("a {{command[1]}} b {{ len(command) }}", picture), "a nginx b 2");
    EXPECT_EQ(fill("{{containers[\"web\"].id}} {{1 +}} {{open", picture), "… {{1 +}} {{open");
    EXPECT_EQ(check_fills(3, "{{1 +}} {{open").size(), 2U);
}

TEST(Progress, IsKeptAsJsonAndOddFilesAreRefused) {
    Progress progress;
    progress.lesson = "L07";
    progress.step = "create";
    progress.answers.push_back({"q", "1", true, 2, 2});
    progress.tasks.push_back({"t", "shown", 3, 1, 0, 1});
    const Result<Progress> back = progress_from(to_json(progress));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, progress);
    for (const char* bad : {"", "{", "[]", "{\"format\":\"x\"}", "{\"version\":9}", "{}x"}) {
        EXPECT_FALSE(progress_from(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace cutaway::lesson
