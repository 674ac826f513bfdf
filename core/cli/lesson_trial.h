// SPDX-License-Identifier: Apache-2.0
// A lesson tried out: played by its own solutions, everything it says about itself put to the proof. Each stop must
// come, each command must end as told, each check must hold and fail on its counter-story, each task's verify must be
// false before solve and true after, each prediction must have one right answer. What is wrong comes back with its line.
#pragma once

#include <vector>

#include "core/cli/lesson_bench.h"
#include "core/lesson/document.h"

namespace cutaway::cli {

struct LessonTrial {
    std::vector<lesson::Mistake> mistakes;
    std::size_t stops = 0;
    std::size_t checks = 0;
    std::size_t predictions = 0;
    std::size_t tasks = 0;
    std::string transcript;  // what the commands printed
};

LessonTrial try_lesson(const lesson::Lesson& lesson, LessonBench& bench);

}  // namespace cutaway::cli
