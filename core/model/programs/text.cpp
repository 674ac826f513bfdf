// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/text.h"

#include <array>
#include <charconv>

namespace cutaway::model::programs {

std::string_view base_name(std::string_view path) {
    while (path.size() > 1 && path.back() == '/') {
        path.remove_suffix(1);
    }
    const std::size_t at = path.rfind('/');
    return at == std::string_view::npos || path.size() == 1 ? path : path.substr(at + 1);
}

std::string dir_name(std::string_view path) {
    while (path.size() > 1 && path.back() == '/') {
        path.remove_suffix(1);
    }
    const std::size_t at = path.rfind('/');
    if (at == std::string_view::npos) {
        return ".";
    }
    return at == 0 ? "/" : std::string(path.substr(0, at));
}

std::string join_path(std::string_view directory, std::string_view name) {
    std::string path(directory);
    if (!path.empty() && path.back() != '/') {
        path += '/';
    }
    return path.append(name);
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == at) {
            parts.emplace_back(text.substr(from, i - from));
            from = i + 1;
        }
    }
    return parts;
}

std::vector<std::string> split_blank(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!part.empty()) {
                parts.push_back(std::move(part));
                part.clear();
            }
        } else {
            part += c;
        }
    }
    if (!part.empty()) {
        parts.push_back(std::move(part));
    }
    return parts;
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines = split(text, '\n');
    if (lines.back().empty()) {
        lines.pop_back();
    }
    return lines;
}

std::string_view trim(std::string_view text) {
    const std::string_view blank = " \t\r\n";
    const std::size_t from = text.find_first_not_of(blank);
    if (from == std::string_view::npos) {
        return {};
    }
    return text.substr(from, text.find_last_not_of(blank) - from + 1);
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return made;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::optional<std::int64_t> to_number(std::string_view text) {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto got = std::from_chars(text.data(), end, value);
    if (text.empty() || got.ec != std::errc{} || got.ptr != end) {
        return std::nullopt;
    }
    return value;
}

std::string left(std::string_view text, std::size_t width) {
    std::string made(text);
    if (made.size() < width) {
        made.append(width - made.size(), ' ');
    }
    return made;
}

std::string right(std::string_view text, std::size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ').append(text) : std::string(text);
}

std::string zeros(std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::string human_size(std::uint64_t bytes) {
    if (bytes < 1024) {
        return std::to_string(bytes);
    }
    constexpr std::string_view units = "KMGTPE";
    std::size_t unit = 0;
    std::uint64_t scale = 1024;
    while (bytes / scale >= 1024 && unit + 1 < units.size()) {
        scale *= 1024;
        ++unit;
    }
    const std::uint64_t tenths = (bytes / (scale / 16) * 10 + 15) / 16;
    if (tenths < 100) {
        return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + units[unit];
    }
    return std::to_string((bytes + scale - 1) / scale) + units[unit];
}

std::optional<std::int64_t> to_duration(std::string_view text) {
    std::int64_t unit = 1'000'000'000;
    if (!text.empty()) {
        switch (text.back()) {
            case 's': text.remove_suffix(1); break;
            case 'm':
                unit *= 60;
                text.remove_suffix(1);
                break;
            case 'h':
                unit *= 3600;
                text.remove_suffix(1);
                break;
            case 'd':
                unit *= 86400;
                text.remove_suffix(1);
                break;
            default: break;
        }
    }
    if (text == "inf" || text == "infinity") {
        return std::int64_t{100} * 365 * 86400 * 1'000'000'000 / 2;
    }
    const std::size_t dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    const std::string_view part = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    const auto seconds = whole.empty() && !part.empty() ? std::optional<std::int64_t>(0) : to_number(whole);
    if (!seconds || *seconds < 0 || *seconds > 3'000'000'000 / (unit / 1'000'000'000)) {
        return std::nullopt;
    }
    std::int64_t total = *seconds * unit;
    for (const char c : part) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        unit /= 10;
        total += (c - '0') * unit;
    }
    return total;
}

std::string mode_text(const world::FileInfo& info) {
    constexpr std::string_view types = "-dlcbps";
    std::string text(1, types[static_cast<std::size_t>(info.type)]);
    for (int shift = 6; shift >= 0; shift -= 3) {
        const std::uint32_t bits = info.mode >> static_cast<unsigned>(shift);
        text += (bits & 4U) != 0 ? 'r' : '-';
        text += (bits & 2U) != 0 ? 'w' : '-';
        text += (bits & 1U) != 0 ? 'x' : '-';
    }
    if ((info.mode & 01000U) != 0) {
        text.back() = text.back() == 'x' ? 't' : 'T';
    }
    if ((info.mode & 04000U) != 0) {
        text[3] = text[3] == 'x' ? 's' : 'S';
    }
    return text;
}

namespace {

// signal(7), x86 and ARM numbers.
constexpr std::array<std::string_view, 32> signal_names{
    "EXIT", "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "POLL", "PWR",  "SYS"};

}  // namespace

std::optional<int> signal_number(std::string_view name) {
    if (const auto number = to_number(name)) {
        return *number >= 0 && *number < 65 ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
    }
    std::string upper(name);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    if (upper.starts_with("SIG")) {
        upper.erase(0, 3);
    }
    for (std::size_t i = 0; i < signal_names.size(); ++i) {
        if (signal_names[i] == upper) {
            return static_cast<int>(i);
        }
    }
    return std::nullopt;
}

std::string_view signal_name(int number) {
    return number >= 0 && number < 32 ? signal_names[static_cast<std::size_t>(number)] : std::string_view("?");
}

std::string_view signal_words(int number) {
    switch (number) {
        case 1: return "Hangup";
        case 3: return "Quit";
        case 6: return "Aborted";
        case 9: return "Killed";
        case 10: return "User defined signal 1";
        case 11: return "Segmentation fault";
        case 12: return "User defined signal 2";
        case 14: return "Alarm clock";
        case 15: return "Terminated";
        default: return "";
    }
}

}  // namespace cutaway::model::programs
