// SPDX-License-Identifier: Apache-2.0
// What there was when a tape began: a Picture put into a StateFound note and taken out of it again, so that a trace of
// one command on a machine with a history can be understood by itself. Only what exists travels: nothing that was
// under way (spans, calls, exchanges, a pull), and of each log its end.
#pragma once

#include <cstddef>

#include "core/scene/picture.h"

namespace cutaway::scene {

inline constexpr std::size_t found_log_lines = 100;  // of each container

world::StateFound found_note(const Picture& before);
bool exists(const Picture& picture);  // whether there is anything that a tape should begin with

// Replaces what `picture` shows. A text that is no Picture, or one whose parts contradict each other, changes nothing
// and answers false. Total and bounded by the text's size, as evolve is.
bool take_found(Picture& picture, const world::StateFound& note);

}  // namespace cutaway::scene
