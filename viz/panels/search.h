// SPDX-License-Identifier: Apache-2.0
// Search: a line to look for events with, and those that were found, around the one that is nearest to the view. It
// keeps the line and nothing else.
#pragma once

#include "viz/app/search.h"
#include "viz/panels/side.h"
#include "viz/view/moment.h"

namespace cutaway::panels {

struct SearchView {
    const app::Search& search;
    const cli::Tape& tape;
    const view::Moment& moment;
};

void draw_search(Ink& ink, Rect rect, const SearchView& shown, FieldText& field, app::Intents& intents);

}  // namespace cutaway::panels
