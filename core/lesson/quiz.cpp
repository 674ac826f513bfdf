// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/quiz.h"

#include <algorithm>

namespace cutaway::lesson {

namespace {

std::string in_points(const std::vector<Answered>& answers) {
    const Score sum = score(answers);
    return std::to_string(sum.points) + " of " + std::to_string(sum.of) + " points";
}

bool begun(const Progress& progress) {
    return std::any_of(progress.answers.begin(), progress.answers.end(),
                       [](const Answered& one) { return !one.given.empty(); });
}

}  // namespace

std::vector<QuizItem> quiz_of(const Lesson& lesson) {
    std::vector<QuizItem> out;
    for (const Step& step : lesson.steps) {
        for (const Part& part : step.parts) {
            const auto* predict = std::get_if<Predict>(&part.block);
            if (predict != nullptr &&
                std::find(lesson.quiz.begin(), lesson.quiz.end(), predict->id) != lesson.quiz.end()) {
                out.push_back({&step, predict});
            }
        }
    }
    return out;
}

Result<QuizTurn> quiz_turn(const Lesson& lesson, const Progress& progress) {
    if (quiz_of(lesson).empty()) {
        return fail(Errc::not_found, lesson.id + " has no test: its text names no questions for one");
    }
    if (!progress.after.empty()) {
        return fail(Errc::invalid, "the tests of " + lesson.id + " are taken" +
                                       (progress.before.empty() ? "" : ": before it " + in_points(progress.before)) +
                                       ", after it " + in_points(progress.after));
    }
    if (progress.finished) {
        return QuizTurn::after;
    }
    if (!progress.before.empty()) {
        return fail(Errc::invalid, "you took the test before " + lesson.id + " (" + in_points(progress.before) +
                                       "); the one after it waits for the lesson to be finished");
    }
    if (begun(progress)) {
        return fail(Errc::invalid, lesson.id +
                                       " has begun, so there can be no test before it any more; the one after "
                                       "it waits for the lesson to be finished");
    }
    return QuizTurn::before;
}

Score score(const std::vector<Answered>& answers) {
    Score sum;
    for (const Answered& one : answers) {
        sum.points += one.points;
        sum.of += one.of;
    }
    return sum;
}

}  // namespace cutaway::lesson
