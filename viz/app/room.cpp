// SPDX-License-Identifier: Apache-2.0
#include "viz/app/room.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/cli/root_lesson_machine.h"
#include "core/cli/root_shelf.h"

namespace cutaway::app {

using lesson::Awaits;

Room::Room(Lessons lessons, OpenSession free) : lessons_(std::move(lessons)), free_(std::move(free)) { list(); }

Room::~Room() = default;

Status Room::open_free() {
    if (session_ == nullptr && visit_ == nullptr) {
        session_ = TRY(free_());
        desk_ = std::make_unique<Desk>(*session_);
    }
    return {};
}

void Room::open_visit(std::unique_ptr<link::Wire> wire) { visit_ = std::make_unique<Visit>(std::move(wire)); }

Status Room::open_lesson(const std::string& name, const std::string& from) {
    const lesson::Lesson* what = lesson::find_lesson(lessons_.catalog, name);
    if (what == nullptr) {
        return fail(Errc::not_found, "there is no lesson \"" + name + "\"; the list of lessons has their ids");
    }
    if (!from.empty() && lesson::find_step(*what, from) == nullptr) {
        return fail(Errc::not_found, what->id + " has no step \"" + from + "\"");
    }
    lesson::Progress progress = TRY(cli::kept_progress(lessons_.line, what->id));
    std::string where = from.empty() && !progress.finished ? progress.step : from;
    if (lesson::find_step(*what, where) == nullptr || where == what->steps.front().id) {
        where.clear();
    }
    return begin(*what, std::move(progress), where);
}

// The lecture that there was is closed first: both would stand on the same machine.
Status Room::begin(const lesson::Lesson& what, lesson::Progress progress, const std::string& from) {
    std::optional<Preferences> before;
    if (has_desk()) {
        before = preferences_of(desk());
    }
    lecture_.reset();
    std::unique_ptr<cli::LessonBench> bench =
        TRY_IN("make a machine for " + what.id, cli::fresh_bench(lessons_.line, what));
    LessonStart start{what, std::move(progress), from, {}, lessons_.wake};
    start.policy = TRY(cli::kept_policy(lessons_.line));
    start.now_ms = &cli::wall_clock_ms;
    start.keep = [line = lessons_.line, id = what.id](const lesson::Progress& now) {
        return cli::keep_progress(line, id, now);
    };
    lecture_ = std::make_unique<Lecture>(std::move(bench), start, lesson::glossary_of(lessons_.catalog, what.locale));
    if (before) {
        prefer(lecture_->desk(), *before);
    }
    state_.lessons = false;
    state_.words = false;
    return {};
}

void Room::handle(const Intent& intent) {
    if (state_.blank && intent.act != Act::blank) {
        state_.blank = false;
        return;
    }
    if (!handle_own(intent) && !handle_trace(intent)) {
        handle_lesson(intent);
    }
    keep();
}

Preferences Room::preferences() {
    Preferences out = preferences_of(desk());
    out.recent = recent_;
    return out;
}

Status Room::remember() {
    kept_ = preferences();
    const std::string text = TRY(cli::kept_preferences(lessons_.line));
    if (!text.empty()) {
        Preferences before = TRY(preferences_from(text));
        for (KeptPoint& point : before.points) {
            point.on = point.on && visit_ == nullptr;  // it would hold up what others do
        }
        if (arranged_) {
            before.grain = desk().state().grain;
            before.points = desk().points().kept();
        }
        prefer(desk(), before);
        recent_ = before.recent;
        kept_ = preferences();
    }
    return {};
}

void Room::keep() {
    if (!kept_ || !has_desk() || preferences() == *kept_) {
        return;
    }
    kept_ = preferences();
    if (const Status done = cli::keep_preferences(lessons_.line, to_json(*kept_)); !done) {
        desk().say("This is not remembered: " + done.error().doing);
    }
}

bool Room::handle_trace(const Intent& intent) {
    switch (intent.act) {
        case Act::open_trace:
            if (opening_ != nullptr) {
                desk().say("Another trace is still being read.");
                return true;
            }
            desk().say("");
            opening_ = std::make_unique<Opening>(cli::whole_path(intent.text), lessons_.line, lessons_.wake);
            return true;
        case Act::save_moment: save_moment(intent.text); return true;
        case Act::fork_here: fork_here(); return true;
        case Act::save_trace: {
            const Status saved = save_trace(session().tape(), intent.text);
            desk().say(saved ? "Saved: " + intent.text : saved.error().doing);
            recent_ = saved ? with_recent(recent_, cli::whole_path(intent.text)) : recent_;
            return true;
        }
        case Act::close_trace: close_trace(); return true;
        default: return false;
    }
}

void Room::close_trace() {
    if (trace_ == nullptr || lecture_ != nullptr) {
        return;
    }
    if (const Status opened = open_free(); !opened) {
        tell(opened);
        return;
    }
    const Preferences before = preferences_of(*trace_desk_);
    trace_desk_.reset();
    trace_.reset();
    trace_path_.clear();
    resuming_.reset();
    prefer(free_desk(), before);
}

bool Room::handle_own(const Intent& intent) {
    switch (intent.act) {
        case Act::palette:
            state_.palette = !state_.palette;
            state_.lessons = false;
            return true;
        case Act::blank: state_.blank = !state_.blank; return true;
        case Act::words: state_.words = !state_.words; return true;
        case Act::notes: state_.notes = !state_.notes; return true;
        case Act::present: state_.present = !state_.present; return true;
        case Act::lessons:
            state_.lessons = !state_.lessons;
            list();
            return true;
        case Act::lesson_row: move_row(intent.position); return true;
        case Act::show_run:
            if (visit_ != nullptr) {
                visit_->show(static_cast<std::uint32_t>(intent.position));
            }
            return true;
        case Act::open_lesson: open_row(intent.text); return true;
        case Act::leave_lesson: leave(); return true;
        case Act::close:
            if (state_.palette) {
                state_.palette = false;
                return true;
            }
            if (state_.lessons || state_.words) {
                (state_.lessons ? state_.lessons : state_.words) = false;
                return true;
            }
            return false;
        default: return false;
    }
}

void Room::handle_lesson(const Intent& intent) {
    if (lecture_ == nullptr) {
        desk().handle(intent);
        return;
    }
    if (intent.act == Act::perform && cli::is_lesson_word(intent.text)) {
        Intent word{Act::coach};
        word.text = intent.text;
        handle_lesson(word);
        return;
    }
    const bool reads = intent.act == Act::page_on || intent.act == Act::page_back;
    if (reads && state_.words) {
        state_.words = false;
        return;
    }
    if (intent.act == Act::coach && (intent.text == "words" || intent.text == "notes")) {
        (intent.text == "words" ? state_.words : state_.notes) ^= true;
        return;
    }
    lecture_->handle(intent);
}

bool Room::tick(double seconds) {
    const bool opened = take_trace() || resume_moment();
    const bool visits = lecture_ == nullptr && trace_ == nullptr;
    const bool heard = visit_ != nullptr && visit_->tick(visits ? seconds : 0);
    if (lecture_ == nullptr) {
        return (visit_ == nullptr || !visits) && desk().tick(seconds) ? true : opened || heard;
    }
    const bool changed = lecture_->tick(seconds) || opened || heard;
    if (lecture_->again()) {
        const std::string from = *lecture_->again();
        const lesson::Lesson& what = lecture_->lesson();
        const Status begun = begin(what, lecture_->progress(), from);
        if (!begun) {
            leave();
        }
        tell(begun);
        return true;
    }
    if (lecture_->left()) {
        leave();
        return true;
    }
    return changed;
}

// What an engine tells comes through the visit, whichever of its runs is looked at.
bool Room::settle(std::int64_t timeout_ns) {
    if (lecture_ != nullptr) {
        return lecture_->settle(timeout_ns);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns);
    while (resuming_ && std::chrono::steady_clock::now() < until) {
        (void)tick(0);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    while (desk().arriving() && std::chrono::steady_clock::now() < until) {
        (void)desk().tick(0);
    }
    if (visit_ == nullptr || trace_ != nullptr) {
        return session().settle(timeout_ns);
    }
    while (true) {
        (void)visit_->tick(0);
        if (session().is_resting() || std::chrono::steady_clock::now() > until) {
            return session().is_resting();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

bool Room::moving() {
    return opening_ != nullptr || resuming_ || desk().moving() ||
           (lecture_ != nullptr && lecture_->awaits() == Awaits::nothing && !lecture_->left());
}

void Room::move_row(std::uint64_t down) {
    if (rows_.empty()) {
        return;
    }
    state_.row =
        down != 0 ? std::min(state_.row + 1, rows_.size() - 1) : state_.row - std::min<std::size_t>(state_.row, 1);
}

void Room::open_row(const std::string& name) {
    if (name.empty() && rows_.empty()) {
        return;
    }
    const Status opened = open_lesson(name.empty() ? rows_[state_.row].id : name);
    if (!opened && lecture_ == nullptr) {
        leave();
    }
    tell(opened);
}

void Room::leave() {
    state_.lessons = false;
    state_.words = false;
    if (const Status opened = open_free(); !opened) {
        tell(opened);
        usable_ = has_desk() ? Status() : opened;
        return;
    }
    if (lecture_ != nullptr) {
        const Preferences before = preferences_of(lecture_->desk());
        lecture_.reset();
        prefer(desk(), before);
    }
    list();
}

void Room::list() {
    rows_ = view::lesson_rows(lessons_.catalog.lessons, cli::kept_progresses(lessons_.line, lessons_.catalog),
                              lecture_ == nullptr ? "" : lecture_->lesson().id);
    for (std::size_t n = 0; n < rows_.size(); ++n) {
        if (rows_[n].playing) {
            state_.row = n;
        }
    }
}

void Room::tell(const Status& done) {
    if (!done && has_desk()) {
        desk().say(done.error().doing);
    }
}

}  // namespace cutaway::app
