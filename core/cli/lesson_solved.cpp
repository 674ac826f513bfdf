// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_solved.h"

#include "core/cli/lesson_course.h"

namespace cutaway::cli {

namespace {

class Solver final : public LessonVisitor {
public:
    Solver(LessonBench& bench, const SolvedEars& ears) : bench_(bench), ears_(ears) {}

    bool meet(const lesson::Part& part) override {
        if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            solve(*task);
        } else if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
            asked_.push_back(predict);
            if (predict->now) {
                (void)arrived(nullptr);
            }
        }
        return true;
    }

    bool arrived(const lesson::Part*) override {
        for (const lesson::Predict* predict : asked_) {
            if (ears_.revealed) {
                ears_.revealed(*predict);
            }
        }
        asked_.clear();
        return true;
    }

    void typed(const std::string&) override {}
    void missed(const lesson::Part&) override {}
    void ended(const lesson::Part&) override { console_ = {}; }
    Console& console() override { return console_; }

private:
    void solve(const lesson::Task& task) {
        std::vector<std::string> commands;
        for (const std::string& written : task.solve) {
            commands.push_back(lesson::fill(written, bench_.picture()));
            bench_.perform(commands.back(), console_);
        }
        if (ears_.solved) {
            ears_.solved(task, std::move(commands));
        }
    }

    LessonBench& bench_;
    const SolvedEars& ears_;
    MemoryConsole console_;
    std::vector<const lesson::Predict*> asked_;
};

}  // namespace

void play_solved(const lesson::Lesson& lesson, LessonBench& bench, const SolvedEars& ears) {
    Solver solver(bench, ears);
    lesson::Player player(lesson);
    LessonCourse course(player, bench, solver);
    course.go();
}

}  // namespace cutaway::cli
