// SPDX-License-Identifier: Apache-2.0
// LessonPlay: a lesson in the terminal, line by line. Works through a pipe, over ssh and with a screen reader: it only
// ever appends lines, and waits for nothing but lines. An empty line goes on. When the lines end, it stops there.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/cli/lesson_labels.h"
#include "core/cli/lesson_tutor.h"
#include "core/cli/stepper.h"

namespace cutaway::cli {

struct LessonPlayOptions {
    std::string from;            // begin there; what lies before is performed in silence
    std::set<std::string> only;  // a cut: the other steps are performed in silence; empty: all are told
    bool notes = false;          // the presenter's notes, too
    std::map<std::string, std::string> glossary;
    std::function<void(const lesson::Progress&)> on_progress;  // keep it
    lesson::Policy policy;
    std::function<std::int64_t()> now_ms;
    std::function<std::optional<std::string>(const std::string& step)> news;  // a line to take instead of a typed one
};

class LessonPlay final : public LessonFace {
public:
    using Outcome = LessonTutor::Outcome;

    LessonPlay(lesson::Player& player, LessonBench& bench, LineSource& lines, Console& console,
               LessonPlayOptions options);

    Outcome play();
    [[nodiscard]] const std::string& from() const { return again_from_; }

    void tell(const lesson::Telling& telling) override;
    std::optional<std::string> listen(lesson::Awaits awaits) override;
    Console& console() override { return console_; }

private:
    void say(const std::string& text) { console_.out(text); }
    void tell_event(const lesson::Telling& telling);
    void tell_attempt(const lesson::Telling& telling);
    void head(const lesson::Step& step);
    void graded(const lesson::Telling& telling);
    void notes(const lesson::Step& step);

    lesson::Player& player_;
    LessonBench& bench_;
    LineSource& lines_;
    Console& console_;
    LessonPlayOptions options_;
    const LessonLabels& labels_;
    std::string again_from_;
};

}  // namespace cutaway::cli
