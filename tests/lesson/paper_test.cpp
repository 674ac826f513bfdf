// SPDX-License-Identifier: Apache-2.0
// Every lesson of the program on paper: its key is made by playing it, and its sheet gives nothing of it away.
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/cli/lesson_key.h"
#include "core/lesson/catalog.h"
#include "core/lesson/html.h"
#include "tests/lesson/markup.h"

namespace cutaway::cli {
namespace {

const lesson::Catalog& catalog() {
    static const lesson::Catalog all = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    return all;
}

lesson::Key key_of(const lesson::Lesson& what) {
    CommandLine line;
    line.world = "model";
    line.clock = "advance:1s";
    line.root = testing::TempDir() + "cutaway-paper-" +
                std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + what.id + what.locale;
    lesson::Key key;
    {
        const Result<std::unique_ptr<LessonBench>> bench = LessonBench::open(line);
        EXPECT_TRUE(bench.has_value()) << bench.error().doing;
        key = lesson_key(what, **bench);
    }
    std::error_code ignored;
    std::filesystem::remove_all(line.root, ignored);
    return key;
}

void expect_complete(const lesson::Lesson& what) {
    const lesson::Key key = key_of(what);
    const auto glossary = lesson::glossary_of(catalog(), what.locale);
    const std::string sheet = lesson::handout(what, glossary, nullptr);
    const std::string solved = lesson::handout(what, glossary, &key);
    EXPECT_EQ(lesson::markup_problem(sheet), "") << what.id;
    EXPECT_EQ(lesson::markup_problem(solved), "") << what.id;
    EXPECT_LT(solved.size(), 200'000U);
    for (const lesson::Step& step : what.steps) {
        for (const lesson::Part& part : step.parts) {
            if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
                EXPECT_NE(sheet.find(lesson::html_line(predict->ask)), std::string::npos) << predict->id;
                ASSERT_EQ(key.answers.count(predict->id), 1U) << what.id << " " << predict->id;
                EXPECT_FALSE(key.answers.at(predict->id).answer.empty()) << predict->id;
                for (const std::string& said : key.answers.at(predict->id).says) {
                    EXPECT_NE(solved.find(lesson::html_line(said)), std::string::npos) << predict->id << ": " << said;
                    EXPECT_EQ(sheet.find(lesson::html_line(said)), std::string::npos) << predict->id << ": " << said;
                    EXPECT_EQ(said.find("{{"), std::string::npos) << said;
                }
            } else if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
                EXPECT_NE(sheet.find(lesson::html_line(task->goal)), std::string::npos) << task->id;
                EXPECT_EQ(key.solved.count(task->id), 1U) << task->id;
            }
        }
    }
}

class EachSheet : public testing::TestWithParam<std::string> {};

TEST_P(EachSheet, AsksEverythingAndItsKeyAnswersEverything) {
    const lesson::Lesson* what = lesson::find_lesson(catalog(), GetParam());
    ASSERT_NE(what, nullptr);
    expect_complete(*what);
}

std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const lesson::Lesson& one : catalog().lessons) {
        out.push_back(one.id);
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(Lessons, EachSheet, testing::ValuesIn(ids()), [](const auto& one) { return one.param; });

TEST(Sheets, AreInTheLessonsOwnLanguage) {
    const lesson::Lesson* german = lesson::find_lesson(catalog(), "L07", "de");
    ASSERT_NE(german, nullptr);
    expect_complete(*german);
    const std::string sheet = lesson::handout(*german, {}, nullptr);
    EXPECT_NE(sheet.find("<html lang=\"de\">"), std::string::npos);
    EXPECT_NE(sheet.find("Arbeitsblatt"), std::string::npos);
    EXPECT_EQ(sheet.find("Learner"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
