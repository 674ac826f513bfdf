// SPDX-License-Identifier: Apache-2.0
// Handout: a lesson on paper, as one HTML document that needs nothing else: for the learner the questions, the tasks and
// places to write in, for the teacher the answers. Without a key no answer, feedback, hint or solution is in it, and no
// narration, which tells them. Pure; what a lesson's author wrote is escaped.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"

namespace cutaway::lesson {

struct KeyAnswer {
    std::string answer;             // the right one, as it came out when the lesson was played
    std::vector<std::string> says;  // filled in, to each choice or named wrong answer, in the lesson's order
    std::string praise;             // said to the right answer, of a number or a text
};

struct Key {                                   // what only a machine on which the lesson was played can tell
    std::map<std::string, KeyAnswer> answers;  // by question
    std::map<std::string, std::vector<std::string>> solved;  // by task: the commands
};

// Without a key: the learner's sheet. `glossary` explains the words of the steps.
std::string handout(const Lesson& lesson, const std::map<std::string, std::string>& glossary, const Key* key);

}  // namespace cutaway::lesson
