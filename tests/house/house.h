// SPDX-License-Identifier: Apache-2.0
// The house rules as pure functions over texts, so that each rule can be shown a file that breaks it. Reading the
// tree is the only thing here that touches a disk; nothing is ever written.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::house {

struct Source {
    std::string path;  // from the top of the repository: "core/network/plan.cpp"
    std::string text;
};

// One row of docs/architecture.md: what a room may include, and which further rooms some of its files may.
struct Room {
    std::vector<std::string> allowed;
    std::map<std::string, std::vector<std::string>> extra;  // by file name pattern: "root*.cpp" → host, model
};
using Rooms = std::map<std::string, Room>;  // by path: "core/network", "viz/panels"

struct Include {
    std::string target;  // "core/base/result.h" or "sys/mount.h"
    bool ours = false;   // in quotes
    int line = 0;
};

std::vector<Source> read_tree(const std::vector<std::string>& folders, const std::vector<std::string>& endings);
std::string read_text(const std::string& path);

Rooms parse_rooms(std::string_view architecture);
std::vector<Include> includes_of(std::string_view text);
std::string room_of(std::string_view path);  // "core/network/plan.cpp" → "core/network"; viz/main.cpp → "viz"
bool matches(std::string_view pattern, std::string_view name);

// Each answers with complaints, one sentence each, empty when all is well.
std::vector<std::string> check_includes(const Rooms& rooms, const Source& source);
std::vector<std::string> check_foreign_headers(const Source& source);
std::vector<std::string> check_shape(const Source& source, bool has_header);
std::vector<std::string> check_targets(const Rooms& rooms, const Source& cmake);
std::vector<std::string> check_top_level(const std::vector<std::string>& entries);
std::vector<std::string> check_links(const Source& document);
std::string find_circle(const Rooms& rooms);  // "core/a → core/b → core/a", or empty

}  // namespace cutaway::house
