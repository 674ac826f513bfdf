// SPDX-License-Identifier: Apache-2.0
// LessonPages: what a lesson has said, cut into pages where the learner went on. The last one is the present; those
// before it can be read again, each with the place on the tape where it was told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/lesson/telling.h"

namespace cutaway::view {

struct LessonPage {
    std::size_t step = 0;        // of the lesson, from 0
    std::uint64_t position = 0;  // of the tape
    std::vector<lesson::Telling> said;
    std::string given;  // what was answered
    bool read = false;
};

class LessonPages {
public:
    explicit LessonPages(const lesson::Lesson& lesson) : lesson_(lesson) {}

    void add(const lesson::Telling& telling, std::uint64_t position);
    [[nodiscard]] const std::vector<LessonPage>& pages() const { return pages_; }
    [[nodiscard]] std::size_t last() const { return pages_.empty() ? 0 : pages_.size() - 1; }
    [[nodiscard]] const lesson::Lesson& lesson() const { return lesson_; }

private:
    const lesson::Lesson& lesson_;
    std::vector<LessonPage> pages_;
};

}  // namespace cutaway::view
