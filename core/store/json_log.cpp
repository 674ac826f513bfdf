// SPDX-License-Identifier: Apache-2.0
#include "core/store/json_log.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/store/paths.h"
#include "core/store/time_text.h"

namespace cutaway::store {

std::string to_log_line(const LogEntry& entry) {
    std::string line = "{\"log\":";
    json::append_string(line, entry.text);
    line += ",\"stream\":\"";
    line += entry.stream == world::Stream::out ? "stdout" : "stderr";
    line += "\",\"time\":\"" + to_time_text(entry.wall_ns) + "\"}\n";
    return line;
}

std::optional<LogEntry> parse_log_line(std::string_view line) {
    json::Reader in(line);
    LogEntry entry;
    std::string stream;
    std::string time;
    std::string_view key;
    if (!in.begin_object()) {
        return std::nullopt;
    }
    while (in.next_key(key)) {
        const bool good = key == "log"      ? in.read_string(entry.text)
                          : key == "stream" ? in.read_string(stream)
                          : key == "time"   ? in.read_string(time)
                                            : in.skip();
        if (!good) {
            return std::nullopt;
        }
    }
    const std::optional<std::int64_t> when = parse_time(time);
    if (!in.at_end() || !when.has_value() || (stream != "stdout" && stream != "stderr")) {
        return std::nullopt;
    }
    entry.stream = stream == "stdout" ? world::Stream::out : world::Stream::err;
    entry.wall_ns = *when;
    return entry;
}

std::vector<LogEntry> parse_log(std::string_view bytes) {
    std::vector<LogEntry> entries;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\n'), bytes.size());
        if (std::optional<LogEntry> entry = parse_log_line(bytes.substr(0, end)); entry.has_value()) {
            entries.push_back(std::move(*entry));
        }
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return entries;
}

Result<std::vector<LogEntry>> read_log(world::World& world, std::string_view id) {
    Result<std::unique_ptr<world::Source>> log = world.disk.open(container_log(world, id));
    if (!log && log.error().code == Errc::not_found) {
        return std::vector<LogEntry>{};
    }
    if (!log) {
        return std::move(log).error();
    }
    std::string bytes;
    std::vector<char> piece(64U * 1024U);
    while (const std::size_t got = TRY(log.value()->read(piece))) {
        bytes.append(piece.data(), got);
    }
    return parse_log(bytes);
}

}  // namespace cutaway::store
