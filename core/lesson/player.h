// SPDX-License-Identifier: Apache-2.0
// Player: where a learner is in a lesson, what they predicted and did. A state machine: it shows nothing and performs
// nothing. Whoever owns it (the terminal, the window, a test) looks at part(), does what that asks for, tells it what
// became of it, and calls next(). It is told Pictures and keeps none. One thread at a time; the lesson outlives it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lesson/grade.h"
#include "core/lesson/lesson.h"
#include "core/lesson/progress.h"

namespace cutaway::lesson {

struct Graded {
    const Predict* predict = nullptr;
    Verdict verdict;
};

enum class Attempt { open, done, spoiled };
CUTAWAY_ENUM(Attempt, open, done, spoiled)

class Player {
public:
    explicit Player(const Lesson& lesson, Progress before = {});  // what `before` has answered counts on

    [[nodiscard]] const Lesson& lesson() const { return lesson_; }
    [[nodiscard]] bool over() const { return step_ >= lesson_.steps.size(); }
    [[nodiscard]] const Step& step() const { return lesson_.steps[step_]; }  // not when over
    [[nodiscard]] const Part& part() const { return step().parts[part_]; }
    [[nodiscard]] bool at_head() const { return part_ == 0; }  // the step's first part: show its title
    [[nodiscard]] std::size_t step_number() const { return step_ + 1; }

    void next();
    bool go_to(std::string_view step);  // its beginning; false: there is none

    // A run that stops follow: it is not performed to its end at once.
    [[nodiscard]] bool stops_follow() const;

    // What a learner was waited for, and when that ended: it counts for the lesson and for the question or task here.
    void pass_time(std::uint64_t waited_ms, std::int64_t now_ms);
    void play_under(std::string policy) { progress_.policy = std::move(policy); }

    // A predict: Errc::invalid if it cannot be read. It waits for reveal(), or for none: then grade it right away.
    Status answer(std::string_view typed);
    void pass_by();  // it is skipped
    // Grades what waits, on the Picture of the stop or the end that was reached.
    std::vector<Graded> reveal(const scene::Picture& picture);

    // A task.
    [[nodiscard]] Attempt look(const scene::Picture& picture) const;
    std::string hint(const scene::Picture& picture);  // the first that fits; counted
    [[nodiscard]] const TaskTaken* so_far() const;    // null: neither tried nor hinted at yet
    void attempted();                                 // a command was performed for it
    void settle(const std::string& how);              // "done", "shown", "skipped", "failed"

    [[nodiscard]] const Progress& progress() const { return progress_; }

private:
    struct Waiting {
        const Predict* predict;
        std::string given;
    };
    TaskTaken& taken(const Task& task);
    Answered& answered(const Predict& predict);
    std::uint64_t take_spent(const std::string& id);
    void remember(const Predict& predict, const std::string& given, bool right);
    void skip_empty();

    const Lesson& lesson_;
    std::size_t step_ = 0;
    std::size_t part_ = 0;
    std::vector<Waiting> waiting_;
    std::map<std::string, std::uint64_t> spent_;  // on what is not settled yet
    std::int64_t now_ = 0;
    Progress progress_;
};

}  // namespace cutaway::lesson
