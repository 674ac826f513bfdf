// SPDX-License-Identifier: Apache-2.0
// Room: what the window holds: the free desk, and the lecture if a lesson plays; the list of lessons; what a presenter
// asked for. It opens and closes lectures and gives each intent to whom it concerns. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/cli/command_line.h"
#include "core/lesson/catalog.h"
#include "viz/app/lecture.h"
#include "viz/app/preferences.h"
#include "viz/app/rivals.h"
#include "viz/app/traces.h"
#include "viz/app/visit.h"
#include "viz/view/lesson_list.h"

namespace cutaway::app {

struct RoomState {
    bool lessons = false;  // the list lies over everything
    std::size_t row = 0;   // of it
    bool words = false;    // instead of the card's text
    bool notes = false;
    bool blank = false;
    bool present = false;
    bool palette = false;
};

struct Lessons {  // what a room can play
    lesson::Catalog catalog;
    cli::CommandLine line;  // beside whose machine progress is kept
    std::function<void()> wake;
};

using OpenSession = std::function<Result<std::unique_ptr<Session>>()>;

class Room {
public:
    Room(Lessons lessons, OpenSession free);
    ~Room();
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

    Status open_free();  // the free desk, if it is not there
    // A trace or a moment, over the machine; now, and not as it is read.
    Status open_file(const std::string& path);
    void open_visit(std::unique_ptr<link::Wire> wire);  // instead: what others do at an engine
    // By "L07", "7" or the folder's name; `from` a step, or empty: where the learner stopped.
    Status open_lesson(const std::string& name, const std::string& from = {});

    // From now on what the desk prefers is what was kept, and what is changed is kept again.
    Status remember();

    void handle(const Intent& intent);
    bool tick(double seconds);
    [[nodiscard]] bool moving();
    bool settle(std::int64_t timeout_ns);  // as the session's, or the lecture's

    [[nodiscard]] const Status& usable() const { return usable_; }  // else there is no desk any more
    Desk& desk() {
        return lecture_ != nullptr ? lecture_->desk() : trace_desk_ != nullptr ? *trace_desk_ : free_desk();
    }
    [[nodiscard]] Session& session() {
        return lecture_ != nullptr ? lecture_->session()
               : trace_ != nullptr ? *trace_
               : visit_ != nullptr ? visit_->session()
                                   : *session_;
    }
    [[nodiscard]] const Visit* visit() const { return visit_.get(); }  // null: the window has a machine of its own
    [[nodiscard]] Lecture* lecture() { return lecture_.get(); }
    [[nodiscard]] const RoomState& state() const { return state_; }
    [[nodiscard]] const std::vector<view::LessonRow>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<std::string>& recent() const { return recent_; }  // traces
    const Rivals::Shown& rivals();  // two runs: of this tape, or of it and what lies beneath
    [[nodiscard]] const std::string& trace() const { return trace_path_; }  // that is looked at; empty: a machine
    [[nodiscard]] bool opening() const { return opening_ != nullptr; }

private:
    void handle_lesson(const Intent& intent);
    bool handle_own(const Intent& intent);
    void move_row(std::uint64_t down);
    void open_row(const std::string& name);
    void leave();
    void list();
    void tell(const Status& done);
    void keep();
    bool handle_trace(const Intent& intent);
    bool take_trace();  // what was opened, once it is there
    void close_trace();
    void stand_over(std::unique_ptr<Session> session, const std::string& name);
    Status show(Opened opened);
    Status open_lesson_at(const MomentHead& moment);
    void save_moment(const std::string& path);
    Result<std::string> keep_moment(const std::string& path);
    void fork_here();
    bool resume_moment();
    Desk& free_desk() { return visit_ != nullptr ? visit_->desk() : *desk_; }
    [[nodiscard]] bool has_desk() const {
        return lecture_ != nullptr || trace_desk_ != nullptr || desk_ != nullptr || visit_ != nullptr;
    }
    [[nodiscard]] Preferences preferences();
    Status begin(const lesson::Lesson& what, lesson::Progress progress, const std::string& from);

    Lessons lessons_;
    OpenSession free_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Desk> desk_;
    std::unique_ptr<Visit> visit_;
    std::unique_ptr<Session> trace_;  // opened over the machine, which waits beneath it
    std::unique_ptr<Desk> trace_desk_;
    std::string trace_path_;
    Rivals rivals_;
    std::unique_ptr<Opening> opening_;
    bool arranged_ = false;               // as a moment says, not as it was left
    std::optional<MomentHead> resuming_;  // its command is performed again, up to where it stood
    std::vector<std::string> recent_;
    std::unique_ptr<Lecture> lecture_;
    RoomState state_;
    Status usable_;
    std::vector<view::LessonRow> rows_;
    std::optional<Preferences> kept_;  // as the file has it; nothing: the room does not remember
};

}  // namespace cutaway::app
