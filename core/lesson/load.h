// SPDX-License-Identifier: Apache-2.0
// From the text of a lesson.md to a Lesson, with every mistake in it and its line. Pure: no files are opened here.
// What concerns several lessons (a needed lesson that is not there, a circle, an unknown word) is the catalog's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/document.h"
#include "core/lesson/lesson.h"

namespace cutaway::lesson {

struct Loaded {
    Lesson lesson;  // what could be read; good to play only if there are no mistakes
    std::vector<Mistake> mistakes;
};

Loaded load_lesson(const std::string& file, std::string_view text);

}  // namespace cutaway::lesson
