// SPDX-License-Identifier: Apache-2.0
// Options as getopt(3) reads them. A letter outside the program's grammar is reported, never skipped.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::model::programs {

struct LongOption {
    std::string_view name;  // "--lines"
    char letter;            // the short one that means the same
};

struct Options {
    std::map<char, std::string> values;  // by letter; of repeated ones the last
    std::vector<std::string> rest;
    std::string unknown;  // the first option that the grammar lacks, or "-n needs a value"

    [[nodiscard]] bool has(char letter) const { return values.contains(letter); }
    [[nodiscard]] std::string value(char letter, std::string_view otherwise = {}) const {
        const auto at = values.find(letter);
        return at == values.end() ? std::string(otherwise) : at->second;
    }
};

// `letters`: "ab:c", a colon behind a letter that takes a value. With a leading '+', operands end the options.
Options parse_options(const std::vector<std::string>& argv, std::string_view letters,
                      std::initializer_list<LongOption> longs = {});

}  // namespace cutaway::model::programs
