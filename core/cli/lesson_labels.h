// SPDX-License-Identifier: Apache-2.0
// LessonLabels: what the terminal player says itself around a lesson's own texts, in the lesson's language. Words that a
// learner types (hint, solve, quit) and the engine's errors stay English. Pure data.
#pragma once

#include <string_view>

namespace cutaway::cli {

struct LessonLabels {
    std::string_view locale;
    std::string_view minutes;
    std::string_view greeting;
    std::string_view real_greeting;
    std::string_view stand_in;  // its two images
    std::string_view going_on;  // {} is the step
    std::string_view rules;     // the teacher's
    std::string_view step;
    std::string_view of;
    std::string_view words;
    std::string_view predict;
    std::string_view task;
    std::string_view often;
    std::string_view today;  // as wide as `often`
    std::string_view picture;
    std::string_view stop;
    std::string_view goes_on;
    std::string_view stopped;
    std::string_view missed;
    std::string_view asked;
    std::string_view not_so;
    std::string_view right;
    std::string_view presenter;
    std::string_view help;
    std::string_view enter;
    std::string_view empty_line;
    std::string_view answer;
    std::string_view skipped;
    std::string_view how_to_work;
    std::string_view work;
    std::string_view hint;
    std::string_view done;
    std::string_view spoiled;
    std::string_view reset;
    std::string_view this_is_how;
    std::string_view the_end;
    std::string_view points;
    std::string_view look_again;
    std::string_view quiz_before;  // the test's heading
    std::string_view quiz_after;
    std::string_view quiz_rules;
    std::string_view quiz_pass;
    std::string_view quiz_thanks;  // behind the one before; nothing is told yet
    std::string_view quiz_was;     // behind the one after: before
    std::string_view quiz_is;      // … and after
};

// English for a language that the player does not speak.
const LessonLabels& labels_of(std::string_view locale);

}  // namespace cutaway::cli
