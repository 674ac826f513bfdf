// SPDX-License-Identifier: Apache-2.0
// LessonCourse: takes a player through a lesson on a bench, in the order of the document. It performs the runs and holds
// them at the stops; everything that is shown, asked or judged is the visitor's. It never prints and never reads.
#pragma once

#include <string>

#include "core/cli/lesson_bench.h"
#include "core/lesson/player.h"

namespace cutaway::cli {

class LessonVisitor {
public:
    virtual ~LessonVisitor() = default;
    virtual bool meet(const lesson::Part& part) = 0;     // text, question, task, card, check; false: give up
    virtual void typed(const std::string& line) = 0;     // about to be performed
    virtual bool arrived(const lesson::Part* stop) = 0;  // null: at a command's end; false: give up
    virtual void missed(const lesson::Part& stop) = 0;   // the command ended first
    virtual void ended(const lesson::Part& run) = 0;     // its last command; the bench knows the status
    virtual Console& console() = 0;
};

class LessonCourse {
public:
    LessonCourse(lesson::Player& player, LessonBench& bench, LessonVisitor& visitor)
        : player_(player), bench_(bench), visitor_(visitor) {}

    bool go();  // to the lesson's end; false: given up

private:
    void walk(bool inside);
    void run(const lesson::Part& part);
    void begin_stopping();
    std::optional<lesson::Stop> stand();

    lesson::Player& player_;
    LessonBench& bench_;
    LessonVisitor& visitor_;
    const lesson::Part* run_ = nullptr;   // whose last command waits for its first stop
    const lesson::Part* stop_ = nullptr;  // on the way to it
    bool given_up_ = false;
};

}  // namespace cutaway::cli
