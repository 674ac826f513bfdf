// SPDX-License-Identifier: Apache-2.0
// Tamer: takes out of a program's bytes what a terminal here has no use for and what could make it hold or do too much:
// strings to the terminal (titles, clipboards, graphics) whatever their length, and numbers of more than four digits or
// more than sixteen of them in a sequence, and control characters beyond ASCII, whose width libvterm believes to be less
// than nothing. Everything else passes as it came; a sequence may come in pieces. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cutaway::terminal {

class Tamer {
public:
    std::string pass(std::string_view bytes);

private:
    enum class State { text, lead, escape, sequence, string, string_escape };
    void step(char c, std::string& out);
    void begin(char c, std::string& out);
    void number(char c, std::string& out);

    State state_ = State::text;
    int digits_ = 0;
    int numbers_ = 0;
};

// What a line's end is to a terminal: "\n" alone would leave the column as it is.
std::string with_returns(std::string_view text);

}  // namespace cutaway::terminal
