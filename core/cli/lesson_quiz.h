// SPDX-License-Identifier: Apache-2.0
// The test before or after a lesson, in the terminal, line by line: it asks, and afterwards the lesson is played in
// silence to see what was right. docs/teaching.md.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/lesson_bench.h"
#include "core/cli/stepper.h"
#include "core/lesson/quiz.h"

namespace cutaway::cli {

struct QuizTaken {
    std::map<std::string, std::string> given;       // by question, as lesson::grade reads it; none: passed by
    std::map<std::string, std::uint64_t> spent_ms;  // on each
};

// Nothing: the lines ended, or somebody quit.
std::optional<QuizTaken> ask_quiz(const lesson::Lesson& lesson, lesson::QuizTurn turn, LineSource& lines,
                                  Console& console, const std::function<std::int64_t()>& now_ms);

struct QuizGraded {
    std::vector<lesson::Answered> answers;
    std::map<std::string, std::string> right;  // what would have been, in words
};
QuizGraded grade_quiz(const lesson::Lesson& lesson, const QuizTaken& taken, LessonBench& bench, std::int64_t now_ms);

// What is told behind the test after the lesson: both results, and each question that was missed with its answer.
std::string quiz_told(const lesson::Lesson& lesson, const lesson::Progress& progress, const QuizGraded& graded);

}  // namespace cutaway::cli
