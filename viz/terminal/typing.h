// SPDX-License-Identifier: Apache-2.0
// Typing: a line as a terminal lets one edit it before the program reads it: for programs whose terminal has no keys of
// its own, the simulated ones. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/terminal/keys.h"

namespace cutaway::terminal {

struct Typed {
    std::string echo;                  // for the screen
    std::optional<std::string> input;  // for the program; "" is the end of input
    bool interrupt = false;
};

class Typing {
public:
    Typed press(const Press& press);
    Typed paste(const std::string& text);

private:
    Typed control(char32_t letter);
    Typed enter();
    std::string erase(std::size_t letters);
    std::string recall(bool up);

    std::u32string line_;
    std::vector<std::u32string> lines_;  // typed before
    std::size_t recalled_ = 0;
};

}  // namespace cutaway::terminal
