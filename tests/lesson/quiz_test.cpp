// SPDX-License-Identifier: Apache-2.0
// The test before and after a lesson: when it is due, how it is taken and graded, and that every lesson of the program has
// one whose questions the lesson itself answers.
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cli/lesson_key.h"
#include "core/cli/lesson_quiz.h"
#include "core/lesson/catalog.h"
#include "core/lesson/load.h"

namespace cutaway::cli {
namespace {

const lesson::Catalog& catalog() {
    static const lesson::Catalog all = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    return all;
}

const lesson::Lesson& known(const std::string& id, const std::string& locale = "en") {
    return *lesson::find_lesson(catalog(), id, locale);
}

class Lines final : public LineSource {
public:
    explicit Lines(std::deque<std::string> lines) : lines_(std::move(lines)) {}
    std::optional<std::string> next(const std::string&) override {
        if (lines_.empty()) {
            return std::nullopt;
        }
        std::string line = lines_.front();
        lines_.pop_front();
        return line;
    }

private:
    std::deque<std::string> lines_;
};

std::optional<QuizTaken> take(const lesson::Lesson& what, std::deque<std::string> typed, std::string* said = nullptr) {
    Lines lines(std::move(typed));
    MemoryConsole console;
    std::int64_t clock = 0;
    std::optional<QuizTaken> taken =
        ask_quiz(what, lesson::QuizTurn::before, lines, console, [&] { return clock += 1500; });
    if (said != nullptr) {
        *said = console.out_text;
    }
    return taken;
}

// Each test process has its own place; the bench is gone before the place is.
template <class Use>
void on_a_bench(const std::string& name, const Use& use) {
    CommandLine line;
    line.world = "model";
    line.clock = "advance:1s";
    line.root =
        testing::TempDir() + "cutaway-quiz-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + name;
    {
        const Result<std::unique_ptr<LessonBench>> bench = LessonBench::open(line);
        ASSERT_TRUE(bench.has_value()) << bench.error().doing;
        use(**bench);
    }
    std::error_code ignored;
    std::filesystem::remove_all(line.root, ignored);
}

lesson::Answered answered(bool right) { return {"dialogue", "0", right, right ? 1U : 0U, 1}; }

TEST(QuizTurn, IsBeforeTheLessonAndAfterItAndNeverInBetween) {
    const lesson::Lesson& what = known("L02");
    lesson::Progress progress;
    ASSERT_TRUE(lesson::quiz_turn(what, progress).has_value());
    EXPECT_EQ(*lesson::quiz_turn(what, progress), lesson::QuizTurn::before);
    progress.answers.push_back(answered(true));
    EXPECT_EQ(lesson::quiz_turn(what, progress).error().doing,
              "L02 has begun, so there can be no test before it any more; the one after it waits for the lesson to be "
              "finished");
    progress.before.push_back(answered(false));
    EXPECT_EQ(lesson::quiz_turn(what, progress).error().doing,
              "you took the test before L02 (0 of 1 points); the one after it waits for the lesson to be finished");
    progress.finished = true;
    EXPECT_EQ(*lesson::quiz_turn(what, progress), lesson::QuizTurn::after);
    progress.after.push_back(answered(true));
    EXPECT_EQ(lesson::quiz_turn(what, progress).error().doing,
              "the tests of L02 are taken: before it 0 of 1 points, after it 1 of 1 points");
    EXPECT_EQ(lesson::quiz_turn(lesson::Lesson(), {}).error().code, Errc::not_found);
}

TEST(Quiz, TellsNothingOfTheAnswersAndTakesWhatALessonTakes) {
    std::string said;
    const auto taken = take(known("L02"), {"z", "a", "", "c"}, &said);
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(taken->given.at("dialogue"), "0");
    EXPECT_EQ(taken->given.at("registry-partner"), "");
    EXPECT_EQ(taken->given.at("parent"), "2");
    EXPECT_EQ(taken->spent_ms.at("parent"), 1500U);
    EXPECT_NE(said.find("1 of 3"), std::string::npos) << said;
    EXPECT_NE(said.find("(passed by)"), std::string::npos) << said;
    for (const lesson::QuizItem& item : lesson::quiz_of(known("L02"))) {
        for (const lesson::Choice& choice : item.predict->choices) {
            EXPECT_EQ(said.find(choice.say.substr(0, 30)), std::string::npos) << choice.say;
        }
    }
    EXPECT_FALSE(take(known("L02"), {"a", "quit", "b", "c"}).has_value());
    EXPECT_FALSE(take(known("L02"), {"a", "b"}).has_value()) << "the lines ended";
}

TEST(Quiz, SpeaksTheLessonsLanguage) {
    std::string said;
    (void)take(known("L07", "de"), {}, &said);
    EXPECT_NE(said.find("ein kurzer Test vor der Lektion"), std::string::npos) << said;
}

TEST(Quiz, OfEveryLessonIsGradedByPlayingIt) {
    for (const lesson::Lesson& what : catalog().lessons) {
        SCOPED_TRACE(what.id);
        const std::vector<lesson::QuizItem> items = lesson::quiz_of(what);
        ASSERT_GE(items.size(), 2U);
        QuizTaken first;
        for (const lesson::QuizItem& item : items) {
            if (!item.predict->choices.empty()) {
                first.given[item.predict->id] = "0";
            }
        }
        on_a_bench(what.id, [&](LessonBench& bench) {
            const QuizGraded graded = grade_quiz(what, first, bench, 77);
            ASSERT_EQ(graded.answers.size(), items.size());
            for (std::size_t n = 0; n < items.size(); ++n) {
                const lesson::Predict& predict = *items[n].predict;
                const lesson::Answered& one = graded.answers[n];
                ASSERT_EQ(graded.right.count(one.id), 1U) << one.id << ": the lesson never came to it";
                const bool right = !predict.choices.empty() && graded.right.at(one.id) == predict.choices[0].text;
                EXPECT_EQ(one.right, right) << one.id << ": " << graded.right.at(one.id);
                EXPECT_EQ(one.points, right ? predict.points : 0U) << one.id;
                EXPECT_EQ(one.of, predict.points);
                EXPECT_EQ(one.skips, predict.choices.empty() ? 1U : 0U);
                EXPECT_EQ(one.at_ms, 77);
            }
        });
    }
}

TEST(Quiz, AfterTheLessonSaysBothResultsAndWhatWasMissed) {
    const lesson::Lesson& what = known("L02");
    lesson::Progress progress;
    QuizGraded graded;
    progress.before = {answered(false)};
    EXPECT_EQ(quiz_told(what, progress, graded), "Kept. The same questions come back when the lesson is finished.\n");
    graded.right["dialogue"] = "Over HTTP";
    progress.after = {answered(true)};
    EXPECT_EQ(quiz_told(what, progress, graded), "Before: 0 of 1 points.\nAfter:  1 of 1 points.\n");
    progress.after = {answered(false)};
    EXPECT_NE(quiz_told(what, progress, graded).find("Not so. It is: Over HTTP"), std::string::npos);
}

TEST(Quiz, ThatNamesWhatIsNotThereIsAMistakeOfTheLesson) {
    const std::string text = R"(---
id: L99
title: T
summary: S.
goal: G
minutes: 5
quiz: {}
---

## One

```step
id: one
caption: C.
```

```predict
id: a
ask: Is it {{ count(images) }}?
now: true
answer: 1
choice: 1 | x | x
choice: 2 | y | y
choice: 3 | z | z
```
)";
    const auto complaint = [&](const std::string& quiz) {
        std::string whole = text;
        whole.replace(whole.find("{}"), 2, quiz);
        std::string out;
        for (const lesson::Mistake& one : lesson::load_lesson("lessons/L99-x/lesson.md", whole).mistakes) {
            out += lesson::to_text("f", one) + "; ";
        }
        return out;
    };
    EXPECT_EQ(
        complaint("a, nowhere"),
        "f:7: the question \"a\" says {{ … }}, so it cannot be asked in the quiz; f:7: the quiz names the question "
        "\"nowhere\", which is not there; ");
    EXPECT_NE(complaint("a").find("a quiz has two to ten questions"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
