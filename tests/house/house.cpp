// SPDX-License-Identifier: Apache-2.0
#include "tests/house/house.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace cutaway::house {
namespace {

using Complaints = std::vector<std::string>;

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string> code_words(std::string_view cell) {  // what stands in backticks
    std::vector<std::string> words;
    for (std::size_t open = cell.find('`'); open != std::string_view::npos; open = cell.find('`', open)) {
        const std::size_t close = cell.find('`', open + 1);
        if (close == std::string_view::npos) {
            break;
        }
        words.emplace_back(cell.substr(open + 1, close - open - 1));
        open = close + 1;
    }
    return words;
}

std::vector<std::string_view> cells_of(std::string_view row) {
    std::vector<std::string_view> cells;
    row = trimmed(row);
    row.remove_prefix(1);
    for (std::size_t bar = row.find('|'); bar != std::string_view::npos; bar = row.find('|')) {
        cells.push_back(trimmed(row.substr(0, bar)));
        row.remove_prefix(bar + 1);
    }
    return cells;
}

std::string full_name(const std::string& area, const std::string& word) {
    return word.find('/') == std::string::npos ? area + word : word;
}

// "`engine`, `trace`; in `root*.cpp` also `host`": a word with an ending opens the list of those files alone.
Room parse_allowed(std::string_view cell, const std::string& area) {
    Room room;
    std::vector<std::string>* into = &room.allowed;
    for (const std::string& word : code_words(cell)) {
        if (word.find('.') != std::string::npos) {
            into = &room.extra[word];
        } else {
            into->push_back(full_name(area, word));
        }
    }
    return room;
}

struct Foreign {
    std::string_view start;                 // of the header's name
    std::vector<std::string_view> allowed;  // folders; none: nowhere
    std::string_view why;
};

const std::vector<Foreign>& foreign_headers() {
    static const std::vector<std::string_view> host{"core/host/"};
    static const std::vector<std::string_view> shell{"viz/shell/"};
    static const std::vector<std::string_view> imgui{"viz/panels/", "viz/widgets/", "viz/shell/", "viz/theme/"};
    static const std::string_view kernel = "only core/host touches the system";
    static const std::vector<Foreign> table{
        {"sys/", host, kernel},
        {"linux/", host, kernel},
        {"net/", host, kernel},
        {"netinet/", host, kernel},
        {"arpa/", host, kernel},
        {"unistd.h", host, kernel},
        {"fcntl.h", host, kernel},
        {"sched.h", host, kernel},
        {"poll.h", host, kernel},
        {"termios.h", host, kernel},
        {"pty.h", host, kernel},
        {"dirent.h", host, kernel},
        {"mntent.h", host, kernel},
        {"spawn.h", host, kernel},
        {"filesystem", host, kernel},
        {"curl/", host, "HTTP goes through world's Transport"},
        {"seccomp.h", host, "a filter is a value until the host loads it"},
        {"archive", {"core/layer/"}, "tar is the layer room's word"},
        {"openssl/", {"core/base/", "core/host/"}, "digests come from core/base"},
        {"regex", {}, "it costs more than a second a file to compile"},
        {"iostream", {}, "text goes out through the door that was handed down"},
        {"imgui", imgui, "the view draws, nothing below it does"},
        {"GLFW/", shell, "one folder knows the window system"},
        {"EGL/", shell, "one folder knows the window system"},
        {"GL/", shell, "one folder knows the window system"},
        {"vterm", {"viz/terminal/"}, "one folder knows the terminal library"},
    };
    return table;
}

bool starts_with_any(std::string_view path, const std::vector<std::string_view>& folders) {
    return std::any_of(folders.begin(), folders.end(),
                       [&](std::string_view folder) { return path.substr(0, folder.size()) == folder; });
}

bool is_header(std::string_view path) { return path.size() > 2 && path.substr(path.size() - 2) == ".h"; }

std::string at(const Source& source, int line) { return source.path + ":" + std::to_string(line) + ": "; }

void check_own_header_first(const Source& source, Complaints& found) {
    const std::string own = source.path.substr(0, source.path.rfind('.')) + ".h";
    const std::vector<Include> includes = includes_of(source.text);
    if (includes.empty() || includes.front().target != own) {
        found.push_back(source.path + " must include " + own + " first");
    }
}

std::string slug(std::string_view heading) {  // as the usual Markdown hosts make anchors
    std::string out;
    for (const char c : heading) {
        if (c == ' ' || c == '-') {
            out.push_back('-');
        } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
                   static_cast<unsigned char>(c) >= 0x80) {
            out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
        }
    }
    return out;
}

bool has_anchor(const std::string& text, std::string_view anchor) {
    for (const std::string_view line : lines_of(text)) {
        const std::size_t level = line.find_first_not_of('#');
        if (level != 0 && level != std::string_view::npos && slug(trimmed(line.substr(level))) == anchor) {
            return true;
        }
    }
    return false;
}

void check_link(const Source& document, std::string_view target, Complaints& found) {
    const std::size_t hash = target.find('#');
    const std::string file(target.substr(0, hash));
    const auto folder = std::filesystem::path(document.path).parent_path();
    const auto path = file.empty() ? std::filesystem::path(document.path) : folder / file;
    if (!file.empty() && !std::filesystem::exists(path)) {
        found.push_back(document.path + " links to " + std::string(target) + ", which is not there");
    } else if (hash != std::string_view::npos) {
        const std::string text = file.empty() ? document.text : read_text(path.string());
        if (!has_anchor(text, target.substr(hash + 1))) {
            found.push_back(document.path + " links to " + std::string(target) + ", but no heading is called that");
        }
    }
}

// `core/engine/run.cpp` in prose is a promise too. Folders, patterns and placeholders are not.
void check_path_word(const Source& document, const std::string& word, Complaints& found) {
    static const std::vector<std::string_view> tops{"core/", "viz/", "tests/", "docs/", "assets/", "lessons/", ".ci/"};
    const bool plain =
        word.find_first_of("*<>{}… ()$") == std::string::npos && file_name(word).find('.') != std::string::npos;
    if (plain && starts_with_any(word, tops) && !std::filesystem::exists(word)) {
        found.push_back(document.path + " names " + word + ", which is not there");
    }
}

bool walk(const Rooms& rooms, const std::string& room, std::vector<std::string>& path, std::set<std::string>& done) {
    if (contains(path, room)) {
        path.push_back(room);
        return true;
    }
    const auto known = rooms.find(room);
    if (known == rooms.end() || done.count(room) != 0) {
        return false;
    }
    path.push_back(room);
    std::vector<std::string> next = known->second.allowed;
    for (const auto& [pattern, more] : known->second.extra) {
        next.insert(next.end(), more.begin(), more.end());
    }
    for (const std::string& one : next) {
        if (walk(rooms, one, path, done)) {
            return true;
        }
    }
    path.pop_back();
    done.insert(room);
    return false;
}

// As a word by itself: a template for mkdtemp(3) is none.
bool stands_alone(std::string_view word, std::string_view text) {
    const auto letter = [&](std::size_t at) {
        return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        if (!(at > 0 && letter(at - 1)) && !letter(at + word.size())) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<Source> read_tree(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
    std::vector<Source> sources;
    for (const std::string& folder : folders) {
        if (!std::filesystem::exists(folder)) {
            continue;
        }
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            const std::string path = entry.path().string();
            const std::string name(file_name(path));
            if (entry.is_regular_file() &&
                (contains(endings, entry.path().extension().string()) || contains(endings, name))) {
                sources.push_back({path, read_text(path)});
            }
        }
    }
    std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
    return sources;
}

Rooms parse_rooms(std::string_view architecture) {
    Rooms rooms;
    std::string area;  // "core/" or "viz/" inside a table of rooms
    for (const std::string_view line : lines_of(architecture)) {
        if (line.substr(0, 1) != "|") {
            area.clear();
            continue;
        }
        const std::vector<std::string_view> cells = cells_of(line);
        const std::vector<std::string> names = cells.empty() ? std::vector<std::string>{} : code_words(cells[0]);
        if (area.empty() && cells.size() == 3 && cells[0].find("room under") != std::string_view::npos) {
            area = names.empty() ? "" : names[0];
        } else if (!area.empty() && cells.size() == 3) {
            for (const std::string& name : names) {
                rooms[area + name] = parse_allowed(cells[2], area);
            }
        }
    }
    return rooms;
}

std::vector<Include> includes_of(std::string_view text) {
    std::vector<Include> includes;
    int number = 0;
    for (std::string_view line : lines_of(text)) {
        ++number;
        line = trimmed(line);
        if (line.substr(0, 1) != "#") {
            continue;
        }
        line = trimmed(line.substr(1));
        if (line.substr(0, 7) != "include") {
            continue;
        }
        line = trimmed(line.substr(7));
        const bool ours = line.substr(0, 1) == "\"";
        const std::size_t close = line.find(ours ? '"' : '>', 1);
        if (close != std::string_view::npos) {
            includes.push_back({std::string(line.substr(1, close - 1)), ours, number});
        }
    }
    return includes;
}

std::string room_of(std::string_view path) {
    const std::size_t first = path.find('/');
    const std::size_t second = path.find('/', first + 1);
    return std::string(path.substr(0, second == std::string_view::npos ? first : second));
}

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) {
        return name.empty();
    }
    if (pattern.front() != '*') {
        return !name.empty() && name.front() == pattern.front() && matches(pattern.substr(1), name.substr(1));
    }
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
}

std::vector<std::string> check_includes(const Rooms& rooms, const Source& source) {
    Complaints found;
    const std::string room = room_of(source.path);
    const auto row = rooms.find(room);
    if (row == rooms.end()) {
        return {source.path + " is in " + room + ", which has no row in docs/architecture.md"};
    }
    std::vector<std::string> allowed = row->second.allowed;
    for (const auto& [pattern, more] : row->second.extra) {
        if (matches(pattern, file_name(source.path))) {
            allowed.insert(allowed.end(), more.begin(), more.end());
        }
    }
    for (const Include& include : includes_of(source.text)) {
        const std::string target = room_of(include.target);
        const bool rooms_word = include.target.substr(0, 5) == "core/" || include.target.substr(0, 4) == "viz/";
        if (!rooms_word && include.ours) {
            found.push_back(at(source, include.line) + "\"" + include.target +
                            "\" must be named from the top: core/room/…");
        } else if (rooms_word && target != room && target != "core/base" && !contains(allowed, target)) {
            found.push_back(at(source, include.line) + room + " may not include " + target);
        }
    }
    return found;
}

std::vector<std::string> check_foreign_headers(const Source& source) {
    Complaints found;
    for (const Include& include : includes_of(source.text)) {
        if (include.ours) {
            continue;
        }
        const bool json = include.target.substr(0, 8) == "nlohmann" && include.target != "nlohmann/json_fwd.hpp";
        if (json && is_header(source.path)) {
            found.push_back(at(source, include.line) + "a JSON tree belongs into a .cpp codec file");
        }
        for (const Foreign& rule : foreign_headers()) {
            const bool whole = rule.start == "regex" || rule.start == "filesystem" || rule.start == "iostream";
            const bool hit = whole ? include.target == rule.start
                                   : std::string_view(include.target).substr(0, rule.start.size()) == rule.start;
            if (hit && !starts_with_any(source.path, rule.allowed)) {
                found.push_back(at(source, include.line) + "<" + include.target + ">: " + std::string(rule.why));
            }
        }
    }
    return found;
}

std::vector<std::string> check_shape(const Source& source, bool has_header) {
    Complaints found;
    const std::vector<std::string_view> lines = lines_of(source.text);
    if (lines.empty() || lines[0] != "// SPDX-License-Identifier: Apache-2.0") {
        found.push_back(source.path + " must begin with its SPDX line");
    }
    if (is_header(source.path) && source.text.find("#pragma once") == std::string::npos) {
        found.push_back(source.path + " lacks #pragma once");
    }
    if (has_header && !is_header(source.path)) {
        check_own_header_first(source, found);
    }
    if (lines.size() > 500) {
        found.push_back(source.path + " has " + std::to_string(lines.size()) + " lines; split at 500");
    }
    for (const std::string_view word : {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "XX"
                                        "X"}) {
        if (stands_alone(word, source.text)) {
            found.push_back(source.path + " says " + std::string(word) + "; an issue says it better");
        }
    }
    for (const std::string_view word : {"manager", "helper", "util"}) {
        if (file_name(source.path).find(word) != std::string_view::npos) {
            found.push_back(source.path + ": \"" + std::string(word) + "\" names no thing");
        }
    }
    return found;
}

std::vector<std::string> check_targets(const Rooms& rooms, const Source& cmake) {
    Complaints found;
    const std::string room = room_of(cmake.path);
    const std::string name(file_name(room));
    const auto row = rooms.find(room);
    if (row == rooms.end()) {
        return {room + " has no row in docs/architecture.md"};
    }
    std::vector<std::string> allowed = row->second.allowed;
    for (const auto& [pattern, more] : row->second.extra) {
        allowed.insert(allowed.end(), more.begin(), more.end());
    }
    if (room.substr(0, 5) == "core/" && cmake.text.find("core_library(" + name) == std::string::npos) {
        found.push_back(cmake.path + " must make core_library(" + name + "): folder and target share a name");
    }
    const std::string& text = cmake.text;
    for (std::size_t begin = text.find("core_"); begin != std::string::npos; begin = text.find("core_", begin + 1)) {
        const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin);
        const std::string target = "core/" + text.substr(begin + 5, end - begin - 5);
        const bool ours = target == room || target == "core/base" || target == "core/library";
        if (!ours && !contains(allowed, target)) {
            found.push_back(cmake.path + ": " + room + " may not link " + target);
        }
    }
    return found;
}

std::vector<std::string> check_top_level(const std::vector<std::string>& entries) {
    static const std::vector<std::string> allowed{"CMakeLists.txt", "README.md", "assets", "core",
                                                  "docs",           "lessons",   "tests",  "viz"};
    Complaints found;
    for (const std::string& name : entries) {
        const bool ignored =
            name.front() == '.' || name == "build" || name.substr(0, 6) == "build-" || name == "compile_commands.json";
        if (!ignored && !contains(allowed, name)) {
            found.push_back(name + " does not belong at the top of the tree");
        }
    }
    return found;
}

std::vector<std::string> check_links(const Source& document) {
    Complaints found;
    bool fenced = false;
    for (const std::string_view line : lines_of(document.text)) {
        if (line.substr(0, 3) == "```") {
            fenced = !fenced;
        }
        if (fenced) {
            continue;
        }
        for (std::size_t open = line.find("]("); open != std::string_view::npos; open = line.find("](", open + 1)) {
            const std::size_t close = line.find(')', open);
            const std::string_view target = line.substr(open + 2, close - open - 2);
            if (target.find("://") == std::string_view::npos) {
                check_link(document, target, found);
            }
        }
        for (const std::string& word : code_words(line)) {
            check_path_word(document, word, found);
        }
    }
    return found;
}

std::string find_circle(const Rooms& rooms) {
    std::set<std::string> done;
    for (const auto& [name, room] : rooms) {
        std::vector<std::string> path;
        if (walk(rooms, name, path, done)) {
            std::string text;
            for (const std::string& step : path) {
                text += text.empty() ? step : " → " + step;
            }
            return text;
        }
    }
    return {};
}

}  // namespace cutaway::house
