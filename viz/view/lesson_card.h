// SPDX-License-Identifier: Apache-2.0
// LessonCard: one page of a lesson as the card that the window shows: where in the lesson it is, its text block by
// block, what is asked and may be chosen, what is to be done and whether it is, the words of the step, the notes. An
// answer is in it only when it was given. And what the step lights up on the drawing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/lesson/figure.h"
#include "core/lesson/progress.h"
#include "viz/view/lesson_pages.h"
#include "viz/view/moment.h"

namespace cutaway::view {

enum class BlockKind {
    text,
    item,   // of a list; `label` is its mark
    code,   // lines as they are
    typed,  // a command line
    stop,
    right,
    wrong,
    often,
    today,
    figure,
    question,
    goal,
    hint,
    done,
    shown,
    spoiled,
    problem,
    value
};
CUTAWAY_ENUM(BlockKind, text, item, code, typed, stop, right, wrong, often, today, figure, question, goal, hint, done,
             shown, spoiled, problem, value)

struct LessonBlock {
    BlockKind kind = BlockKind::text;
    std::string label;
    std::string text;                          // Markdown, but for code, typed and value
    const lesson::Drawing* drawing = nullptr;  // of a figure, if there is one: the lesson's
};

struct LessonOption {
    std::string text;
    std::size_t place = 0;  // of an order: 1 is first; 0: not yet chosen
    bool given = false;     // of a choice
};

enum class StepState { done, now, ahead };
CUTAWAY_ENUM(StepState, done, now, ahead)

struct LessonStep {
    std::string id;
    std::string title;
    StepState state = StepState::ahead;
};

enum class TickState { open, done, shown, skipped, failed };
CUTAWAY_ENUM(TickState, open, done, shown, skipped, failed)

struct LessonTick {
    std::string id;
    std::string goal;
    TickState state = TickState::open;
};

struct LessonWord {
    std::string word;
    std::string meaning;
};

struct LessonCard {
    std::string lesson;  // "L07  What happens on docker run nginx"
    std::string where;   // "step 2 of 7"
    std::string title;
    std::string caption;
    std::vector<LessonStep> steps;
    std::vector<LessonBlock> blocks;
    lesson::Awaits awaits = lesson::Awaits::nothing;
    lesson::Ask ask = lesson::Ask::choice;
    std::vector<LessonOption> options;
    bool complete = false;          // an order whose items are all chosen
    std::vector<LessonTick> tasks;  // of the step
    std::vector<LessonWord> words;
    std::vector<std::string> notes;
    std::string next;   // the title of the step that comes
    std::string place;  // "page 3 of 5"
    bool past = false;  // an earlier page
    bool over = false;
};

struct LessonReading {  // what a card is made for
    const LessonPages& pages;
    std::size_t page = 0;
    lesson::Awaits awaits = lesson::Awaits::nothing;
    const lesson::Progress& progress;
    const std::map<std::string, std::string>& glossary;
    const std::vector<std::size_t>& picks;  // places of an order, as they were chosen
};

LessonCard lesson_card_of(const LessonReading& reading);

// Paragraphs, list items and code of a Markdown text, each a block.
std::vector<LessonBlock> blocks_of(std::string_view markdown);

// The parts of the drawing that a step's pointers lead to: "pull.layers" to the layers.
std::vector<Part> parts_lit(const std::vector<std::string>& lights);

}  // namespace cutaway::view
