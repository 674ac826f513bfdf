// SPDX-License-Identifier: Apache-2.0
// Rows of named columns under a person's --format: "json", a Go template for each row, or one behind "table " with
// titles over it. Without a format the caller prints its own table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::cli {

struct Column {
    std::string_view field;  // as templates name it: "Names"
    std::string_view title;  // "NAMES"
};

Result<std::string> formatted(std::string_view format, const std::vector<Column>& columns,
                              const std::vector<std::vector<std::string>>& rows);

}  // namespace cutaway::cli
