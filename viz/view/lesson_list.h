// SPDX-License-Identifier: Apache-2.0
// LessonList: all lessons as rows: how long each takes and how far its learner is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/progress.h"

namespace cutaway::view {

enum class LessonState { fresh, begun, finished };
CUTAWAY_ENUM(LessonState, fresh, begun, finished)

struct LessonRow {
    std::string id;
    std::string title;
    std::string summary;
    std::string minutes;  // "45 min"
    std::string where;    // "step 3 of 7", "finished, 12 of 15 points", "not begun"
    LessonState state = LessonState::fresh;
    bool playing = false;
};

std::vector<LessonRow> lesson_rows(const std::vector<lesson::Lesson>& lessons,
                                   const std::map<std::string, lesson::Progress>& progress, const std::string& playing);

}  // namespace cutaway::view
