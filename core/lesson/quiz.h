// SPDX-License-Identifier: Apache-2.0
// Quiz: the short test before and after a lesson: the questions that its `quiz` names, asked outside of it, the same ones
// both times, so that a report can compare. Each is taken once. It tells nothing of the answers before the second. Pure.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/lesson/lesson.h"
#include "core/lesson/progress.h"

namespace cutaway::lesson {

struct QuizItem {
    const Step* step;
    const Predict* predict;
};

std::vector<QuizItem> quiz_of(const Lesson& lesson);  // in its order; empty: it has none

enum class QuizTurn { before, after };
CUTAWAY_ENUM(QuizTurn, before, after)

// Which test is due, or why none is: Errc::not_found, or Errc::invalid in the middle of a lesson or when both are taken.
Result<QuizTurn> quiz_turn(const Lesson& lesson, const Progress& progress);

Score score(const std::vector<Answered>& answers);

}  // namespace cutaway::lesson
