// SPDX-License-Identifier: Apache-2.0
// L07 played in the window from its first page to its end, without a display: by one who knows everything, by one who
// knows nothing, back and again. Every page is drawn and must fit its card. Then every lesson, drawn at the size of a
// small projector.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "core/cli/root_shelf.h"
#include "core/lesson/grade.h"
#include "core/lesson/progress.h"
#include "tests/gui/gui_room.h"

namespace cutaway {
namespace {

using app::Act;
using app::Intent;
using lesson::Awaits;

constexpr std::int64_t patience = 30'000'000'000;

lesson::Catalog catalog() { return lesson::make_catalog(lesson::standard_texts(), "lessons/"); }

Intent worded(Act act, const std::string& text) {
    Intent intent{act};
    intent.text = text;
    return intent;
}
Intent placed(Act act, std::size_t position) {
    Intent intent{act};
    intent.position = position;
    return intent;
}

class Learner {
public:
    explicit Learner(app::Room& room) : room_(room) {}

    app::Lecture& lecture() { return *room_.lecture(); }
    view::LessonCard card() { return lecture().card(); }
    void settle() {
        ASSERT_TRUE(lecture().settle(patience));
        (void)room_.tick(0);
        if (room_.lecture() != nullptr) {
            ASSERT_TRUE(lecture().settle(patience));
        }
    }
    void act(const Intent& intent) {
        room_.handle(intent);
        settle();
    }
    void coach(const std::string& word) { act(worded(Act::coach, word)); }

    // To the first page that waits for that.
    void go_to(Awaits what) {
        for (int i = 0; i < 300 && card().awaits != what; ++i) {
            act(card().awaits == Awaits::go_on ? Intent{Act::page_on} : worded(Act::coach, "skip"));
        }
        ASSERT_EQ(card().awaits, what);
    }

    void answer(const view::LessonCard& shown, const std::map<std::string, std::string>& known) {
        for (const view::LessonBlock& block : shown.blocks) {
            const auto found = block.kind == view::BlockKind::question ? known.find(block.text) : known.end();
            if (found != known.end()) {
                act(worded(Act::answer, found->second));
                return;
            }
        }
        FAIL() << "a question that nobody prepared for: " << shown.title;
    }

private:
    app::Room& room_;
};

// The lines that answer L07 rightly: as a learner would type them, since nothing in the window tells beforehand.
std::map<std::string, std::string> right_answers(const lesson::Lesson& lesson) {
    const std::map<std::string, std::string> by_id{
        {"first-request", "b"}, {"who-fetches", "b"},   {"how-many-layers", "7"}, {"created-process", "a"},
        {"created-port", "c"},  {"overlay-upper", "b"}, {"host-pid", "b"},        {"which-namespace-not", "b"},
        {"published", "c"},     {"pid1-program", "b"},  {"curl-localhost", "b"},  {"curl-address", "a"},
        {"stop-signal", "c"},   {"after-start", "b"}};
    std::map<std::string, std::string> out;
    for (const lesson::Step& step : lesson.steps) {
        for (const lesson::Part& part : step.parts) {
            const auto* predict = std::get_if<lesson::Predict>(&part.block);
            if (predict == nullptr) {
                continue;
            }
            if (predict->type == lesson::Ask::order) {
                const std::vector<std::size_t> shown = lesson::shuffled(*predict);
                std::string line;
                for (std::size_t item = 0; item < shown.size(); ++item) {
                    const auto at = std::find(shown.begin(), shown.end(), item);
                    line += std::to_string(at - shown.begin() + 1) + " ";
                }
                out[predict->ask] = line;
            } else {
                out[predict->ask] = by_id.at(predict->id);
            }
        }
    }
    return out;
}

TEST(LessonInTheWindow, IsPlayedToItsEndByWhoKnowsEverything) {
    const lesson::Catalog lessons = catalog();
    GuiRoom own(catalog());
    ASSERT_TRUE(own.room().open_lesson("L07").has_value());
    Learner learner(own.room());
    learner.settle();
    const auto known = right_answers(*lesson::find_lesson(lessons, "L07"));
    std::set<std::string> steps;
    std::vector<std::string> typed{"docker run -d -p 8080:80 --name web2 nginx", "curl -s http://localhost:8080",
                                   "docker stop web", "docker rm web", "grep NSpid /proc/1/status"};
    std::size_t next = 0;
    for (int i = 0; i < 400 && learner.card().awaits != Awaits::own; ++i) {
        const view::LessonCard card = learner.card();
        steps.insert(card.title);
        if (card.awaits == Awaits::answer) {
            learner.answer(card, known);
        } else if (card.awaits == Awaits::work) {
            ASSERT_LT(next, typed.size());
            learner.act(worded(Act::perform, typed[next++]));
        } else {
            learner.act(Intent{Act::page_on});
        }
    }
    ASSERT_TRUE(learner.card().over);
    EXPECT_EQ(steps.size(), 7U);
    const lesson::Progress& progress = learner.lecture().progress();
    EXPECT_TRUE(progress.finished);
    EXPECT_EQ(lesson::score(progress).points, lesson::score(progress).of);
    EXPECT_EQ(lesson::score(progress).of, 20U);
    std::ifstream file(own.folder() + "/lessons/L07.json");
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(kept.find("\"finished\":true"), std::string::npos) << "the terminal goes on from the same file";
}

TEST(LessonInTheWindow, HidesTheAnswerUntilOneIsGivenAndSaysWhyItIsWrong) {
    GuiRoom own(catalog());
    ASSERT_TRUE(own.room().open_lesson("7").has_value());
    Learner learner(own.room());
    learner.settle();
    learner.go_to(Awaits::answer);
    const view::LessonCard asked = learner.card();
    EXPECT_EQ(asked.options.size(), 3U);
    for (const view::LessonBlock& block : asked.blocks) {
        EXPECT_EQ(block.text.find("simply tries"), std::string::npos) << "feedback before an answer";
    }
    learner.act(Intent{Act::page_on});
    EXPECT_EQ(learner.card().awaits, Awaits::answer) << "a question is not passed by going on";
    EXPECT_FALSE(learner.lecture().desk().state().notice.empty());
    learner.act(placed(Act::pick, 0));
    const view::LessonCard told = learner.card();
    std::set<view::BlockKind> kinds;
    for (const view::LessonBlock& block : told.blocks) {
        kinds.insert(block.kind);
    }
    EXPECT_EQ(kinds.count(view::BlockKind::wrong), 1U);
    EXPECT_EQ(kinds.count(view::BlockKind::stop), 1U) << "the machine stands where the answer can be seen";
    EXPECT_TRUE(learner.lecture().session().waiting().has_value());
    EXPECT_FALSE(learner.lecture().lit().empty());
    learner.act(worded(Act::perform, "docker ps"));
    EXPECT_EQ(learner.card().blocks.back().kind, view::BlockKind::problem) << "the lesson's command is held";
}

TEST(LessonInTheWindow, GoesBackThroughItsPagesWithTheView) {
    GuiRoom own(catalog());
    ASSERT_TRUE(own.room().open_lesson("L07").has_value());
    Learner learner(own.room());
    learner.settle();
    learner.go_to(Awaits::answer);
    learner.act(placed(Act::pick, 1));
    const std::uint64_t head = learner.lecture().desk().moment().head;
    ASSERT_GT(head, 0U);
    own.room().handle(Intent{Act::page_back});
    EXPECT_TRUE(learner.card().past);
    EXPECT_TRUE(learner.card().options[1].given) << "what was answered stays to be seen";
    EXPECT_EQ(learner.lecture().desk().moment().position, 0U);
    EXPECT_EQ(learner.lecture().desk().moment().head, head) << "nothing is undone";
    own.room().handle(Intent{Act::page_on});
    EXPECT_FALSE(learner.card().past);
    EXPECT_EQ(learner.lecture().desk().moment().position, head);
}

TEST(LessonInTheWindow, TicksATaskByItselfAndGivesHints) {
    GuiRoom own(catalog());
    ASSERT_TRUE(own.room().open_lesson("L07", "running").has_value());
    Learner learner(own.room());
    learner.settle();
    EXPECT_EQ(learner.card().where, "step 5 of 7");
    learner.go_to(Awaits::work);
    ASSERT_EQ(learner.card().tasks.size(), 1U);
    EXPECT_EQ(learner.card().tasks[0].state, view::TickState::open);
    learner.coach("hint");
    EXPECT_EQ(learner.card().blocks.back().kind, view::BlockKind::hint);
    learner.act(worded(Act::perform, "docker run -d -p 8080:80 --name web2 nginx"));
    EXPECT_EQ(learner.card().tasks[0].state, view::TickState::open);
    learner.act(worded(Act::perform, "curl http://localhost:8080"));
    EXPECT_EQ(learner.card().tasks[0].state, view::TickState::done);
    EXPECT_EQ(learner.card().blocks.back().kind, view::BlockKind::done);
}

TEST(LessonInTheWindow, KeepsToWhatTheTeacherAllows) {
    GuiRoom own(catalog());
    const auto line = cli::read_command_line({"--root", own.folder()}, "model");
    lesson::Policy policy;
    policy.skip = false;
    policy.attempts = 1;
    ASSERT_TRUE(cli::keep_policy(*line, policy).has_value());
    ASSERT_TRUE(own.room().open_lesson("L01", "kernel").has_value());
    Learner learner(own.room());
    learner.settle();
    EXPECT_EQ(learner.card().where, "step 1 of 3") << "behind a question one may not begin";
    learner.act(Intent{Act::page_on});
    for (int i = 0; i < 9 && learner.card().awaits != Awaits::answer; ++i) {
        learner.act(Intent{Act::page_on});
    }
    learner.coach("skip");
    ASSERT_EQ(learner.card().awaits, Awaits::answer);
    EXPECT_NE(learner.card().blocks.back().text.find("switched skipping off"), std::string::npos);
    for (int i = 0; i < 9 && learner.card().awaits != Awaits::work; ++i) {
        learner.act(learner.card().awaits == Awaits::answer ? worded(Act::answer, "b") : Intent{Act::page_on});
    }
    learner.act(worded(Act::perform, "docker run alpine true"));
    ASSERT_FALSE(learner.card().tasks.empty());
    EXPECT_EQ(learner.card().tasks[0].state, view::TickState::failed);
}

TEST(LessonInTheWindow, BeginsAStepAgainOnAFreshMachineAndComesBackWhereItWasLeft) {
    GuiRoom own(catalog());
    app::Room& room = own.free();
    ASSERT_TRUE(room.open_lesson("L07", "stop").has_value());
    Learner learner(room);
    learner.settle();
    learner.go_to(Awaits::go_on);
    learner.act(worded(Act::perform, "docker rm -f web"));
    EXPECT_TRUE(learner.lecture().desk().moment().picture->containers->size() < 2);
    learner.coach("reset");
    EXPECT_EQ(learner.card().where, "step 6 of 7");
    EXPECT_EQ(learner.lecture().desk().moment().picture->containers->size(), 2U);
    learner.coach("back");
    EXPECT_EQ(learner.card().where, "step 5 of 7");
    room.handle(Intent{Act::leave_lesson});
    EXPECT_EQ(room.lecture(), nullptr);
    EXPECT_EQ(room.rows()[6].id, "L07");
    EXPECT_EQ(room.rows()[6].where, "at step 5 of 7");
    room.handle(worded(Act::open_lesson, "L07"));
    ASSERT_NE(room.lecture(), nullptr);
    learner.settle();
    EXPECT_EQ(learner.card().where, "step 5 of 7");
    EXPECT_FALSE(room.open_lesson("L99").has_value());
    EXPECT_FALSE(room.open_lesson("L07", "nowhere").has_value());
}

TEST(LessonInTheWindow, TakesTheTutorsWordsWhereCommandsAreTypedAndLeavesTheMachineAtTheEnd) {
    GuiRoom own(catalog());
    app::Room& room = own.free();
    ASSERT_TRUE(room.open_lesson("L07", "inspect").has_value());
    Learner learner(room);
    learner.settle();
    learner.go_to(Awaits::work);
    learner.act(worded(Act::perform, "hint"));
    EXPECT_EQ(learner.card().blocks.back().kind, view::BlockKind::hint);
    learner.act(worded(Act::perform, "words"));
    EXPECT_TRUE(room.state().words);
    learner.go_to(Awaits::own);
    EXPECT_EQ(learner.lecture().progress().tasks.back().how, "skipped");
    learner.act(worded(Act::perform, "docker rm -f web2"));
    EXPECT_TRUE(learner.lecture().desk().moment().picture->containers->empty());
    room.handle(worded(Act::perform, "quit"));
    for (int i = 0; i < 2000 && room.lecture() != nullptr; ++i) {
        (void)room.tick(0);
        (void)room.session().settle(patience);
    }
    EXPECT_EQ(room.lecture(), nullptr);
    EXPECT_EQ(room.rows()[6].state, view::LessonState::finished);
}

struct Screen {
    int width;
    int height;
    float zoom;
    int profile;
};

// Draws every page; answers how many.
int draw_lesson(const std::string& id, const Screen& screen) {
    GuiRoom own(catalog());
    EXPECT_TRUE(own.room().open_lesson(id).has_value());
    root::ShotOptions options;
    options.width = screen.width;
    options.height = screen.height;
    options.zoom = screen.zoom;
    options.profile = screen.profile;
    auto studio = root::Studio::create(own.room(), options);
    if (!studio) {
        return -1;
    }
    int drawn = 0;
    const Status done = (*studio)->walk_lesson([&](const root::Shot& shot) -> Status {
        ++drawn;
        check_labels(shot);
        const bool end = shot.name.find("-end") != std::string::npos;
        EXPECT_TRUE(shot.card_fits || end) << id << " " << shot.name << " must be scrolled";
        return {};
    });
    EXPECT_TRUE(done.has_value()) << id;
    return drawn;
}

class EachLessonDrawn : public testing::TestWithParam<std::string> {};

TEST_P(EachLessonDrawn, FitsItsCardWithoutScrollingOnASmallProjector) {
    const int drawn = draw_lesson(GetParam(), {1280, 720, 1.5F, 0});
    if (drawn < 0) {
        GTEST_SKIP() << "nothing can draw here";
    }
    EXPECT_GT(drawn, 10);
}

std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const lesson::Lesson& one : catalog().lessons) {
        out.push_back(one.id);
    }
    return out;
}
INSTANTIATE_TEST_SUITE_P(Lessons, EachLessonDrawn, testing::ValuesIn(ids()), [](const auto& one) { return one.param; });

TEST(LessonInTheWindow, FitsItsCardOnEveryScreen) {
    const int large = draw_lesson("L07", {1920, 1080, 1, 0});
    if (large < 0) {
        GTEST_SKIP() << "nothing can draw here";
    }
    EXPECT_EQ(draw_lesson("L07", {1920, 1080, 1, 2}), large) << "for a projector";
}

TEST(LessonInTheWindow, ADrawnListOfLessonsAndTheScreenThatIsBlank) {
    GuiRoom own(catalog());
    app::Room& room = own.free();
    auto studio = root::Studio::create(room, {});
    if (!studio) {
        GTEST_SKIP() << studio.error().doing;
    }
    room.handle(Intent{Act::lessons});
    const root::Shot list = (*studio)->shoot("list");
    std::set<std::string> texts;
    for (const widgets::Label& label : list.labels) {
        texts.insert(label.text);
    }
    for (const view::LessonRow& row : room.rows()) {
        EXPECT_EQ(texts.count(row.title), 1U) << row.title;
    }
    check_labels(list);
    room.handle(Intent{Act::blank});
    EXPECT_TRUE((*studio)->shoot("blank").labels.empty());
    room.handle(Intent{Act::page_on});
    EXPECT_FALSE((*studio)->shoot("again").labels.empty()) << "any key brings it back";
}

}  // namespace
}  // namespace cutaway
