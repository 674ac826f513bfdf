// SPDX-License-Identifier: Apache-2.0
// Telling: what a lesson says to whoever it is played to, one thing after another, and what it then waits for. Values
// only: a terminal prints them, the window makes a card of them. Texts are filled in; pointers lead into the lesson.
#pragma once

#include <string>

#include "core/base/enum.h"
#include "core/lesson/lesson.h"

namespace cutaway::lesson {

enum class Says {
    head,      // `step` begins
    prose,     // Markdown
    card,      // `text` is often said, `more` is true today
    figure,    // `figure`; `more` is its name, `text` what it shows
    question,  // `predict`
    task,      // `task`
    typed,     // a command line, about to be performed
    stopped,   // the command is held: what happens next
    ended,     // the commands are through
    missed,    // a stop that never came
    graded,    // `predict`; `right`, else `more` is what is right; `text` why
    skipped,
    hint,
    done,     // a task, by the learner
    shown,    // a task, by its own solution
    spoiled,  // a task can no more be done
    words,    // `step`'s glossary is asked for
    notes,    // and the presenter's notes
    value,    // of a place on the picture, as JSON
    help,
    problem,   // what was typed cannot be done here, and why
    explored,  // a command of the learner's own was performed, outside of any task
    turn,      // the learner went on: what was said until here has been read
    over,      // the lesson's end
    left,      // the learner left
    again      // to be begun again, from the step `text`, on a fresh machine
};
CUTAWAY_ENUM(Says, head, prose, card, figure, question, task, typed, stopped, ended, missed, graded, skipped, hint,
             done, shown, spoiled, words, notes, value, help, problem, explored, turn, over, left, again)

struct Telling {
    Says says = Says::prose;
    std::string text = {};
    std::string more = {};
    bool right = false;
    const Step* step = nullptr;
    const Predict* predict = nullptr;
    const Task* task = nullptr;
    const Figure* figure = nullptr;
};

enum class Awaits { nothing, go_on, answer, work, own };  // own: the lesson is over, its machine is still there
CUTAWAY_ENUM(Awaits, nothing, go_on, answer, work, own)

}  // namespace cutaway::lesson
