// SPDX-License-Identifier: Apache-2.0
// A lesson played to its end by its own solutions, for those who want to know what its questions come to: the key, and
// the test before and after it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/cli/lesson_bench.h"

namespace cutaway::cli {

struct SolvedEars {
    // The bench shows the picture on which this question is graded.
    std::function<void(const lesson::Predict&)> revealed;
    std::function<void(const lesson::Task&, std::vector<std::string> commands)> solved;
};

void play_solved(const lesson::Lesson& lesson, LessonBench& bench, const SolvedEars& ears);

}  // namespace cutaway::cli
