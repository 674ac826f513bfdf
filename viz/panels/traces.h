// SPDX-License-Identifier: Apache-2.0
// Traces: a line for a file's name, to open or to save under, and those that were opened before. It keeps the line.
#pragma once

#include <vector>

#include "viz/panels/side.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct TracesView {
    const std::vector<std::string>& recent;
    std::string opened;  // the trace that is looked at; empty: a machine
    bool opening = false;
    std::string_view notice;
};

void draw_traces(Ink& ink, Rect rect, const TracesView& shown, FieldText& field, app::Intents& intents);

}  // namespace cutaway::panels
