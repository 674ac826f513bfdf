// SPDX-License-Identifier: Apache-2.0
// `cutaway lesson report` and `cutaway lesson policy`: what learners did, for those who teach, and what those allow.
#pragma once

#include "core/cli/command_line.h"
#include "core/cli/lesson_words.h"

namespace cutaway::cli {

int report_lessons(const CommandLine& line, const LessonWords& words);
int lesson_policy(const CommandLine& line, const LessonWords& words);

// Into the file that -o names, else to the terminal or pipe. The exit status.
int put_lesson_text(const LessonWords& words, const std::string& text);

}  // namespace cutaway::cli
