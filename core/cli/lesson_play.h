// SPDX-License-Identifier: Apache-2.0
// LessonPlay: a lesson in the terminal, line by line. Works through a pipe, over ssh and with a screen reader: it only
// ever appends lines, and waits for nothing but lines. An empty line goes on. When the lines end, it stops there.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/cli/lesson_course.h"
#include "core/cli/lesson_labels.h"
#include "core/cli/stepper.h"

namespace cutaway::cli {

struct LessonPlayOptions {
    std::string from;            // begin there; what lies before is performed in silence
    std::set<std::string> only;  // a cut: the other steps are performed in silence; empty: all are told
    bool notes = false;          // the presenter's notes, too
    std::map<std::string, std::string> glossary;
    std::function<void(const lesson::Progress&)> on_progress;  // keep it
};

class LessonPlay final : public LessonVisitor {
public:
    enum class Outcome { finished, left, again };  // again: from the step that from() names, on a new machine

    LessonPlay(lesson::Player& player, LessonBench& bench, LineSource& lines, Console& console,
               LessonPlayOptions options);

    Outcome play();
    [[nodiscard]] const std::string& from() const { return again_from_; }

    bool meet(const lesson::Part& part) override;
    void typed(const std::string& line) override;
    void arrived(const lesson::Part* stop) override;
    void missed(const lesson::Part& stop) override;
    void ended(const lesson::Part& run) override;
    Console& console() override;

private:
    bool quiet();
    void head();
    void say(const std::string& text);
    void tell(const std::vector<lesson::Graded>& graded);
    bool wait();
    bool ask(const lesson::Predict& predict);
    bool work(const lesson::Task& task);
    bool attempt(const lesson::Task& task, const std::string& line);
    void solve(const lesson::Task& task, const std::string& how);
    bool common(const std::string& line, bool& handled);
    std::string step_before() const;

    lesson::Player& player_;
    LessonBench& bench_;
    LineSource& lines_;
    Console& console_;
    LessonPlayOptions options_;
    const LessonLabels& labels_;
    MemoryConsole silence_;
    std::string told_;  // the step whose head was last shown
    bool begun_;
    std::string again_from_;
};

}  // namespace cutaway::cli
