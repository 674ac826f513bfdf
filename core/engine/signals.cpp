// SPDX-License-Identifier: Apache-2.0
#include "core/engine/signals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace cutaway::engine {

namespace {

// Linux's, by number from 1 (signal(7); x86 and ARM agree).
constexpr auto names = std::to_array<std::string_view>(
    {"HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1", "SEGV",
     "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN", "TTOU",
     "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"});
constexpr int first_real_time = 34;  // the C library keeps 32 and 33 to itself
constexpr int last_real_time = 64;

std::optional<int> whole(std::string_view text) {
    int value = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = got.ec == std::errc{} && got.ptr == text.data() + text.size();
    return good ? std::optional<int>(value) : std::nullopt;
}

// "RTMIN", "RTMIN+15", "RTMAX-14", as far as upstream lists them.
std::optional<int> real_time(std::string_view name) {
    const bool up = name.starts_with("RTMIN");
    if (!up && !name.starts_with("RTMAX")) {
        return std::nullopt;
    }
    const int from = up ? first_real_time : last_real_time;
    if (name.size() == 5) {
        return from;
    }
    const std::optional<int> by = whole(name.substr(6));
    const bool good = name[5] == (up ? '+' : '-') && by && *by >= 1 && *by <= (up ? 15 : 14);
    return good ? std::optional<int>(up ? from + *by : from - *by) : std::nullopt;
}

std::optional<int> by_name(std::string_view name) {
    name = name == "IOT" ? "ABRT" : name == "CLD" ? "CHLD" : name == "POLL" ? "IO" : name;
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? real_time(name) : std::optional<int>(static_cast<int>(found - names.begin()) + 1);
}

}  // namespace

Result<std::string> parse_signal(const std::string& given) {
    std::string upper = given;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    const bool number = whole(given).has_value();
    const std::optional<int> signal =
        number ? whole(given) : by_name(std::string_view(upper).substr(upper.starts_with("SIG") ? 3 : 0));
    if (!signal || *signal == 0) {
        return fail(Errc::invalid, "invalid signal: " + given);
    }
    if (*signal > 0 && *signal <= static_cast<int>(names.size())) {
        return "SIG" + std::string(names.at(static_cast<std::size_t>(*signal) - 1));
    }
    if (*signal < first_real_time || *signal > last_real_time) {
        return fail(Errc::invalid, "the linux daemon does not support signal " + std::to_string(*signal));
    }
    return std::to_string(*signal);
}

int signal_number(const std::string& parsed) {
    const std::optional<int> number =
        parsed.starts_with("SIG") ? by_name(std::string_view(parsed).substr(3)) : whole(parsed);
    return number.value_or(0);
}

}  // namespace cutaway::engine
