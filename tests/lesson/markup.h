// SPDX-License-Identifier: Apache-2.0
// Reads HTML and SVG that we wrote, strictly: every element closed, in order. No browser is as strict.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::lesson {

// Each element's name with how often it is opened.
inline std::map<std::string, int> elements_of(std::string_view html) {
    std::map<std::string, int> out;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        const std::size_t end = html.find_first_of(" />\n", at + 1);
        if (end != std::string_view::npos && end > at + 1 && html[at + 1] != '!') {
            ++out[std::string(html.substr(at + 1, end - at - 1))];
        }
    }
    return out;
}

// What is wrong first; empty: nothing.
inline std::string markup_problem(std::string_view html) {
    std::vector<std::string> open;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        const std::size_t end = html.find('>', at);
        if (end == std::string_view::npos) {
            return "a < that never ends";
        }
        const std::string_view tag = html.substr(at + 1, end - at - 1);
        if (tag.find('<') != std::string_view::npos) {
            return "a < inside a tag: " + std::string(tag);
        }
        const std::string name(tag.substr(tag.starts_with("/") ? 1 : 0, tag.find_first_of(" \n")));
        if (tag.starts_with("!") || tag.ends_with("/")) {
            continue;
        }
        if (!tag.starts_with("/")) {
            open.push_back(name);
        } else if (open.empty() || open.back() != name) {
            return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
        } else {
            open.pop_back();
        }
    }
    return open.empty() ? "" : open.back() + " is never closed";
}

}  // namespace cutaway::lesson
