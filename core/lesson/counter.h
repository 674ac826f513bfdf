// SPDX-License-Identifier: Apache-2.0
// Whether a check can fail: the same tape told differently, folded, and asked again. Nothing is performed.
#pragma once

#include <functional>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/trace/event.h"

namespace cutaway::lesson {

struct Story {
    const trace::Header& header;
    std::size_t began = 0;  // how many events there were when the command began
    std::size_t size = 0;   // how many there are now
    std::function<trace::Event(std::size_t)> at;
};

// The Picture of the other story that the check names. Errc::invalid: the counter changes nothing on this tape.
Result<scene::Picture> counter_picture(const Counter& counter, const Story& story);

}  // namespace cutaway::lesson
