// SPDX-License-Identifier: Apache-2.0
// LessonTutor: a lesson played to somebody: what is said when, what an answer, a hint, a solution, a reset mean. The
// terminal and the window are faces of the same tutor and give it the same lines: an empty one goes on, "b" answers,
// "hint", "solve", "skip", "reset", "back", "step ID", "quit"; "$ docker ps" is a command of the learner's own. It shows
// nothing itself. It runs on whichever thread the command that is held at a stop runs on, one at a time.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "core/cli/lesson_course.h"
#include "core/lesson/policy.h"
#include "core/lesson/telling.h"

namespace cutaway::cli {

class LessonFace {
public:
    virtual ~LessonFace() = default;
    virtual void tell(const lesson::Telling& telling) = 0;
    virtual std::optional<std::string> listen(lesson::Awaits awaits) = 0;  // waits; nothing: there are no more lines
    virtual Console& console() = 0;                                        // what commands print
};

struct LessonTutorOptions {
    std::string from;            // begin there; what lies before is performed in silence
    std::set<std::string> only;  // a cut: the other steps are performed in silence; empty: all are told
    bool pages = false;          // wait also behind a picture, feedback and a finished task: the face turns pages
    std::function<void(const lesson::Progress&)> on_progress;  // keep it
    lesson::Policy policy;
    std::function<std::int64_t()> now_ms;  // the learner's clock; none: no times are kept
};

// What the tutor understands that is no answer and no command: hint, solve, skip, reset, back, step ID, show PLACE, …
bool is_lesson_word(const std::string& line);

class LessonTutor final : public LessonVisitor {
public:
    enum class Outcome { finished, left, again };  // again: from the step that from() names, on a new machine

    LessonTutor(lesson::Player& player, LessonBench& bench, LessonFace& face, LessonTutorOptions options);

    Outcome play();
    Outcome linger();  // behind the end: the machine is the learner's, until the lines end or name a step
    [[nodiscard]] const std::string& from() const { return again_from_; }

    bool meet(const lesson::Part& part) override;
    void typed(const std::string& line) override;
    bool arrived(const lesson::Part* stop) override;
    void missed(const lesson::Part& stop) override;
    void ended(const lesson::Part& run) override;
    Console& console() override;

private:
    bool quiet();
    void keep_to_policy();
    std::optional<std::string> listen(lesson::Awaits awaits);
    void give_hint(const lesson::Task& task);
    bool may_skip();
    bool may_solve();
    void head();
    void say(lesson::Says says, std::string text = {}, std::string more = {});
    void complain(std::string what) { say(lesson::Says::problem, std::move(what)); }
    bool tell(const std::vector<lesson::Graded>& graded);
    bool wait();
    bool turn_page() { return !options_.pages || wait(); }
    bool ask(const lesson::Predict& predict);
    bool work(const lesson::Task& task);
    bool attempt(const lesson::Task& task, const std::string& line);
    bool is_last(const std::string& line);
    void solve(const lesson::Task& task, const std::string& how);
    bool common(const std::string& line, bool& handled);
    bool begin_again(const std::string& line, bool& handled);
    void look_up(const std::string& line, bool& handled);
    void explore(const std::string& command);
    std::string step_before() const;
    std::string step_here() const;

    lesson::Player& player_;
    LessonBench& bench_;
    LessonFace& face_;
    LessonTutorOptions options_;
    MemoryConsole silence_;
    std::string told_;  // the step whose head was last shown
    bool begun_;
    std::string again_from_;
};

}  // namespace cutaway::cli
