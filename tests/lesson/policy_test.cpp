// SPDX-License-Identifier: Apache-2.0
// What a teacher forbids is refused while a lesson is played, and what a learner takes in time, attempts, hints and skips
// is written down.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cli/lesson_play.h"
#include "core/lesson/catalog.h"

namespace cutaway::cli {
namespace {

const lesson::Catalog& catalog() {
    static const lesson::Catalog all = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    return all;
}

class Typist final : public LineSource {
public:
    Typist(std::vector<std::string> lines, std::int64_t& now) : lines_(std::move(lines)), now_(now) {}
    std::optional<std::string> next(const std::string&) override {
        now_ += 1500;  // thought about each
        if (at_ == lines_.size()) {
            return std::nullopt;
        }
        return lines_[at_++];
    }

private:
    std::vector<std::string> lines_;
    std::size_t at_ = 0;
    std::int64_t& now_;
};

struct Played {
    std::string text;
    lesson::Progress progress;
    LessonPlay::Outcome outcome = LessonPlay::Outcome::left;
    std::string from;
};

struct Asked {
    lesson::Policy policy = {};
    std::string from = {};
    std::set<std::string> only = {};
    lesson::Progress before = {};
};

Played play(const Asked& asked, std::vector<std::string> lines) {
    static int number = 0;
    CommandLine line;
    line.world = "model";
    line.clock = "advance:1s";
    line.root = testing::TempDir() + "cutaway-policy-" +
                std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" + std::to_string(++number);
    Played played;
    {
        Result<std::unique_ptr<LessonBench>> bench = LessonBench::open(line);
        EXPECT_TRUE(bench.has_value());
        lesson::Player player(*lesson::find_lesson(catalog(), "L01"), asked.before);
        std::int64_t now = 1'700'000'000'000;
        Typist typist(std::move(lines), now);
        MemoryConsole console;
        LessonPlayOptions options;
        options.policy = asked.policy;
        options.from = asked.from;
        options.only = asked.only;
        options.now_ms = [&now] { return now; };
        options.on_progress = [&](const lesson::Progress& progress) { played.progress = progress; };
        LessonPlay lesson_play(player, **bench, typist, console, options);
        played.outcome = lesson_play.play();
        played.progress = player.progress();
        played.text = console.out_text;
        played.from = lesson_play.from();
    }
    std::error_code ignored;
    std::filesystem::remove_all(line.root, ignored);
    return played;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++found;
    }
    return found;
}

const std::vector<std::string> to_task{"", "b", "c"};  // text, two questions of L01

std::vector<std::string> then(std::vector<std::string> first, const std::vector<std::string>& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

TEST(Skipping, IsWrittenDownAndAnAnswerStillCountsLater) {
    const Played skipped = play({}, {"", "skip"});
    ASSERT_EQ(skipped.progress.answers.size(), 1U);
    EXPECT_EQ(skipped.progress.answers[0].skips, 1U);
    EXPECT_EQ(skipped.progress.answers[0].points, 0U);
    EXPECT_EQ(skipped.progress.answers[0].of, 1U);
    Asked again;
    again.before = skipped.progress;
    const Played answered = play(again, {"", "b"});
    ASSERT_EQ(answered.progress.answers.size(), 1U);
    EXPECT_TRUE(answered.progress.answers[0].right);
    EXPECT_EQ(answered.progress.answers[0].skips, 1U);
}

TEST(Skipping, IsRefusedWhereTheTeacherForbidsIt) {
    Asked strict;
    strict.policy.skip = false;
    const Played question = play(strict, {"", "skip", "", "b"});
    EXPECT_EQ(count(question.text, "switched skipping off"), 2U) << question.text;
    ASSERT_EQ(question.progress.answers.size(), 1U);
    EXPECT_TRUE(question.progress.answers[0].right);
    EXPECT_EQ(question.progress.policy, "no skipping");
    const Played task = play(strict, then(to_task, {"skip"}));
    EXPECT_EQ(count(task.text, "switched skipping off"), 1U);
    EXPECT_TRUE(task.progress.tasks.empty());
}

TEST(Skipping, IsNotDoneByBeginningBehindOrByACut) {
    Asked strict;
    strict.policy.skip = false;
    strict.from = "kernel";
    strict.only = {"kernel"};
    const Played from = play(strict, {""});
    EXPECT_NE(from.text.find("== Step 1 of"), std::string::npos) << from.text;
    EXPECT_EQ(from.text.find("== Step 2 of"), std::string::npos);
    const Played step = play({strict.policy}, {"step kernel", "step same-image"});
    EXPECT_NE(step.text.find("have not come to that step"), std::string::npos);
    EXPECT_EQ(step.outcome, LessonPlay::Outcome::again);
    EXPECT_EQ(step.from, "same-image");
    strict.before.reached = "kernel";
    const Played known = play(strict, {""});
    EXPECT_NE(known.text.find("== Step 2 of"), std::string::npos) << "where one has been one may go";
}

TEST(Solutions, AreNotShownWhereTheTeacherForbidsIt) {
    Asked strict;
    strict.policy.solve = false;
    const Played played = play(strict, then(to_task, {"solve", "", "", "", "", "skip"}));
    EXPECT_EQ(count(played.text, "switched solutions off"), 1U) << played.text;
    ASSERT_EQ(played.progress.tasks.size(), 1U);
    EXPECT_EQ(played.progress.tasks[0].how, "skipped");
}

TEST(Attempts, AreCountedAndTheLastOneShowsHow) {
    Asked strict;
    strict.policy.attempts = 2;
    const Played played =
        play(strict, then(to_task, {"docker ps -a", "docker run alpine true", "docker run alpine true"}));
    ASSERT_EQ(played.progress.tasks.size(), 1U);
    EXPECT_EQ(played.progress.tasks[0].how, "failed") << played.text;
    EXPECT_EQ(played.progress.tasks[0].attempts, 2U);
    EXPECT_EQ(played.progress.tasks[0].points, 0U);
    EXPECT_EQ(count(played.text, "This is how."), 1U);
    const std::string right = "docker run ubuntu:22.04 echo hello";
    const Played done = play(strict, then(to_task, {right, right}));
    ASSERT_EQ(done.progress.tasks.size(), 1U);
    EXPECT_EQ(done.progress.tasks[0].how, "done") << "the last attempt may be the right one";
    EXPECT_EQ(done.progress.tasks[0].points, 1U);
}

TEST(Hints, EndWhereTheTeacherSaysSo) {
    Asked strict;
    strict.policy.hints = 1;
    const Played played = play(strict, then(to_task, {"hint", "hint", ""}));
    EXPECT_EQ(count(played.text, "Hint: "), 1U);
    EXPECT_EQ(count(played.text, "no more hints"), 2U);
    strict.policy.hints = 0;
    EXPECT_EQ(count(play(strict, then(to_task, {"hint"})).text, "switched hints off"), 1U);
}

TEST(Time, IsThatOfTheLearnerAndNotOfAnEmptyChair) {
    const Played played = play({}, then(to_task, {"docker ps", "docker ps", "solve"}));
    EXPECT_EQ(played.progress.answers.at(0).spent_ms, 1500U);
    EXPECT_EQ(played.progress.answers.at(0).at_ms, 1'700'000'003'000);
    EXPECT_EQ(played.progress.tasks.at(0).spent_ms, 4500U);
    EXPECT_EQ(played.progress.spent_ms % 1500, 0U);
    EXPECT_GE(played.progress.spent_ms, 9000U);
}

}  // namespace
}  // namespace cutaway::cli
