// SPDX-License-Identifier: Apache-2.0
// One event as one line of JSON and back (docs/trace-format.md). Writing leaves defaults out; reading takes the keys in
// any order and is fastest in the writer's. Total: any bytes give an event or one sentence why not; nothing is
// allocated beyond a fixed multiple of the line. Pure functions: safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/trace/event.h"

namespace cutaway::trace {

void append_line(std::string& out, const Event& event);  // without the newline
void append_header(std::string& out, const Header& header);

// skipped: a note, observation or progress of a kind that this program does not know; essential: an event or call
// that it does not know, so what follows cannot be trusted to add up. Both come as a Decision that says so.
enum class Known { yes, skipped, essential };
CUTAWAY_ENUM(Known, yes, skipped, essential)

struct Decoded {
    Known known = Known::yes;
    std::string_view problem;  // static text; empty: `event` holds the line
};

// `event` is overwritten; passing the same one again saves allocations.
Decoded decode_line(std::string_view line, Event& event);
Result<Header> decode_header(std::string_view line);

}  // namespace cutaway::trace
