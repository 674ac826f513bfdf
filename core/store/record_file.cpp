// SPDX-License-Identifier: Apache-2.0
#include "core/store/record_file.h"

namespace cutaway::store {

namespace {

void new_line(std::string& out, std::size_t depth) {
    out.push_back('\n');
    out.append(depth * 2, ' ');
}

// The end of the string that begins at `at`, behind its quote.
std::size_t string_end(std::string_view json, std::size_t at) {
    for (std::size_t i = at + 1; i < json.size(); ++i) {
        if (json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            return i + 1;
        }
    }
    return json.size();
}

}  // namespace

std::string indented(std::string_view json) {
    std::string out;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        if (c == '"') {
            const std::size_t end = string_end(json, at);
            out.append(json.substr(at, end - at));
            at = end;
            continue;
        }
        const char next = at + 1 < json.size() ? json[at + 1] : '\0';
        if ((c == '{' && next == '}') || (c == '[' && next == ']')) {
            out.push_back(c);
            out.push_back(next);
            at += 2;
            continue;
        }
        if (c == '}' || c == ']') {
            depth -= depth > 0 ? 1 : 0;
            new_line(out, depth);
        }
        out.push_back(c);
        if (c == '{' || c == '[') {
            new_line(out, ++depth);
        } else if (c == ',') {
            new_line(out, depth);
        } else if (c == ':') {
            out.push_back(' ');
        }
        ++at;
    }
    out.push_back('\n');
    return out;
}

Result<std::string> read_record(world::World& world, const std::string& path) { return world.disk.read(path); }

Error damaged(const std::string& path) {
    return fail(
        Errc::invalid,
        path +
            " is damaged: it is not the JSON that was written there; put a copy of it back, or move away all that "
            "it describes");
}

Error too_new(const std::string& path, std::uint32_t version) {
    return fail(Errc::unsupported, path + " was written by a newer Cutaway (its format is " + std::to_string(version) +
                                       ", this one knows " + std::to_string(record_version) +
                                       "); use that Cutaway, or another --root");
}

}  // namespace cutaway::store
