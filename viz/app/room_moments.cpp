// SPDX-License-Identifier: Apache-2.0
// The room's moments: what is opened over the machine (traces, moments, forks), and saving where one stands.
#include "core/cli/root_shelf.h"
#include "core/trace/bytes.h"
#include "viz/app/layout.h"
#include "viz/app/moments.h"
#include "viz/app/room.h"

namespace cutaway::app {

namespace {

// "moment-1.moment" where the program was started, or the next that is free.
std::string free_name() {
    std::string path;
    for (int number = 1; path.empty() || trace::open_bytes(path); ++number) {
        path = cli::whole_path("moment-" + std::to_string(number) + ".moment");
    }
    return path;
}

}  // namespace

bool Room::take_trace() {
    std::optional<Result<Opened>> opened = opening_ == nullptr ? std::nullopt : opening_->take();
    if (!opened) {
        return false;
    }
    const std::string path = opening_->path();
    opening_.reset();
    const Status shown = *opened ? show(std::move(**opened)) : Status(opened->error());
    if (shown && lecture_ == nullptr) {
        trace_path_ = path;
        trace_->print(path + ": " + std::to_string(trace_->story().size()) + " events\n");
    }
    recent_ = shown ? with_recent(recent_, path) : recent_;
    tell(shown);
    keep();
    return true;
}

Status Room::open_file(const std::string& path) {
    opening_ = std::make_unique<Opening>(cli::whole_path(path), lessons_.line, [] {});
    std::optional<Result<Opened>> opened;
    while (!opened) {
        opened = opening_->take();
    }
    opening_.reset();
    TRY(show(TRY(std::move(*opened))));
    trace_path_ = cli::whole_path(path);
    return {};
}

// A lesson that plays is left: what was opened is wanted on the screen.
Status Room::show(Opened opened) {
    if (opened.session == nullptr) {
        return open_lesson_at(*opened.moment);
    }
    if (lecture_ != nullptr) {
        leave();
    }
    stand_over(std::move(opened.session), {});
    if (!opened.moment) {
        return {};
    }
    const MomentHead& head = *opened.moment;
    arranged_ = true;
    state_.present = head.layout.present;
    if (head.under_way.empty() || trace_->is_recorded()) {
        trace_->rest();
        arrange(*trace_desk_, head.layout, head.cursor);
        return {};
    }
    TRY(trace_->perform(head.under_way, head.stopped_by));
    std::string typed = "$";
    for (const std::string& word : head.under_way) {
        typed += " " + word;
    }
    trace_->print(typed + "\n");
    resuming_ = head;
    return {};
}

// Its machine is made afresh and played to where the step begins; what the learner did in the step is not kept.
Status Room::open_lesson_at(const MomentHead& moment) {
    TRY(open_lesson(moment.lesson, moment.step));
    arranged_ = true;
    state_.present = moment.layout.present;
    Layout layout = moment.layout;
    layout.pin_a.reset();  // they are places on a tape that is gone
    layout.pin_b.reset();
    arrange(desk(), layout, desk().moment().head);
    return {};
}

void Room::stand_over(std::unique_ptr<Session> session, const std::string& name) {
    std::optional<Preferences> before;
    if (has_desk()) {
        before = preferences_of(desk());
    }
    resuming_.reset();
    trace_desk_.reset();
    trace_ = std::move(session);
    trace_desk_ = std::make_unique<Desk>(*trace_);
    trace_path_ = name;
    if (before) {
        prefer(*trace_desk_, *before);
    }
}

// The command of a moment is performed again, stop by stop, until the tape is as long as it was. It need not go the same
// way: then that is said.
bool Room::resume_moment() {
    if (!resuming_ || lecture_ != nullptr || !trace_->is_resting()) {
        return false;
    }
    const MomentHead head = *resuming_;
    if (trace_->waiting() && trace_->story().size() < head.tape) {
        (void)trace_->resume(head.stopped_by);
        return true;
    }
    resuming_.reset();
    const std::string next = trace_->waiting() ? name_of(*trace_->waiting()) : std::string();
    arrange(*trace_desk_, head.layout, head.cursor);
    if (trace_->story().size() != head.tape || next != head.stands_before) {
        trace_desk_->say("The command was performed again and went another way than when this moment was kept.");
    }
    return true;
}

void Room::save_moment(const std::string& path) {
    const Result<std::string> kept = keep_moment(path.empty() ? free_name() : cli::whole_path(path));
    desk().say(kept ? "Saved this moment: " + *kept : kept.error().doing);
    recent_ = kept ? with_recent(recent_, *kept) : recent_;
}

Result<std::string> Room::keep_moment(const std::string& path) {
    MomentFile moment;
    if (lecture_ != nullptr) {
        moment.head.lesson = lecture_->lesson().id;
        moment.head.step = lecture_->progress().step;
        moment.head.layout = layout_of(desk());
    } else {
        moment = TRY(moment_of(session(), desk()));
    }
    moment.head.layout.present = state_.present;
    TRY(write_moment(path, std::move(moment)));
    return path;
}

// The machine that is forked stays, with what stands on it, beneath the copy.
void Room::fork_here() {
    if (lecture_ != nullptr) {
        desk().say("A lesson's machine stays the lesson's: begin the step again, or leave the lesson first.");
        return;
    }
    Result<Fork> fork = fork_at(session(), desk().moment().position, lessons_.line, lessons_.wake);
    if (!fork) {
        desk().say(fork.error().doing);
        return;
    }
    const std::string where = fork->root.empty() ? "a copy that goes when it is closed" : "the copy " + fork->root;
    const std::string when = fork->next.empty() ? "as it is now" : "as before \"" + fork->next + "\"";
    stand_over(std::move(fork->session), where);
    trace_desk_->say("You go on with " + where + ", the machine " + when + ".");
}

const Rivals::Shown& Room::rivals() {
    const Session* beneath = trace_ == nullptr || lecture_ != nullptr ? nullptr : session_.get();
    const view::Marks& marks = desk().moment().marks;
    return rivals_.look(session(), beneath, {marks.a, marks.b});
}

}  // namespace cutaway::app
