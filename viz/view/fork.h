// SPDX-License-Identifier: Apache-2.0
// Where a machine can be gone on from: it is kept before commands, never in the middle of one, so a place on the tape
// leads to the nearest command boundary that is not behind it. Words for whoever is asked to choose.
#pragma once

#include <string>

#include "viz/view/moment.h"

namespace cutaway::view {

// Which of the story's commands the machine would stand before; their number: none, it is as it is now.
std::size_t boundary_at(const Story& story, std::uint64_t position, bool working);

// "as before \"run -d nginx\"", "as it is now"; empty: there is no simulated machine of one's own behind this tape.
std::string fork_place(const Moment& moment);

}  // namespace cutaway::view
