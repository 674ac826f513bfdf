// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_quiz.h"

#include <algorithm>

#include "core/cli/lesson_solved.h"
#include "core/cli/lesson_text.h"

namespace cutaway::cli {

namespace {

class Asker {
public:
    Asker(const lesson::Lesson& lesson, LineSource& lines, Console& console)
        : labels_(labels_of(lesson.locale)), lines_(lines), console_(console) {}

    void greet(const lesson::Lesson& lesson, lesson::QuizTurn turn) {
        const std::string_view which = turn == lesson::QuizTurn::before ? labels_.quiz_before : labels_.quiz_after;
        console_.out(lesson.id + ": " + lesson.title + ": " + std::string(which) + "\n" +
                     lesson_wrapped(labels_.quiz_rules, "", "") + "\n");
    }

    void head(const lesson::QuizItem& item, std::size_t number, std::size_t of) {
        console_.out(std::to_string(number) + " " + std::string(labels_.of) + " " + std::to_string(of) + " · " +
                     item.step->title + "\n" + question_text(*item.predict, labels_));
    }

    // What was given, "" if passed by; nothing: no more lines.
    std::optional<std::string> answer(const lesson::Predict& predict) {
        while (true) {
            const std::optional<std::string> line = lines_.next(std::string(labels_.answer));
            if (!line || *line == "quit") {
                return std::nullopt;
            }
            if (line->find_first_not_of(" \t") == std::string::npos) {
                console_.out(std::string(labels_.quiz_pass) + "\n\n");
                return "";
            }
            Result<std::string> read = lesson::read_answer(predict, *line);
            if (read) {
                console_.out("\n");
                return std::move(*read);
            }
            console_.out(read.error().doing + ".\n");
        }
    }

private:
    const LessonLabels& labels_;
    LineSource& lines_;
    Console& console_;
};

std::string result_line(std::string_view which, const std::vector<lesson::Answered>& answers,
                        const LessonLabels& labels) {
    const lesson::Score sum = lesson::score(answers);
    return std::string(which) + std::to_string(sum.points) + " " + std::string(labels.of) + " " +
           std::to_string(sum.of) + " " + std::string(labels.points) + ".\n";
}

}  // namespace

std::optional<QuizTaken> ask_quiz(const lesson::Lesson& lesson, lesson::QuizTurn turn, LineSource& lines,
                                  Console& console, const std::function<std::int64_t()>& now_ms) {
    Asker asker(lesson, lines, console);
    asker.greet(lesson, turn);
    const std::vector<lesson::QuizItem> items = lesson::quiz_of(lesson);
    QuizTaken taken;
    for (std::size_t n = 0; n < items.size(); ++n) {
        const lesson::Predict& predict = *items[n].predict;
        asker.head(items[n], n + 1, items.size());
        const std::int64_t began = now_ms();
        std::optional<std::string> given = asker.answer(predict);
        if (!given) {
            return std::nullopt;
        }
        taken.spent_ms[predict.id] = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms() - began, 0));
        taken.given[predict.id] = std::move(*given);
    }
    return taken;
}

QuizGraded grade_quiz(const lesson::Lesson& lesson, const QuizTaken& taken, LessonBench& bench, std::int64_t now_ms) {
    QuizGraded out;
    for (const lesson::QuizItem& item : lesson::quiz_of(lesson)) {
        const std::string& id = item.predict->id;
        lesson::Answered one{id, "", false, 0, item.predict->points};
        one.given = taken.given.count(id) == 0 ? "" : taken.given.at(id);
        one.skips = one.given.empty() ? 1 : 0;
        one.spent_ms = taken.spent_ms.count(id) == 0 ? 0 : taken.spent_ms.at(id);
        one.at_ms = now_ms;
        out.answers.push_back(std::move(one));
    }
    SolvedEars ears;
    ears.revealed = [&](const lesson::Predict& predict) {
        const auto found = std::find_if(out.answers.begin(), out.answers.end(),
                                        [&](const lesson::Answered& one) { return one.id == predict.id; });
        if (found == out.answers.end()) {
            return;
        }
        if (const Result<lesson::Verdict> verdict = lesson::grade(predict, found->given, bench.picture())) {
            found->right = !found->given.empty() && verdict->right;
            found->points = found->right ? predict.points : 0;
            out.right[predict.id] = verdict->answer;
        }
    };
    play_solved(lesson, bench, ears);
    return out;
}

std::string quiz_told(const lesson::Lesson& lesson, const lesson::Progress& progress, const QuizGraded& graded) {
    const LessonLabels& labels = labels_of(lesson.locale);
    if (progress.after.empty()) {
        return std::string(labels.quiz_thanks) + "\n";
    }
    std::string out = progress.before.empty() ? std::string() : result_line(labels.quiz_was, progress.before, labels);
    out += result_line(labels.quiz_is, progress.after, labels);
    for (const lesson::QuizItem& item : lesson::quiz_of(lesson)) {
        const auto found = std::find_if(progress.after.begin(), progress.after.end(),
                                        [&](const lesson::Answered& one) { return one.id == item.predict->id; });
        if (found != progress.after.end() && !found->right && graded.right.count(found->id) != 0) {
            out += "\n" + lesson_wrapped(item.predict->ask, std::string(labels.asked), "  ") +
                   lesson_wrapped(graded.right.at(found->id), std::string(labels.not_so), "  ");
        }
    }
    return out;
}

}  // namespace cutaway::cli
