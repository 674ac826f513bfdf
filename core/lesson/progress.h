// SPDX-License-Identifier: Apache-2.0
// Progress: where a learner stopped and what they answered, kept as one JSON file a lesson. Values and their codec. Times
// are those of the learner's machine: milliseconds that it waited for them, and when, since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::lesson {

struct Answered {
    std::string id;
    std::string given;
    bool right = false;
    std::uint32_t points = 0;
    std::uint32_t of = 0;
    std::uint32_t skips = 0;  // how often it was passed by; with no answer given ever since, `given` is empty
    std::uint64_t spent_ms = 0;
    std::int64_t at_ms = 0;
    friend bool operator==(const Answered&, const Answered&) = default;
};
CUTAWAY_FIELDS(Answered, id, given, right, points, of, skips, spent_ms, at_ms)

struct TaskTaken {
    std::string id;
    std::string how;  // "done", "shown", "skipped", "failed": no attempt was left
    std::uint32_t attempts = 0;
    std::uint32_t hints = 0;
    std::uint32_t points = 0;
    std::uint32_t of = 0;
    std::uint64_t spent_ms = 0;
    std::int64_t at_ms = 0;
    friend bool operator==(const TaskTaken&, const TaskTaken&) = default;
};
CUTAWAY_FIELDS(TaskTaken, id, how, attempts, hints, points, of, spent_ms, at_ms)

// Whether every hand that wrote this file was Cutaway's, as far as its seals tell (core/lesson/seal.h). It never gets better.
enum class Trust { whole, unsealed, edited };
CUTAWAY_ENUM(Trust, whole, unsealed, edited)

struct Progress {
    std::string format = "cutaway-progress";
    std::uint32_t version = 1;
    std::string lesson;
    std::string step;  // where to go on
    bool finished = false;
    std::vector<Answered> answers;
    std::vector<TaskTaken> tasks;
    std::string reached;  // the furthest step
    std::uint64_t spent_ms = 0;
    std::int64_t at_ms = 0;        // when it was last worked on
    std::string policy;            // in words; empty: none
    std::vector<Answered> before;  // the short test before the lesson (core/lesson/quiz.h)
    std::vector<Answered> after;
    Trust trust = Trust::whole;
    std::string seal;
    friend bool operator==(const Progress&, const Progress&) = default;
};
CUTAWAY_FIELDS(Progress, format, version, lesson, step, finished, answers, tasks, reached, spent_ms, at_ms, policy,
               before, after, trust, seal)

std::string to_json(const Progress& progress);
Result<Progress> progress_from(std::string_view json);  // of another lesson, too: compare `lesson`

struct Score {
    std::uint32_t points = 0;
    std::uint32_t of = 0;
};
Score score(const Progress& progress);

}  // namespace cutaway::lesson
