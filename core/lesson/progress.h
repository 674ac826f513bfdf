// SPDX-License-Identifier: Apache-2.0
// Progress: where a learner stopped and what they answered, kept as one JSON file a lesson. Values and their codec.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::lesson {

struct Answered {
    std::string id;
    std::string given;
    bool right = false;
    std::uint32_t points = 0;
    std::uint32_t of = 0;
    friend bool operator==(const Answered&, const Answered&) = default;
};
CUTAWAY_FIELDS(Answered, id, given, right, points, of)

struct TaskTaken {
    std::string id;
    std::string how;  // "done", "shown", "skipped"
    std::uint32_t attempts = 0;
    std::uint32_t hints = 0;
    std::uint32_t points = 0;
    std::uint32_t of = 0;
    friend bool operator==(const TaskTaken&, const TaskTaken&) = default;
};
CUTAWAY_FIELDS(TaskTaken, id, how, attempts, hints, points, of)

struct Progress {
    std::string format = "cutaway-progress";
    std::uint32_t version = 1;
    std::string lesson;
    std::string step;  // where to go on
    bool finished = false;
    std::vector<Answered> answers;
    std::vector<TaskTaken> tasks;
    friend bool operator==(const Progress&, const Progress&) = default;
};
CUTAWAY_FIELDS(Progress, format, version, lesson, step, finished, answers, tasks)

std::string to_json(const Progress& progress);
Result<Progress> progress_from(std::string_view json);  // of another lesson, too: compare `lesson`

struct Score {
    std::uint32_t points = 0;
    std::uint32_t of = 0;
};
Score score(const Progress& progress);

}  // namespace cutaway::lesson
