// SPDX-License-Identifier: Apache-2.0
// `cutaway lesson new`: a folder with the first text of a lesson in it, also out of a recorded story. It writes one file
// and never over one that is there.
#pragma once

#include "core/cli/lesson_words.h"

namespace cutaway::cli {

int new_lesson(const LessonWords& words);  // the exit status

}  // namespace cutaway::cli
