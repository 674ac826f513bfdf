// SPDX-License-Identifier: Apache-2.0
// What is said of a breakpoint while it is typed: whether it can be read and what it would do, or the sentence of what is
// wrong; and how it could go on: keys, phases, kinds of call, titles of steps, containers, and places in the Picture.
#pragma once

#include <string>
#include <vector>

#include "core/scene/picture.h"
#include "viz/view/moment.h"

namespace cutaway::app {

struct PointWords {
    bool good = false;
    std::string says;
    std::vector<std::string> completions;  // each the whole text so completed; a few
};

PointWords point_words(const std::string& text, const view::Moment& moment);

// What happens next at the view, as a breakpoint; empty: nothing is known of it.
std::string point_of(const view::Moment& moment);

}  // namespace cutaway::app
