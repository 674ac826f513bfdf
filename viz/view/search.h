// SPDX-License-Identifier: Apache-2.0
// What is searched for among events, and whether one is it. Words are looked for, in any case, in what an event's line
// of the trace says: calls and their arguments, replies, errors, notes; all of them must be there. `phase:overlay`,
// `actor:kernel` and `error` leave out the rest. Pure: a line at a time, decoded by nobody.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/world/vocabulary.h"

namespace cutaway::view {

struct SearchQuery {
    std::vector<std::string> words;  // lower case, as JSON writes them
    std::optional<world::Phase> phase;
    std::optional<world::Actor> actor;
    bool errors = false;
    friend bool operator==(const SearchQuery&, const SearchQuery&) = default;
};

// Errc::invalid: "no such phase: x; there are resolve, …".
Result<SearchQuery> parse_query(std::string_view text);
inline bool is_blank(const SearchQuery& query) { return query == SearchQuery{}; }

// `scratch` keeps its memory from line to line.
bool found_in(const SearchQuery& query, std::string_view line, std::string& scratch);

// What could stand where the text ends, each the whole text so completed.
std::vector<std::string> complete_query(std::string_view text);

}  // namespace cutaway::view
