// SPDX-License-Identifier: Apache-2.0
// Policy: what a teacher allows while a lesson is played. The tutor honours it, so the terminal and the window do. Values
// and their codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::lesson {

struct Policy {
    std::string format = "cutaway-policy";
    std::uint32_t version = 1;
    bool skip = true;                       // a question or a task; also steps, by step ID, --from or a cut
    bool solve = true;                      // be shown how a task is done, unasked or asked
    std::optional<std::uint32_t> attempts;  // at a task, at least 1; behind the last it is shown and gives no points
    std::optional<std::uint32_t> hints;     // for a task
    std::string word;                       // the class's, for the seals
    friend bool operator==(const Policy&, const Policy&) = default;
};
CUTAWAY_FIELDS(Policy, format, version, skip, solve, attempts, hints, word)

std::string to_json(const Policy& policy);
Result<Policy> policy_from(std::string_view json);

// "no skipping, 3 attempts a task"; empty: everything is allowed. The word is not in it.
std::string in_words(const Policy& policy);

// Looking around is no attempt: docker ps, inspect, logs, …
bool only_looks(std::string_view command);

}  // namespace cutaway::lesson
