// SPDX-License-Identifier: Apache-2.0
// A report's rows for other programs: a table for a spreadsheet, statements for a learning record store. Only text is
// made; nothing is sent.
#pragma once

#include <string>
#include <vector>

#include "core/lesson/report.h"

namespace cutaway::lesson {

// RFC 4180, with a line of names. A cell that a spreadsheet would take for a formula begins with an apostrophe.
std::string to_csv(const std::vector<Row>& rows);

// The report and its rows: what is merged again, and what is read by whoever does not want to count.
std::string to_json(const Report& report, const std::vector<Row>& rows);

// xAPI 1.0.3 statements, as one JSON array: answered, completed, attempted. The same row always has the same id.
std::string to_xapi(const std::vector<Row>& rows);

}  // namespace cutaway::lesson
