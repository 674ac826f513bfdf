// SPDX-License-Identifier: Apache-2.0
// Docker's ways of writing sizes, ages and tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::cli {

std::string human_size(std::uint64_t bytes);                // "41.2MB": powers of 1000, four digits
std::string human_duration(std::int64_t ns);                // "About a minute", "3 hours"
std::string cut(std::string_view text, std::size_t width);  // with "…" where it is longer
// Columns as wide as their widest cell and three blanks, ten at least, as docker does; the last is not padded.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace cutaway::cli
