// SPDX-License-Identifier: Apache-2.0
// A table of command lines that several engines are given, and where their answers may differ, each with its reason.
// Reads text only; it starts nothing. The format stands at the top of tests/peers/docker.txt.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cutaway::peers {

enum class Compare { text, fields };

struct Reason {
    std::string what;  // "stdout", "stderr", "exit", "any", or the beginning of a field's path
    std::string side;  // "model", "real" or "both"
    std::string text;
    int line = 0;
};

struct Step {
    std::string command;
    Compare compare = Compare::text;
    bool compared = true;
    std::vector<Reason> reasons;
    int line = 0;
};

struct Scenario {
    std::string title;
    std::vector<Step> steps;
};

// Docker's words of 20.10 and those of today, where % stands for anything within a line.
struct Wording {
    std::string old_words;
    std::string new_words;
};

struct Table {
    std::vector<Wording> wordings;
    std::vector<Reason> everywhere;  // fields that differ in every `fields`
    std::vector<Scenario> scenarios;
    std::string wrong;  // empty: it could be read
};

Table read_table(const std::string& text);

// Ids, times and how long ago become <id>, <time> and <ago>; columns are two spaces apart.
std::string without_chance(const std::string& text);
std::string in_todays_words(const std::string& text, const std::vector<Wording>& wordings);
// Each leaf of a JSON document by its path; empty when it is none.
std::map<std::string, std::string> fields_of(const std::string& json);

}  // namespace cutaway::peers
