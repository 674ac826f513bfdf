// SPDX-License-Identifier: Apache-2.0
// What psql shows and what it reads: result tables, errors with the line they point at, statements out of typed lines.
// Pure functions and values; the conversation with a server is in psql.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/programs/pg_wire.h"

namespace cutaway::model::pg {

struct Shown {  // a result on its way
    std::string title;
    std::vector<std::string> names;
    std::vector<bool> right;
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::optional<std::string> footer;
    bool any = false;
};
CUTAWAY_FIELDS(Shown, title, names, right, rows, footer, any)

struct Look {
    bool aligned = true;
    bool tuples_only = false;
    std::string separator = "|";
};
CUTAWAY_FIELDS(Look, aligned, tuples_only, separator)

std::string table_text(const Shown& shown, const Look& look);
std::string problem_text(const Message& message, const std::string& query);  // of an E or N

// What was typed, cut into statements and backslash commands.
struct Typed {
    std::string waiting;  // of a statement whose end has not come
    char quote = 0;       // within '…', "…" or, as '*', a comment
    int depth = 0;        // of parentheses
    int line = 0;
};
CUTAWAY_FIELDS(Typed, waiting, quote, depth, line)

// The next whole statement ("SELECT 1;") or command ("\\dt") at the front of `source`, taken out of it; `over`: no more
// comes, so what is left is whole. Nothing: more has to be typed.
std::optional<std::string> next_typed(std::string& source, Typed& typed, bool over);
// :name, :'name' and :"name" become what -v said, outside of quotes.
std::string with_variables(const std::string& text, const std::map<std::string, std::string>& variables);

}  // namespace cutaway::model::pg
