// SPDX-License-Identifier: Apache-2.0
// Shelf: what is kept beside the simulated machine: of lessons, where each learner is and what the teacher allows, in the
// same files for terminal and window; and what the window remembers. A composition root's part.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/cli/command_line.h"
#include "core/lesson/catalog.h"
#include "core/lesson/policy.h"
#include "core/lesson/progress.h"

namespace cutaway::cli {

std::string lessons_folder(const CommandLine& line);

Result<lesson::Progress> kept_progress(const CommandLine& line, const std::string& id);  // a blank one if none is kept
std::map<std::string, lesson::Progress> kept_progresses(const CommandLine& line, const lesson::Catalog& catalog);
Status keep_progress(const CommandLine& line, const std::string& id, const lesson::Progress& progress);  // sealed

// What the teacher allows: the file that CUTAWAY_LESSON_POLICY names, else the one beside the progress, else everything.
Result<lesson::Policy> kept_policy(const CommandLine& line);
Status keep_policy(const CommandLine& line, const lesson::Policy& policy);

std::int64_t wall_clock_ms();

// What the window remembers, as text; empty: nothing yet.
Result<std::string> kept_preferences(const CommandLine& line);
Status keep_preferences(const CommandLine& line, const std::string& text);

// When a file was written last, in nanoseconds since 1970; 0 where that cannot be said.
std::int64_t changed_ns(const std::string& path);

// A file's name as it holds wherever the program is started next.
std::string whole_path(const std::string& path);

}  // namespace cutaway::cli
