// SPDX-License-Identifier: Apache-2.0
// The machine that a lesson is played on: a simulated one, made afresh whenever the lesson is begun; or this one, in a
// folder of the lesson's own, where what an earlier play left is removed first. A composition root's part.
#pragma once

#include <memory>
#include <string>

#include "core/cli/command_line.h"
#include "core/cli/lesson_bench.h"
#include "core/lesson/lesson.h"

namespace cutaway::cli {

Status for_this_world(const CommandLine& line, const lesson::Lesson& what);  // else a sentence that says so

// A machine on which nothing has happened yet, in the world of `line`, for which the lesson is.
// `purpose` tells apart machines of one lesson that are there at once.
Result<std::unique_ptr<LessonBench>> fresh_bench(const CommandLine& line, const lesson::Lesson& what,
                                                 const std::string& purpose = "");
// Removes the machine of a bench that is gone, with its containers; what cannot be removed is left for the next fresh one.
void drop_bench(const CommandLine& line, const lesson::Lesson& what, const std::string& purpose = "");

}  // namespace cutaway::cli
