// SPDX-License-Identifier: Apache-2.0
#include "viz/view/lesson_pages.h"

#include <algorithm>

namespace cutaway::view {

using lesson::Says;

namespace {

// What asks for something beside the lesson's text is no part of it.
bool is_aside(Says says) {
    return says == Says::words || says == Says::notes || says == Says::help || says == Says::left ||
           says == Says::again;
}

// Of several complaints and hints the last is enough.
bool replaces(Says says, Says earlier) {
    return says == earlier && (says == Says::problem || says == Says::hint || says == Says::explored ||
                               says == Says::spoiled || says == Says::value);
}

}  // namespace

void LessonPages::add(const lesson::Telling& telling, std::uint64_t position) {
    if (is_aside(telling.says)) {
        return;
    }
    if (telling.says == Says::turn) {
        if (!pages_.empty()) {
            pages_.back().read = true;
            pages_.back().given = telling.text;
        }
        return;
    }
    if (pages_.empty() || pages_.back().read) {
        LessonPage page;
        page.step = pages_.empty() ? 0 : pages_.back().step;
        pages_.push_back(std::move(page));
    }
    LessonPage& page = pages_.back();
    page.position = position;
    if (telling.step != nullptr) {
        page.step = static_cast<std::size_t>(telling.step - lesson_.steps.data());
    }
    std::vector<lesson::Telling>& said = page.said;
    said.erase(std::remove_if(said.begin(), said.end(),
                              [&](const lesson::Telling& one) { return replaces(telling.says, one.says); }),
               said.end());
    said.push_back(telling);
}

}  // namespace cutaway::view
