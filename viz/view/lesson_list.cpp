// SPDX-License-Identifier: Apache-2.0
#include "viz/view/lesson_list.h"

namespace cutaway::view {

namespace {

void show_progress(LessonRow& row, const lesson::Lesson& lesson, const lesson::Progress& progress) {
    if (progress.finished) {
        const lesson::Score score = lesson::score(progress);
        row.state = LessonState::finished;
        row.where = "finished";
        if (score.of != 0) {
            row.where += ", " + std::to_string(score.points) + " of " + std::to_string(score.of) + " points";
        }
        return;
    }
    const lesson::Step* step = lesson::find_step(lesson, progress.step);
    if (step != nullptr) {
        row.state = LessonState::begun;
        row.where =
            "at step " + std::to_string(step - lesson.steps.data() + 1) + " of " + std::to_string(lesson.steps.size());
    }
}

}  // namespace

std::vector<LessonRow> lesson_rows(const std::vector<lesson::Lesson>& lessons,
                                   const std::map<std::string, lesson::Progress>& progress,
                                   const std::string& playing) {
    std::vector<LessonRow> rows;
    for (const lesson::Lesson& lesson : lessons) {
        LessonRow row;
        row.id = lesson.id;
        row.title = lesson.title;
        row.summary = lesson.summary;
        row.minutes = std::to_string(lesson.minutes) + " min";
        row.where = "not begun";
        row.playing = lesson.id == playing;
        if (const auto found = progress.find(lesson.id); found != progress.end()) {
            show_progress(row, lesson, found->second);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace cutaway::view
