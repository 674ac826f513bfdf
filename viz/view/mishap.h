// SPDX-License-Identifier: Apache-2.0
// Mishap: what went wrong in the command that the view is in or behind: the call that failed first, where it was
// begun, and the lesson that is about such things. What was refused before anything was done is in no trace, and so
// is none. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/scene/picture.h"
#include "core/trace/event.h"

namespace cutaway::view {

struct Mishap {
    std::string what;            // the call's kind, or the step's title
    std::string error;           // as the trace has it
    std::uint64_t position = 0;  // the view there has it as what happens next
    std::string_view lesson;     // its id
};

// `at` answers an event of the tape by number; `begun` is where the command was typed, `position` the view.
std::optional<Mishap> mishap_of(const scene::Picture& picture, std::uint64_t begun, std::uint64_t position,
                                const std::function<trace::Event(std::uint64_t)>& at);

std::string_view lesson_about(world::Phase phase);

}  // namespace cutaway::view
