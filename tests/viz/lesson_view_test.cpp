// SPDX-License-Identifier: Apache-2.0
// What a lesson's card and the list of lessons are made of, without a machine: what was said becomes pages, a page
// becomes a card.
#include <gtest/gtest.h>

#include "core/lesson/load.h"
#include "viz/view/lesson_card.h"
#include "viz/view/lesson_list.h"

namespace cutaway::view {
namespace {

using lesson::Awaits;
using lesson::Says;
using lesson::Telling;

const std::string text =
    "---\nid: L07\ntitle: T\nsummary: S\nminutes: 5\n---\n"
    "## One\n```step\nid: one\nwords: image, layer\nlights: mounts, pull.layers\ncaption: C\nnote: N\n```\nHello.\n"
    "```predict\nid: q\nask: Which?\nanswer: command[0]\nchoice: run | Run | yes\nchoice: ps | List | no\n"
    "choice: rm | Remove | never\n```\n"
    "```run\ndo: docker ps\n```\n"
    "## Two\n```step\nid: two\ncaption: c\n```\n"
    "```predict\nid: o\ntype: order\nnow: true\nask: O\nitem: 1 | a\nitem: 2 | b\nitem: 3 | c\nright: Well.\n"
    "otherwise: No.\n```\n"
    "```task\nid: t\ngoal: G\nverify: command[0] == \"run\"\nhint: Run it.\nsolve: docker run nginx\n```\n";

const lesson::Lesson& sample() {
    static const lesson::Loaded loaded = lesson::load_lesson("f", text);
    return loaded.lesson;
}

const lesson::Predict& predict(std::size_t step, std::size_t part) {
    return std::get<lesson::Predict>(sample().steps[step].parts[part].block);
}

Telling said(Says says, std::string what = {}, std::size_t step = 0) {
    Telling telling{says};
    telling.text = std::move(what);
    telling.step = &sample().steps[step];
    return telling;
}

class Reading {
public:
    void add(const Telling& telling, std::uint64_t position = 0) { pages.add(telling, position); }
    LessonCard card(std::size_t page, Awaits awaits = Awaits::go_on) const {
        return lesson_card_of({pages, page, awaits, progress, glossary, picks});
    }
    LessonPages pages{sample()};
    lesson::Progress progress;
    std::map<std::string, std::string> glossary{{"image", "files"}, {"layer", "a part of them"}};
    std::vector<std::size_t> picks;
};

TEST(LessonPages, APageEndsWhereTheLearnerWentOn) {
    Reading reading;
    reading.add(said(Says::head));
    reading.add(said(Says::prose, "Hello."), 3);
    reading.add(said(Says::turn));
    reading.add(said(Says::typed, "docker ps"), 4);
    reading.add(said(Says::prose, "There.", 1), 9);
    ASSERT_EQ(reading.pages.pages().size(), 2U);
    EXPECT_EQ(reading.pages.pages()[0].position, 3U);
    EXPECT_EQ(reading.pages.pages()[1].position, 9U);
    EXPECT_EQ(reading.pages.pages()[1].step, 1U);
}

TEST(LessonPages, OnlyTheLastOfSeveralHintsStays) {
    Reading reading;
    reading.add(said(Says::prose));
    reading.add(said(Says::hint, "first"));
    reading.add(said(Says::hint, "second"));
    ASSERT_EQ(reading.pages.pages()[0].said.size(), 2U);
    EXPECT_EQ(reading.pages.pages()[0].said[1].text, "second");
}

TEST(LessonCard, SaysWhereOneIsAndWhichWordsTheStepNeeds) {
    Reading reading;
    reading.add(said(Says::prose, "Hello **you**.\n\n- one\n- two\n\n```console\n$ ls\n```"));
    const LessonCard card = reading.card(0);
    EXPECT_EQ(card.where, "step 1 of 2");
    EXPECT_EQ(card.title, "One");
    EXPECT_EQ(card.caption, "C");
    EXPECT_EQ(card.next, "Two");
    ASSERT_EQ(card.words.size(), 2U);
    EXPECT_EQ(card.words[1].meaning, "a part of them");
    EXPECT_EQ(card.notes, std::vector<std::string>{"N"});
    ASSERT_EQ(card.blocks.size(), 4U);
    EXPECT_EQ(card.blocks[0].text, "Hello **you**.");
    EXPECT_EQ(card.blocks[2].kind, BlockKind::item);
    EXPECT_EQ(card.blocks[3].kind, BlockKind::code);
    EXPECT_EQ(card.blocks[3].text, "$ ls");
}

TEST(LessonCard, AnAnswerIsNotInItBeforeItWasGiven) {
    Reading reading;
    Telling question = said(Says::question);
    question.predict = &predict(0, 1);
    reading.add(question);
    const LessonCard asked = reading.card(0, Awaits::answer);
    ASSERT_EQ(asked.options.size(), 3U);
    for (const LessonOption& option : asked.options) {
        EXPECT_FALSE(option.given);
        EXPECT_EQ(option.text.find("yes"), std::string::npos);
    }
    reading.add(said(Says::turn, "b"));
    Telling graded = said(Says::graded, "no");
    graded.predict = &predict(0, 1);
    graded.more = "Run";
    reading.add(graded);
    EXPECT_TRUE(reading.card(0).past);
    EXPECT_TRUE(reading.card(0).options[1].given);
    const LessonCard told = reading.card(1);
    ASSERT_EQ(told.blocks.size(), 3U);
    EXPECT_EQ(told.blocks[1].kind, BlockKind::wrong);
    EXPECT_EQ(told.blocks[1].text, "Run");
    EXPECT_EQ(told.blocks[2].text, "no");
}

TEST(LessonCard, AnOrderCountsWhatWasChosenAndIsCompleteWithTheLast) {
    Reading reading;
    Telling question = said(Says::question, {}, 1);
    question.predict = &predict(1, 0);
    reading.add(question);
    reading.picks = {2, 0};
    LessonCard card = reading.card(0, Awaits::answer);
    EXPECT_EQ(card.options[2].place, 1U);
    EXPECT_EQ(card.options[0].place, 2U);
    EXPECT_EQ(card.options[1].place, 0U);
    EXPECT_FALSE(card.complete);
    reading.picks = {2, 0, 1};
    EXPECT_TRUE(reading.card(0, Awaits::answer).complete);
}

TEST(LessonCard, ATaskIsTickedAsTheProgressSays) {
    Reading reading;
    Telling goal = said(Says::task, {}, 1);
    goal.task = &std::get<lesson::Task>(sample().steps[1].parts[1].block);
    reading.add(goal);
    ASSERT_EQ(reading.card(0, Awaits::work).tasks.size(), 1U);
    for (const TickState state : {TickState::done, TickState::shown, TickState::skipped}) {
        reading.progress.tasks = {{"t", std::string(to_name(state)), 1, 0, 1, 1}};
        EXPECT_EQ(reading.card(0, Awaits::work).tasks[0].state, state);
    }
    reading.progress.tasks = {{"t", "", 1, 1, 0, 1}};
    EXPECT_EQ(reading.card(0, Awaits::work).tasks[0].state, TickState::open);
}

TEST(LessonCard, TheEndNamesWhatWasMissed) {
    Reading reading;
    Telling over{Says::over};
    reading.progress.answers = {{"q", "ps", false, 0, 1}, {"o", "1 2 3", true, 1, 1}};
    reading.progress.tasks = {{"t", "shown", 0, 0, 0, 1}};
    reading.add(over);
    const LessonCard card = reading.card(0, Awaits::own);
    EXPECT_TRUE(card.over);
    std::string all;
    for (const LessonBlock& block : card.blocks) {
        all += block.text + "\n";
    }
    EXPECT_NE(all.find("1 of 3"), std::string::npos) << all;
    EXPECT_NE(all.find("Which?"), std::string::npos) << all;
    EXPECT_NE(all.find("G (shown)"), std::string::npos) << all;
    EXPECT_EQ(all.find("O\n"), std::string::npos) << "the order was right";
}

TEST(LessonLights, APointerLeadsToThePartThatShowsIt) {
    EXPECT_EQ(parts_lit({"mounts", "pull.layers"}), (std::vector<Part>{Part::overlay, Part::layers}));
    EXPECT_EQ(parts_lit({"pull.reference", "exchanges"}), std::vector<Part>{Part::exchange});
    EXPECT_EQ(parts_lit({"containers", "nonsense"}), std::vector<Part>{Part::lifecycle});
}

TEST(LessonList, ARowSaysHowFarItsLearnerIs) {
    struct Case {
        lesson::Progress progress;
        LessonState state;
        std::string where;
    };
    lesson::Progress begun;
    begun.step = "two";
    lesson::Progress finished;
    finished.finished = true;
    finished.answers = {{"q", "run", true, 1, 1}, {"o", "1 2 3", false, 0, 2}};
    for (const Case& one : std::vector<Case>{{{}, LessonState::fresh, "not begun"},
                                             {begun, LessonState::begun, "at step 2 of 2"},
                                             {finished, LessonState::finished, "finished, 1 of 3 points"}}) {
        const std::vector<LessonRow> rows = lesson_rows({sample()}, {{"L07", one.progress}}, "L07");
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].state, one.state);
        EXPECT_EQ(rows[0].where, one.where);
        EXPECT_EQ(rows[0].minutes, "5 min");
        EXPECT_TRUE(rows[0].playing);
    }
}

}  // namespace
}  // namespace cutaway::view
