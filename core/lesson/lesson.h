// SPDX-License-Identifier: Apache-2.0
// Lesson: what lessons/<folder>/lesson.md says, as values. docs/lesson-format.md is its manual. It knows no engine, no
// terminal and no window; whoever plays it performs its commands and shows its texts. Texts are Markdown; {{ expression }}
// in them is filled in from the Picture (core/lesson/grade.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/lesson/figure.h"
#include "core/scene/expression.h"
#include "core/trace/breakpoints.h"

namespace cutaway::lesson {

struct Prose {
    static constexpr std::string_view kind = "prose";
    std::string text;
};

struct Run {  // one after another; if stops follow, the last of them is gone through stop by stop
    static constexpr std::string_view kind = "run";
    std::vector<std::string> commands;  // "docker run …"; anything else is for the host's shell
    int exits = 0;                      // the last one's status
};

struct Stop {
    static constexpr std::string_view kind = "stop";
    trace::Breakpoint where;
    std::optional<scene::Expression> when;  // becomes true; instead of `where`
    bool after = false;                     // behind what `where` matches, not before it
    std::string say;                        // what happens next, in a few words
};

struct Finish {  // the command goes on to its end
    static constexpr std::string_view kind = "finish";
};

enum class Ask { choice, number, text, order };
CUTAWAY_ENUM(Ask, choice, number, text, order)

struct Choice {
    std::string value;  // what `answer` gives if this is right
    std::string text;
    std::string say;
};

struct Wrong {  // feedback to a number or a text
    std::string value;
    std::string say;
};

struct Item {
    std::optional<scene::Expression> rank;  // of an order: grows from item to item
    std::string text;
};

struct Predict {
    static constexpr std::string_view kind = "predict";
    std::string id;
    Ask type = Ask::choice;
    std::string ask;
    std::optional<scene::Expression> answer;  // of an order: none, the items stand in the right one
    std::vector<Choice> choices;
    std::vector<Item> items;
    std::vector<Wrong> wrongs;
    std::vector<std::string> accept;  // other forms of a text
    std::string right;                // said to the right answer
    std::string otherwise;            // said to a wrong one that no `wrong` names
    bool now = false;                 // graded at once, not at the next stop or end
    std::uint32_t points = 1;
};

struct Hint {
    std::optional<scene::Expression> when;
    std::string text;
};

struct Task {
    static constexpr std::string_view kind = "task";
    std::string id;
    std::string goal;
    std::optional<scene::Expression> verify;
    std::vector<Hint> hints;
    std::optional<scene::Expression> fail;  // the attempt is spoiled
    std::string fail_say;
    std::vector<std::string> solve;  // commands
    std::string done;                // said when it is
    std::uint32_t points = 1;
};

// On which other story a check must be false: as it stood before the command, or on the same tape with events left out
// or read differently.
struct Counter {
    enum class Kind { before, without, reading };
    Kind kind = Kind::before;
    std::string what;     // without: a kind of event ("signal"); reading: this …
    std::string instead;  // … as that
};

struct Check {
    static constexpr std::string_view kind = "check";
    std::vector<int> claims;
    std::string world;  // where it is looked at; empty: wherever the lesson is played
    std::optional<scene::Expression> holds;
    Counter counter;
    std::string text;
};

struct Card {  // what many documents say, and what is true today
    static constexpr std::string_view kind = "card";
    std::vector<int> claims;
    std::string often;
    std::string today;
};

struct Figure {
    static constexpr std::string_view kind = "figure";
    std::string name;
    std::string alt;
    Drawing drawing;  // the catalog's; without a width there is none
};

using Block = std::variant<Prose, Run, Stop, Finish, Predict, Task, Check, Card, Figure>;

struct Part {
    int line = 0;
    Block block;
};

struct Step {
    int line = 0;
    std::string id;
    std::string title;
    std::vector<std::string> words;   // of the glossary
    std::vector<std::string> lights;  // what the window lights up, as pointers
    std::vector<std::string> notes;   // the presenter's
    std::vector<int> explains;        // claims that nothing here can execute
    std::string caption;
    std::vector<Part> parts;
};

struct Cut {  // a shorter way through
    int minutes = 0;
    std::vector<std::string> steps;
};

struct StandIn {  // on the real machine a lab image bears the other's name, so that no registry is needed
    std::string image;
    std::string lab;
};

struct Lesson {
    std::string file;  // "lessons/L07-docker-run-nginx/lesson.md"
    std::string id;    // "L07"
    std::string locale = "en";
    std::string title;
    std::string summary;
    std::vector<std::string> goals;
    int minutes = 0;
    std::vector<std::string> worlds;  // model, real
    std::vector<std::string> images;
    std::vector<StandIn> stand_ins;  // of its images, in the real world
    std::vector<std::string> needs;  // lessons
    std::vector<std::string> quiz;   // questions that are also asked before and after it (core/lesson/quiz.h)
    std::vector<Cut> cuts;
    std::vector<Step> steps;
};

bool plays_in(const Lesson& lesson, std::string_view world);
const Step* find_step(const Lesson& lesson, std::string_view id);

}  // namespace cutaway::lesson
