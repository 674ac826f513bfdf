// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/table.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include <nlohmann/json.hpp>

namespace cutaway::peers {
namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool newline = text[at] == '\\' && at + 1 < text.size() && text[at + 1] == 'n';
        plain += newline ? '\n' : text[at];
        at += newline ? 1 : 0;
    }
    return plain;
}

// "WHAT SIDE: why"
bool read_reason(const std::string& words, int line, Reason& into) {
    std::istringstream stream(words);
    stream >> into.what >> into.side;
    if (into.side.empty() || into.side.back() != ':') {
        return false;
    }
    into.side.pop_back();
    std::getline(stream >> std::ws, into.text);
    into.line = line;
    return !into.text.empty() && (into.side == "model" || into.side == "real" || into.side == "both");
}

bool read_step(std::string_view text, int line, Table& into) {
    if (into.scenarios.empty()) {
        return false;
    }
    Step step;
    step.line = line;
    step.compare = text[0] == '{' ? Compare::fields : Compare::text;
    step.compared = text[0] != '-';
    step.command = std::string(text.substr(2));
    into.scenarios.back().steps.push_back(step);
    return true;
}

bool read_line(const std::string& text, int line, Table& into) {
    if (text.empty() || text[0] == '#') {
        return true;
    }
    if (starts(text, "== ")) {
        into.scenarios.push_back({text.substr(3), {}});
        return true;
    }
    if (starts(text, "~ ")) {
        const std::size_t arrow = text.find(" => ");
        if (arrow == std::string::npos) {
            return false;
        }
        into.wordings.push_back({unescaped(text.substr(2, arrow - 2)), unescaped(text.substr(arrow + 4))});
        return true;
    }
    if (starts(text, "$ ") || starts(text, "{ ") || starts(text, "- ")) {
        return read_step(text, line, into);
    }
    Reason reason;
    if (!starts(text, "! ") || !read_reason(text.substr(2), line, reason)) {
        return false;
    }
    const bool everywhere = into.scenarios.empty();
    if (!everywhere && into.scenarios.back().steps.empty()) {
        return false;
    }
    (everywhere ? into.everywhere : into.scenarios.back().steps.back().reasons).push_back(reason);
    return true;
}

bool is_hex(char letter) { return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f'); }

std::size_t length_of_hex(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_hex(text[length])) {
        ++length;
    }
    return length;
}

// 9 is a digit, every other letter itself.
bool looks_like(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) {
        return false;
    }
    for (std::size_t at = 0; at < shape.size(); ++at) {
        const bool digit = std::isdigit(static_cast<unsigned char>(text[at])) != 0;
        if (shape[at] == '9' ? !digit : text[at] != shape[at]) {
            return false;
        }
    }
    return true;
}

std::size_t length_of_time(std::string_view text) {
    for (const std::string_view shape : {"9999-99-99T99:99:99", "9999-99-99 99:99:99"}) {
        if (looks_like(text, shape)) {
            std::size_t length = shape.size();
            while (length < text.size() && std::string_view(".0123456789").find(text[length]) != std::string::npos) {
                ++length;
            }
            for (const std::string_view zone : {"Z", " +0000 UTC", "+00:00"}) {
                length += starts(text.substr(length), zone) ? zone.size() : 0;
            }
            return length;
        }
    }
    return 0;
}

// "Less than a second", "About a minute", "3 seconds"
std::size_t length_of_span(std::string_view text) {
    for (const std::string_view words : {"Less than a second", "About a minute", "1 second"}) {
        if (starts(text, words) && !starts(text.substr(words.size()), "s")) {
            return words.size();
        }
    }
    std::size_t digits = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) {
        ++digits;
    }
    for (const std::string_view unit : {" seconds", " minutes"}) {
        if (digits > 0 && starts(text.substr(digits), unit)) {
            return digits + unit.size();
        }
    }
    return 0;
}

struct Found {
    std::size_t length = 0;
    std::string name;
};

Found found_at(std::string_view text) {
    if (const std::size_t hex = length_of_hex(text); hex == 64 || hex == 12) {
        return {hex, "<id>"};
    }
    if (const std::size_t time = length_of_time(text); time > 0) {
        return {time, "<time>"};
    }
    if (const std::size_t span = length_of_span(text); span > 0) {
        return {span, "<ago>"};
    }
    return {};
}

bool is_word(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0; }

// Columns are as wide as what is in them, ids and times too.
std::string in_narrow_columns(const std::string& text) {
    std::istringstream lines(text);
    std::string narrow;
    for (std::string line; std::getline(lines, line);) {
        std::string kept;
        for (std::size_t at = 0; at < line.size(); ++at) {
            const bool third = line[at] == ' ' && at > 1 && line[at - 1] == ' ' && line[at - 2] == ' ';
            kept += third ? "" : std::string(1, line[at]);
        }
        narrow += kept.substr(0, kept.find_last_not_of(' ') + 1) + "\n";
    }
    return narrow;
}

// Where the pattern ends that begins here; 0: it is not here. What % stood for is collected.
std::size_t match(std::string_view text, std::string_view pattern, std::vector<std::string>& holes) {
    std::size_t at = std::min(pattern.find('%'), pattern.size());
    if (!starts(text, pattern.substr(0, at))) {
        return 0;
    }
    while (at < text.size() && !pattern.empty()) {
        pattern.remove_prefix(std::min(pattern.find('%'), pattern.size()));
        if (pattern.empty()) {
            break;
        }
        pattern.remove_prefix(1);
        const std::string_view next = pattern.substr(0, pattern.find('%'));
        const std::string_view rest = text.substr(at);
        const std::size_t line = std::min(rest.find('\n'), rest.size());
        const std::size_t found = next.empty() ? line : rest.find(next);
        if (found > line) {
            return 0;
        }
        holes.emplace_back(rest.substr(0, found));
        at += found + next.size();
    }
    return at;
}

std::string filled(std::string_view words, const std::vector<std::string>& holes) {
    std::string text;
    std::size_t next = 0;
    for (const char letter : words) {
        text += letter != '%' ? std::string(1, letter) : next < holes.size() ? holes[next++] : std::string();
    }
    return text;
}

}  // namespace

Table read_table(const std::string& text) {
    Table table;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (!read_line(line, number, table) && table.wrong.empty()) {
            table.wrong = "line " + std::to_string(number) + ": " + line;
        }
    }
    return table;
}

std::string without_chance(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = at == 0 || !is_word(text[at - 1]);
        const Found found = begins ? found_at(std::string_view(text).substr(at)) : Found{};
        const bool ends = at + found.length >= text.size() || !is_word(text[at + found.length]);
        if (found.length > 0 && ends) {
            plain += found.name;
            at += found.length;
        } else {
            plain += text[at++];
        }
    }
    return in_narrow_columns(plain);
}

std::string in_todays_words(const std::string& text, const std::vector<Wording>& wordings) {
    std::string words = text;
    for (const Wording& wording : wordings) {
        std::string changed;
        for (std::size_t at = 0; at < words.size();) {
            std::vector<std::string> holes;
            const std::size_t length = match(std::string_view(words).substr(at), wording.old_words, holes);
            changed += length > 0 ? filled(wording.new_words, holes) : std::string(1, words[at]);
            at += length > 0 ? length : 1;
        }
        words = changed;
    }
    return words;
}

std::map<std::string, std::string> fields_of(const std::string& json) {
    const nlohmann::json document = nlohmann::json::parse(json, nullptr, false);
    std::map<std::string, std::string> fields;
    if (document.is_discarded()) {
        return fields;
    }
    const nlohmann::json flat = document.flatten();
    for (const auto& [path, value] : flat.items()) {
        fields[path] = without_chance(value.dump());
    }
    return fields;
}

}  // namespace cutaway::peers
