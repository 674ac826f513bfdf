// SPDX-License-Identifier: Apache-2.0
// What the line below the drawing may become by Tab: verbs, flags, and the names of what the Picture has. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/scene/picture.h"

namespace cutaway::app {

struct LineCompletion {
    std::string completed;             // the line as far as all that may stand there agree; empty: nothing to add
    std::vector<std::string> choices;  // of its last word, if there are several
};

LineCompletion complete_line(const std::string& line, const scene::Picture& picture);

}  // namespace cutaway::app
