// SPDX-License-Identifier: Apache-2.0
// Every lesson, played by its own solutions on the simulated machine: stops come, commands end as told, each check holds
// and fails on its counter-story, each task is open before and done after, each prediction has one right answer.
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/cli/lesson_play.h"
#include "core/cli/lesson_text.h"
#include "core/cli/lesson_trial.h"
#include "core/lesson/catalog.h"

namespace cutaway::cli {
namespace {

const lesson::Catalog& catalog() {
    static const lesson::Catalog all = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    return all;
}

class Bench {  // and nothing of it is left behind
public:
    explicit Bench(const std::string& name) {
        static int number = 0;
        CommandLine line;
        line.world = "model";
        line.clock = "advance:1s";
        line.root = testing::TempDir() + "cutaway-lessons-" +
                    std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" +
                    std::to_string(reinterpret_cast<std::uintptr_t>(&line)) + "-" + name + std::to_string(++number);
        root_ = line.root;
        Result<std::unique_ptr<LessonBench>> opened = LessonBench::open(line);
        EXPECT_TRUE(opened.has_value()) << opened.error().doing;
        bench_ = std::move(*opened);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench() {
        bench_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    LessonBench& operator*() const { return *bench_; }

private:
    std::string root_;
    std::unique_ptr<LessonBench> bench_;
};

TEST(Lessons, AreReadWithoutMistakes) {
    for (const lesson::FileMistake& one : catalog().mistakes) {
        ADD_FAILURE() << lesson::to_text(one.file, one.mistake);
    }
    EXPECT_FALSE(catalog().lessons.empty());
}

class EachLesson : public testing::TestWithParam<std::string> {};

TEST_P(EachLesson, IsPlayedByItsOwnSolutionsAndProvesWhatItClaims) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), GetParam());
    ASSERT_NE(what, nullptr);
    const LessonTrial trial = try_lesson(*what, *Bench(what->id));
    for (const lesson::Mistake& mistake : trial.mistakes) {
        ADD_FAILURE() << lesson::to_text(what->file, mistake);
    }
    EXPECT_GE(trial.predictions, 3U);
    EXPECT_GE(trial.tasks, 2U);
    EXPECT_GE(trial.checks, 3U);
}

std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const lesson::Lesson& one : catalog().lessons) {
        out.push_back(one.id);
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(Lessons, EachLesson, testing::ValuesIn(ids()), [](const auto& one) { return one.param; });

TEST(Translations, AreProvedAsTheEnglishLessonsAre) {
    EXPECT_NE(lesson::find_lesson(catalog(), "L07", "de"), nullptr);
    for (const lesson::Lesson& what : catalog().translations) {
        const LessonTrial trial = try_lesson(what, *Bench(what.id + what.locale));
        for (const lesson::Mistake& mistake : trial.mistakes) {
            ADD_FAILURE() << lesson::to_text(what.file, mistake);
        }
        const lesson::Lesson& original = *lesson::find_lesson(catalog(), what.id);
        const LessonTrial english = try_lesson(original, *Bench(what.id));
        EXPECT_EQ(trial.stops, english.stops);
        EXPECT_EQ(trial.checks, english.checks);
        EXPECT_EQ(trial.predictions, english.predictions);
        EXPECT_EQ(trial.tasks, english.tasks);
    }
}

class Learner final : public LineSource {
public:
    explicit Learner(std::function<std::optional<std::string>(const std::string&)> says) : says_(std::move(says)) {}
    std::optional<std::string> next(const std::string& prompt) override { return says_(prompt); }

private:
    std::function<std::optional<std::string>(const std::string&)> says_;
};

struct Played {
    LessonPlay::Outcome outcome;
    std::string text;
    lesson::Progress progress;
};

Played play(const lesson::Lesson& what, const std::function<std::optional<std::string>(const std::string&)>& says,
            const std::string& from = "") {
    const Bench stage("play");
    lesson::Player player(what);
    Learner learner(says);
    MemoryConsole console;
    Played played;
    LessonPlayOptions options;
    options.from = from;
    options.glossary = catalog().glossary;
    options.on_progress = [&](const lesson::Progress& progress) { played.progress = progress; };
    LessonPlay lesson_play(player, *stage, learner, console, options);
    played.outcome = lesson_play.play();
    played.text = console.out_text;
    return played;
}

TEST_P(EachLesson, IsPlayedToItsEndByWhoOnlyPressesEnter) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), GetParam());
    ASSERT_NE(what, nullptr);
    const Played played = play(*what, [](const std::string&) { return ""; });
    EXPECT_EQ(played.outcome, LessonPlay::Outcome::finished);
    EXPECT_TRUE(played.progress.finished);
    EXPECT_EQ(played.text.find("The command ended before it came to"), std::string::npos);
    EXPECT_EQ(played.text.find("…}}"), std::string::npos);
}

TEST_P(EachLesson, TellsWhoAnswersWrongWhatIsRight) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), GetParam());
    ASSERT_NE(what, nullptr);
    for (const char* letter : {"a", "b", "c"}) {
        int asked = 0;
        const Played played = play(*what, [&](const std::string& prompt) -> std::string {
            if (!prompt.starts_with("your answer")) {
                asked = 0;
                return prompt.starts_with("task") ? "solve" : "";
            }
            constexpr std::array<const char*, 3> others{"3", "7 6 5 4 3 2 1", "skip"};  // where a letter is no answer
            const int tries = asked++;
            return tries == 0 ? letter : others[static_cast<std::size_t>(tries - 1) % others.size()];
        });
        EXPECT_EQ(played.outcome, LessonPlay::Outcome::finished);
        EXPECT_FALSE(played.progress.answers.empty());
        for (const lesson::TaskTaken& task : played.progress.tasks) {
            EXPECT_EQ(task.how, "shown") << task.id;
        }
    }
}

TEST_P(EachLesson, BeginsAtAnyStepWithTheMachineAsItWouldBe) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), GetParam());
    ASSERT_NE(what, nullptr);
    for (const lesson::Step& step : what->steps) {
        const Played played = play(
            *what, [](const std::string&) { return ""; }, step.id);
        EXPECT_EQ(played.outcome, LessonPlay::Outcome::finished) << step.id;
        EXPECT_NE(played.text.find(": " + step.title + " =="), std::string::npos) << step.id;
        EXPECT_TRUE(step.id == what->steps[0].id ||
                    played.text.find(": " + what->steps[0].title + " ==") == std::string::npos)
            << step.id;
    }
}

TEST(LessonPlay, SpeaksTheLanguageOfItsLesson) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), "L07", "de");
    ASSERT_NE(what, nullptr);
    int answers = 0;
    const Played played = play(*what, [&](const std::string& prompt) -> std::string {
        constexpr std::array<const char*, 4> tries{"a", "3", "7 6 5 4 3 2 1", "skip"};
        const std::size_t next = prompt.starts_with("deine Antwort") ? static_cast<std::size_t>(answers++) % 4 : 3;
        return prompt.starts_with("Aufgabe") ? "solve" : next < 3 ? tries[next] : "";
    });
    EXPECT_EQ(played.outcome, LessonPlay::Outcome::finished);
    for (const char* german : {"== Schritt 1 von 7: ", "Was meinst du? ", "Aufgabe: ", "Oft gesagt: ", "== Ende =="}) {
        EXPECT_NE(played.text.find(german), std::string::npos) << german;
    }
    for (const char* english : {"== Step ", "Predict: ", "Task: ", "Often said: ", "Right. ", "Not so. ",
                                "Hint: ", "This is how. ", "(skipped)", "== The end"}) {
        EXPECT_EQ(played.text.find(english), std::string::npos) << english;
    }
}

TEST(LessonPlay, LeavesWhenTheLinesEndAndRemembersWhere) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), "L07");
    ASSERT_NE(what, nullptr);
    int left = 3;
    const Played played = play(
        *what,
        [&](const std::string&) -> std::optional<std::string> {
            return left-- > 0 ? std::optional<std::string>("") : std::nullopt;
        },
        "create");
    EXPECT_EQ(played.outcome, LessonPlay::Outcome::left);
    EXPECT_EQ(played.progress.step, "create");
    EXPECT_FALSE(played.progress.finished);
}

TEST(LessonPlay, ResetAndBackAskForAFreshMachine) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), "L07");
    ASSERT_NE(what, nullptr);
    for (const char* word : {"reset", "back"}) {
        int left = 12;
        const Played played = play(*what, [&](const std::string&) -> std::string { return left-- > 0 ? "" : word; });
        EXPECT_EQ(played.outcome, LessonPlay::Outcome::again) << word;
    }
}

TEST(LessonPlay, ALineIsWordsOfDockerOrTheHostsShells) {
    struct Case {
        const char* line;
        std::vector<std::string> words;
    };
    for (const Case& one : std::vector<Case>{
             {"docker run -d nginx", {"run", "-d", "nginx"}},
             {"docker exec web sh -c 'echo a > b'", {"exec", "web", "sh", "-c", "echo a > b"}},
             {"cutaway inspect web --format '{{.State.Pid}}'", {"inspect", "web", "--format", "{{.State.Pid}}"}},
             {"curl localhost", {"sh", "-c", "curl localhost"}},
             {"docker ps | grep web", {"sh", "-c", "docker ps | grep web"}},
             {"docker ps ''", {"ps", ""}},
         }) {
        EXPECT_EQ(lesson_words(one.line), one.words) << one.line;
    }
}

TEST(LessonText, NoLineOfALessonIsTooWideForATerminal) {
    for (const lesson::Lesson& one : catalog().lessons) {
        std::string line;
        for (const char c : lesson_document(one, catalog(), false)) {
            if (c != '\n') {
                line += c;
                continue;
            }
            const bool quoted = line.starts_with("    ") || line.find("{{") != std::string::npos;
            EXPECT_TRUE(line.size() <= 90 || quoted) << one.id << ": " << line;
            line.clear();
        }
    }
}

}  // namespace
}  // namespace cutaway::cli
