// SPDX-License-Identifier: Apache-2.0
// What the lab's shell makes of a text, before anything runs. Values.
#pragma once

#include <string>
#include <vector>

#include "core/host/lab/words.h"

namespace cutaway::lab {

struct Part {
    std::string text;  // as it stands, or a variable's name
    bool variable = false;
    bool quoted = false;  // then what it holds is one word, spaces and all
};
using Word = std::vector<Part>;

struct Redirection {
    int descriptor = 1;
    int flags = 0;
    Word place;
};
struct Assignment {
    std::string name;
    Word value;
};
struct Command {
    std::vector<Assignment> assignments;
    std::vector<Word> words;
    std::vector<Redirection> redirections;
};
using Pipeline = std::vector<Command>;

enum class Next { always, on_success, on_failure };
struct Link {
    Pipeline pipeline;
    bool background = false;
    Next next = Next::always;
};
using Script = std::vector<Link>;

// Answers what is wrong with it, "" if nothing is.
std::string parse(const std::string& text, Script& script);

// The words that it stands for are put behind `words`.
void expand(const Word& word, int last_status, Words& words);

}  // namespace cutaway::lab
