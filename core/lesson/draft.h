// SPDX-License-Identifier: Apache-2.0
// Draft: the first text of a new lesson.md, for its author to write on. Out of a recorded story it has a step for each
// phase of each command, with the stop that begins it and the titles of what is done there. It lints clean. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/trace/event.h"

namespace cutaway::lesson {

// A lesson that needs no story: one run, with each kind of block once.
std::string draft(const std::string& id);

// Errc::invalid: no command of docker's is told in it.
Result<std::string> draft_of(const std::string& id, const std::vector<trace::Event>& story);

}  // namespace cutaway::lesson
