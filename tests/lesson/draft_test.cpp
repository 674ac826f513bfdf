// SPDX-License-Identifier: Apache-2.0
// A new lesson lints clean and can be played as it is, whether it came out of nothing or out of a story.
#include "core/lesson/draft.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/cli/lesson_trial.h"
#include "core/lesson/catalog.h"

namespace cutaway::cli {
namespace {

class Machine {
public:
    explicit Machine(const std::string& name) {
        CommandLine line;
        line.world = "model";
        line.clock = "advance:1s";
        line.root = testing::TempDir() + "cutaway-draft-" +
                    std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + name;
        root_ = line.root;
        Result<std::unique_ptr<LessonBench>> opened = LessonBench::open(line);
        EXPECT_TRUE(opened.has_value());
        bench_ = std::move(*opened);
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() {
        bench_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    LessonBench& bench() { return *bench_; }

private:
    std::string root_;
    std::unique_ptr<LessonBench> bench_;
};

std::vector<trace::Event> story_of(const std::vector<std::string>& commands) {
    Machine machine("story");
    MemoryConsole console;
    for (const std::string& command : commands) {
        machine.bench().perform(command, console);
    }
    std::vector<trace::Event> events;
    for (std::size_t n = 0; n < machine.bench().tape().size(); ++n) {
        events.push_back(machine.bench().tape().event(n));
    }
    return events;
}

lesson::Lesson clean(const std::string& text) {
    const std::vector<lesson::TextFile> files{{"glossary.md", "**container.** A process.\n\n"},
                                              {"L20-new/lesson.md", text}};
    const lesson::Catalog catalog = lesson::make_catalog(files, "");
    for (const lesson::FileMistake& one : catalog.mistakes) {
        ADD_FAILURE() << lesson::to_text(one.file, one.mistake) << "\n" << text;
    }
    return catalog.lessons.at(0);
}

void expect_plays(const lesson::Lesson& what) {
    Machine machine("play");
    const LessonTrial trial = try_lesson(what, machine.bench());
    for (const lesson::Mistake& mistake : trial.mistakes) {
        ADD_FAILURE() << lesson::to_text("draft", mistake);
    }
}

TEST(Draft, OutOfNothingHasEachKindOfBlockAndPlays) {
    const lesson::Lesson what = clean(lesson::draft("L20"));
    expect_plays(what);
    std::set<std::size_t> kinds;
    for (const lesson::Part& part : what.steps.at(0).parts) {
        kinds.insert(part.block.index());
    }
    EXPECT_GE(kinds.size(), 6U);
}

TEST(Draft, OutOfAStoryHasAStepForEachPhaseAndItsStopsAreReached) {
    const Result<std::string> text =
        lesson::draft_of("L20", story_of({"docker run -d --name web nginx", "docker ps", "docker stop web",
                                          "docker rm web", "docker run -d --name web2 nginx"}));
    ASSERT_TRUE(text.has_value()) << text.error().doing;
    const lesson::Lesson what = clean(*text);
    std::vector<std::string> ids;
    for (const lesson::Step& step : what.steps) {
        ids.push_back(step.id);
    }
    for (const char* id : {"resolve", "layers", "create", "exec", "command", "stop", "remove"}) {
        EXPECT_NE(std::find(ids.begin(), ids.end(), id), ids.end()) << id;
    }
    EXPECT_NE(text->find("do: docker run -d --name web nginx"), std::string::npos);
    const lesson::Lesson played = clean(*lesson::draft_of(
        "L20",
        story_of({"docker run -d --name web nginx", "docker stop web", "docker rm web", "docker run -d nginx"})));
    expect_plays(played);
}

TEST(Draft, TakesNothingOfAStoryForAMarkOfItsOwn) {
    trace::Event event;
    event.kind = trace::EventKind::note;
    event.body = world::Note(world::CommandTyped{{"run", "a b", "```", "x\n## y", "{{1 +}}", "it's", ""}});
    trace::Event span;
    span.kind = trace::EventKind::span_begin;
    world::SpanStart start;
    start.grain = world::Grain::phase;
    start.phase = world::Phase::create;
    span.body = start;
    start.grain = world::Grain::step;
    start.title = "a {{ title\n```step\n## so";
    trace::Event step = span;
    step.body = start;
    const Result<std::string> text = lesson::draft_of("L20", {event, span, step});
    ASSERT_TRUE(text.has_value());
    const lesson::Lesson what = clean(*text);
    ASSERT_EQ(what.steps.size(), 1U);
    EXPECT_EQ(std::get<lesson::Run>(what.steps[0].parts.at(0).block).commands.at(0),
              "docker run 'a b' '```' 'x ## y' '{ {1 +}}' 'it'\\''s' ''");
}

TEST(Draft, NeedsACommand) {
    EXPECT_FALSE(lesson::draft_of("L20", {}).has_value());
    EXPECT_FALSE(lesson::draft_of("L20", {trace::Event{}}).has_value());
}

}  // namespace
}  // namespace cutaway::cli
