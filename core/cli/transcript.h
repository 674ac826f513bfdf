// SPDX-License-Identifier: Apache-2.0
// A trace as a page of HTML that is read from top to bottom, by a screen reader above all: headings for commands and
// phases, lists for steps and calls, what each step changed in words, nothing said by colour or place alone. One file
// without scripts, pictures or links to anywhere else. It tells what the trace holds and decides nothing.
#pragma once

#include <string>

#include "core/trace/replay.h"

namespace cutaway::cli {

// `name` is the trace's, for the title.
std::string html_transcript(const trace::Trace& trace, const std::string& name);

}  // namespace cutaway::cli
