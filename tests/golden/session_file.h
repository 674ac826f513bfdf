// SPDX-License-Identifier: Apache-2.0
// A file of tests/golden/sessions: commands, what is typed into them, what comes, and the prose between.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::golden {

struct Command {
    int number = 0;      // of its line in the file
    std::string before;  // prose
    std::string typed;   // its lines as they stand, with "$ " and "< "
    std::string line;    // one line, without "$ "
    std::string input;   // of the lines "< "
    std::string expected;
    bool closed = false;  // by a line "---"
};

struct SessionFile {
    std::vector<Command> commands;
    std::string after;                 // prose behind the last one
    std::set<int> claims;              // "claims: 3 17"
    std::string clock = "advance:5s";  // "clock: …": between two commands
};

SessionFile parse_session(std::string_view text);
SessionFile read_session(const std::string& path);
std::string write_session(const SessionFile& file);

bool matches(const std::string& came, const std::string& expected);
std::string without_numbers(const std::string& came);  // what differs from run to run becomes a ~

std::vector<std::string> words_of(const std::string& line);  // for Stage::perform

}  // namespace cutaway::golden
