// SPDX-License-Identifier: Apache-2.0
// Small text work that many programs share: splitting, numbers, padding, sizes, dates, file modes, signals' names.
// Pure functions; nothing here knows a process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/sys.h"

namespace cutaway::model::programs {

std::string_view base_name(std::string_view path);
std::string dir_name(std::string_view path);
std::string join_path(std::string_view directory, std::string_view name);

std::vector<std::string> split(std::string_view text, char at);  // "a::b" has three
std::vector<std::string> split_blank(std::string_view text);     // runs of blanks
std::vector<std::string> split_lines(std::string_view text);     // no empty last one
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

std::optional<std::int64_t> to_number(std::string_view text);  // the whole of it, decimal
std::string left(std::string_view text, std::size_t width);    // padded on the right
std::string right(std::string_view text, std::size_t width);   // padded on the left
std::string zeros(std::int64_t value, std::size_t width);
std::string human_size(std::uint64_t bytes);  // "4.0K" as ls -h

struct Date {
    std::int64_t year = 1970;
    int month = 1, day = 1, hour = 0, minute = 0, second = 0;
    int week_day = 4;  // 0: Sunday
    int year_day = 1;
};
Date to_date(std::int64_t wall_ns);                                      // UTC
std::string format_date(std::string_view format, std::int64_t wall_ns);  // strftime's common letters
std::optional<std::int64_t> to_duration(std::string_view text);          // "1.5", "2m": nanoseconds

std::string mode_text(const world::FileInfo& info);       // "drwxr-xr-x"
std::optional<int> signal_number(std::string_view name);  // "TERM", "SIGTERM", "15"
std::string_view signal_name(int number);                 // "TERM"
std::string_view signal_words(int number);                // "Terminated", as a shell reports it

std::optional<std::string> read_file(Sys& sys, std::string_view path);  // whole; nothing if it cannot be read
Status write_file(Sys& sys, std::string_view path, std::string_view bytes, bool append = false);
std::string user_name(Sys& sys, std::uint32_t uid);  // of /etc/passwd, else the number
std::string group_name(Sys& sys, std::uint32_t gid);
std::optional<std::pair<std::uint32_t, std::uint32_t>> find_user(Sys& sys, std::string_view name);
std::optional<std::string> find_in_path(Sys& sys, std::string_view path, std::string_view name);
std::string environment(Sys& sys, std::string_view name);  // "" if unset

}  // namespace cutaway::model::programs
