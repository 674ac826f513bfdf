// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_key.h"

#include "core/cli/lesson_solved.h"
#include "core/lesson/grade.h"

namespace cutaway::cli {

namespace {

lesson::KeyAnswer answer_to(const lesson::Predict& predict, const scene::Picture& picture) {
    lesson::KeyAnswer out;
    if (const Result<lesson::Verdict> verdict = lesson::grade(predict, "", picture)) {
        out.answer = verdict->answer;
    }
    for (const lesson::Choice& choice : predict.choices) {
        out.says.push_back(lesson::fill(choice.say, picture));
    }
    for (const lesson::Wrong& wrong : predict.wrongs) {
        out.says.push_back(lesson::fill(wrong.say, picture));
    }
    out.praise = lesson::fill(predict.right, picture);
    return out;
}

}  // namespace

lesson::Key lesson_key(const lesson::Lesson& lesson, LessonBench& bench) {
    lesson::Key key;
    SolvedEars ears;
    ears.revealed = [&](const lesson::Predict& one) { key.answers[one.id] = answer_to(one, bench.picture()); };
    ears.solved = [&](const lesson::Task& one, std::vector<std::string> commands) {
        key.solved[one.id] = std::move(commands);
    };
    play_solved(lesson, bench, ears);
    return key;
}

}  // namespace cutaway::cli
