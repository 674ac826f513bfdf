// SPDX-License-Identifier: Apache-2.0
// How a desk stands, taken from it and put back on another: what a moment keeps beside the machine and the tape. Pure
// over the desk: everything goes through its intents.
#pragma once

#include "viz/app/desk.h"
#include "viz/app/moment_file.h"

namespace cutaway::app {

Layout layout_of(Desk& desk);
// The view goes to `cursor`, or as far as the tape has it.
void arrange(Desk& desk, const Layout& layout, std::uint64_t cursor);

}  // namespace cutaway::app
