// SPDX-License-Identifier: Apache-2.0
// The key to a lesson: it is played by its own solutions, and what its questions come to is written down.
#pragma once

#include "core/cli/lesson_bench.h"
#include "core/lesson/handout.h"

namespace cutaway::cli {

lesson::Key lesson_key(const lesson::Lesson& lesson, LessonBench& bench);

}  // namespace cutaway::cli
