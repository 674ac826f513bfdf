// SPDX-License-Identifier: Apache-2.0
// The list of lessons, over the whole window: what each is, how long it takes, how far its learner is.
#pragma once

#include "viz/panels/tile.h"
#include "viz/view/lesson_list.h"

namespace cutaway::panels {

struct ListState {
    std::size_t row = 0;   // the chosen one
    bool playing = false;  // a lesson is open
};

void draw_lesson_list(Ink& ink, Rect rect, const std::vector<view::LessonRow>& rows, ListState state,
                      app::Intents& intents);

}  // namespace cutaway::panels
