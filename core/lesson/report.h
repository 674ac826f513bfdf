// SPDX-License-Identifier: Apache-2.0
// Report: what learners did in their lessons: progress files put together under names, and told as rows: one for each
// lesson, question and task. Reports of a class merge into one. Pure; report_export.h writes them for other programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/progress.h"

namespace cutaway::lesson {

struct LearnerReport {
    std::string name;
    std::vector<Progress> lessons;
    std::string seal;  // over the name and the seals of the lessons
    friend bool operator==(const LearnerReport&, const LearnerReport&) = default;
};
CUTAWAY_FIELDS(LearnerReport, name, lessons, seal)

struct Report {
    std::string format = "cutaway-report";
    std::uint32_t version = 1;
    std::vector<LearnerReport> learners;  // a name may stand here more than once
    friend bool operator==(const Report&, const Report&) = default;
};
CUTAWAY_FIELDS(Report, format, version, learners)

LearnerReport report_of(std::string name, std::vector<Progress> lessons, std::string_view key);

std::string to_json(const Report& report);
// A report, or one progress file, which is then `name`'s.
Result<Report> report_from(std::string_view json, const std::string& name);

void merge(Report& into, const Report& other);  // what is there already is not added again

enum class Kind { lesson, question, task, test };
CUTAWAY_ENUM(Kind, lesson, question, task, test)

// What the seals say. A seal with another word is told as edited, because the two look the same.
enum class SealState { whole, unsealed, edited };
CUTAWAY_ENUM(SealState, whole, unsealed, edited)

struct Row {
    std::string learner;
    std::string lesson;
    std::string title;
    Kind kind = Kind::lesson;
    std::string id;       // of the question or task; before, after: of the test
    std::string asked;    // its text
    std::string outcome;  // finished, begun; right, wrong, skipped; done, shown, skipped, failed, tried; taken; open
    std::string given;    // the answer
    std::uint32_t points = 0;
    std::uint32_t of = 0;
    std::uint32_t attempts = 0;
    std::uint32_t hints = 0;
    std::uint32_t skips = 0;
    std::uint64_t spent_ms = 0;
    std::int64_t at_ms = 0;  // 0: not known
    std::string policy;
    SealState seal = SealState::whole;
};
CUTAWAY_FIELDS(Row, learner, lesson, title, kind, id, asked, outcome, given, points, of, attempts, hints, skips,
               spent_ms, at_ms, policy, seal)

// By name, lesson and place in it. Of two reports of the same learner's lesson the one that was last worked on counts.
// What a lesson asks and its learner has not come to is there, too: open, of all its points.
std::vector<Row> rows_of(const Report& report, const std::vector<Lesson>& lessons, std::string_view key);

}  // namespace cutaway::lesson
