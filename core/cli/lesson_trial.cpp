// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_trial.h"

#include <algorithm>

#include "core/cli/lesson_course.h"
#include "core/lesson/counter.h"

namespace cutaway::cli {

namespace {

class Examiner final : public LessonVisitor {
public:
    Examiner(lesson::Player& player, LessonBench& bench) : player_(player), bench_(bench) {}

    bool meet(const lesson::Part& part) override {
        if (const auto* check = std::get_if<lesson::Check>(&part.block)) {
            if (check->world.empty() || check->world == bench_.header().world) {
                examine(part.line, *check);
            }
        } else if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            examine(part.line, *task);
        } else if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
            asked_.push_back(&part);
            if (predict->now) {
                (void)arrived(nullptr);
            }
        }
        return true;
    }

    void typed(const std::string& line) override { console_.out_text += "$ " + line + "\n"; }

    bool arrived(const lesson::Part* stop) override {
        trial.stops += stop == nullptr ? 0U : 1U;
        for (const lesson::Part* part : asked_) {
            examine(part->line, std::get<lesson::Predict>(part->block));
        }
        asked_.clear();
        return true;
    }

    void missed(const lesson::Part& stop) override {
        complain(stop.line, "the command ended (status " + std::to_string(bench_.status()) +
                                ") before it came to this stop:\n" + console_.err_text);
    }

    void ended(const lesson::Part& run) override {
        const auto& what = std::get<lesson::Run>(run.block);
        if (bench_.status() != what.exits) {
            complain(run.line, "\"" + what.commands.back() + "\" ended with " + std::to_string(bench_.status()) +
                                   ", not " + std::to_string(what.exits) + ":\n" + console_.err_text);
        }
        trial.transcript += console_.out_text + console_.err_text;
        console_ = {};
    }

    Console& console() override { return console_; }

    void finish() {
        for (const lesson::Part* part : asked_) {
            complain(part->line, "nothing is reached behind this question that could reveal its answer");
        }
        trial.transcript += console_.out_text + console_.err_text;
    }

    LessonTrial trial;

private:
    void complain(int line, std::string what) { trial.mistakes.push_back({line, std::move(what)}); }

    void examine(int line, const lesson::Check& check) {
        ++trial.checks;
        if (!check.holds) {
            return;
        }
        if (!scene::holds(*check.holds, bench_.picture())) {
            complain(line, "this does not hold: " + check.holds->text());
        }
        const Tape& tape = bench_.tape();
        const lesson::Story story{bench_.header(), bench_.began(), tape.size(),
                                  [&tape](std::size_t n) { return tape.event(n); }};
        const Result<scene::Picture> other = lesson::counter_picture(check.counter, story);
        if (!other) {
            complain(line, other.error().doing);
        } else if (scene::holds(*check.holds, *other)) {
            complain(line, "this cannot fail; it holds on the counter-story, too: " + check.holds->text());
        }
    }

    void examine(int line, const lesson::Task& task) {
        ++trial.tasks;
        if (player_.look(bench_.picture()) == lesson::Attempt::done) {
            complain(line, "the task is done before anybody did anything");
        }
        for (const std::string& written : task.solve) {
            const std::string command = lesson::fill(written, bench_.picture());
            typed(command);
            bench_.perform(command, console_);
        }
        if (player_.look(bench_.picture()) != lesson::Attempt::done) {
            complain(line, "solve does not make verify true:\n" + console_.out_text + console_.err_text);
        }
        trial.transcript += console_.out_text + console_.err_text;
        console_ = {};
    }

    void examine(int line, const lesson::Predict& predict) {
        ++trial.predictions;
        if (predict.type == lesson::Ask::order) {
            examine_order(line, predict);
            return;
        }
        const Result<lesson::Verdict> verdict = lesson::grade(predict, "", bench_.picture());
        if (!verdict) {
            complain(line, verdict.error().doing);
            return;
        }
        const auto right = [&](const lesson::Wrong& wrong) { return wrong.value == verdict->answer; };
        if (std::any_of(predict.wrongs.begin(), predict.wrongs.end(), right)) {
            complain(line, "an answer that is called wrong is the right one: " + verdict->answer);
        }
        const auto same = [&](const lesson::Choice& choice) { return choice.text == verdict->answer; };
        if (predict.type == lesson::Ask::choice &&
            std::count_if(predict.choices.begin(), predict.choices.end(), same) != 1) {
            complain(line, "two choices read the same");
        }
    }

    void examine_order(int line, const lesson::Predict& predict) {
        std::int64_t last = -1;
        for (const lesson::Item& item : predict.items) {
            const Result<scene::Value> value = scene::evaluate(*item.rank, bench_.picture());
            const auto* rank = value ? std::get_if<std::int64_t>(&*value) : nullptr;
            if (rank == nullptr || *rank <= last) {
                complain(line, "\"" + item.text + "\" does not come behind the item above it: " +
                                   (value ? lesson::plain(*value) : value.error().doing));
                return;
            }
            last = *rank;
        }
    }

    lesson::Player& player_;
    LessonBench& bench_;
    MemoryConsole console_;
    std::vector<const lesson::Part*> asked_;
};

}  // namespace

LessonTrial try_lesson(const lesson::Lesson& lesson, LessonBench& bench) {
    lesson::Player player(lesson);
    Examiner examiner(player, bench);
    LessonCourse course(player, bench, examiner);
    course.go();
    examiner.finish();
    return std::move(examiner.trial);
}

}  // namespace cutaway::cli
