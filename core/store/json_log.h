// SPDX-License-Identifier: Apache-2.0
// A container's log as docker's json-file driver keeps it: one JSON object a line. The writer here and the shim's are
// the same format; the reader forgives a last line that a crash cut short and skips what it cannot read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/world/world.h"

namespace cutaway::store {

struct LogEntry {
    std::string text;  // with its newline, if it had one
    world::Stream stream = world::Stream::out;
    std::int64_t wall_ns = 0;
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};
CUTAWAY_FIELDS(LogEntry, text, stream, wall_ns)

std::string to_log_line(const LogEntry& entry);  // ends in a newline
std::optional<LogEntry> parse_log_line(std::string_view line);
std::vector<LogEntry> parse_log(std::string_view bytes);

// All that a container has printed so far; nothing if it has printed nothing.
Result<std::vector<LogEntry>> read_log(world::World& world, std::string_view id);

}  // namespace cutaway::store
