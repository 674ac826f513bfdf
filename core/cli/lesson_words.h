// SPDX-License-Identifier: Apache-2.0
// What was typed behind `cutaway lesson`: the verb, its names and its options. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::cli {

struct LessonWords {
    std::string verb;
    std::vector<std::string> names;
    std::map<std::string, std::string> values;  // "--from" → "isolate"
    std::set<std::string> flags;                // "--notes"

    [[nodiscard]] bool has(const std::string& flag) const { return flags.count(flag) != 0; }
    [[nodiscard]] std::string value(const std::string& option, const std::string& otherwise = {}) const {
        const auto found = values.find(option);
        return found == values.end() ? otherwise : found->second;
    }
    [[nodiscard]] std::string locale() const { return value("--lang", "en"); }
};

// Of all words, the first of which is "lesson". Errc::invalid: the verb has no such option, or its value is missing.
Result<LessonWords> read_lesson_words(const std::vector<std::string>& words);

std::vector<std::string_view> lesson_verbs();

extern const char* const lesson_usage;

}  // namespace cutaway::cli
