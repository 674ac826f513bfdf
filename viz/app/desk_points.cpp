// SPDX-License-Identifier: Apache-2.0
// What is marked on the tape: breakpoints and what a search found: setting them, and going from one to the next.
#include <algorithm>

#include "core/scene/diff.h"
#include "viz/app/desk.h"
#include "viz/app/point_words.h"

namespace cutaway::app {

namespace {

constexpr std::int64_t look_ns = 3'500'000;  // of a frame, for breakpoints, and once more for the search

constexpr std::size_t most_differences = 2000;

}  // namespace

bool Desk::mark(const Intent& intent) {
    switch (intent.act) {
        case Act::add_point: set_point(intent.text.empty() ? point_of(moment()) : intent.text); break;
        case Act::remove_point: points_.remove(static_cast<std::size_t>(intent.position)); break;
        case Act::turn_point: points_.turn(static_cast<std::size_t>(intent.position)); break;
        case Act::pin_a: pin(pin_a_); return true;
        case Act::pin_b: pin(pin_b_); return true;
        case Act::search: search_.ask(intent.text); return true;
        case Act::find_next:
        case Act::find_back:
            if (search_.asked()) {
                begin_seek({intent.act == Act::find_next, true});
            } else {
                state_.notice = "Nothing is looked for: Ctrl F opens the search.";
            }
            return true;
        default: return false;
    }
    tell_points();
    return true;
}

void Desk::set_point(const std::string& text) {
    if (text.empty()) {
        state_.notice = "Nothing is known of what happens next; F9 opens the editor of breakpoints.";
    } else if (const Status added = points_.add(text); !added) {
        state_.notice = added.error().doing;
    } else if (state_.side != Side::points) {
        state_.notice = "A breakpoint is set: " + text;
    }
}

void Desk::adopt(const std::vector<KeptPoint>& points) {
    points_ = Points();
    points_.adopt(points);
    tell_points();
    stale_ = true;
}

void Desk::tell_points() { session_.stop_at(points_.active()); }

// In the past to the next breakpoint, or else to the present; there the engine goes on.
void Desk::run_on() {
    if (view_ < head()) {
        begin_seek({true, false});
    } else {
        state_.playing = false;
        hold_on(session_.resume(trace::StepMode::run));
    }
}

void Desk::pin(std::optional<std::uint64_t>& which) {
    which = which == view_ ? std::nullopt : std::optional<std::uint64_t>(view_);
    between_.clear();
    if (!pin_a_ || !pin_b_) {
        return;
    }
    const cli::Tape& tape = session_.tape();
    between_ = scene::diff(tape.picture(static_cast<std::size_t>(*pin_a_)),
                           tape.picture(static_cast<std::size_t>(*pin_b_)), most_differences);
    state_.side = Side::pins;
}

void Desk::begin_seek(Seek what) {
    state_.playing = false;
    seeking_ = what;
    seek();
}

bool Desk::look_around() {
    const bool one = points_.look(session_.tape(), look_ns);
    const bool other = search_.look(session_.tape(), look_ns);
    const bool read = session_.tape().read_on(arriving() ? 3 * look_ns : look_ns);
    arrive_there();
    seek();  // what is found meanwhile is drawn from where it is kept: no Picture is folded for that
    return one || other || read;
}

void Desk::seek() {
    if (!seeking_) {
        return;
    }
    const Seek what = *seeking_;
    const std::uint64_t looked = what.found ? search_.looked() : points_.looked();
    const std::optional<std::uint64_t> where = what.found
                                                   ? (what.forward ? search_.after(view_) : search_.before(view_))
                                                   : (what.forward ? points_.after(view_) : points_.before(view_));
    const bool sure = what.forward ? looked >= head() || (where && *where <= looked) : looked >= view_;
    if (sure) {
        seeking_.reset();
        arrive(what, where);
    } else {
        state_.notice =
            "Still looking: " + std::to_string(looked) + " of " + std::to_string(head()) + " events are read.";
    }
}

void Desk::arrive(Seek what, std::optional<std::uint64_t> where) {
    state_.notice.clear();
    if (where) {
        move_to(*where);
        if (!what.found) {
            stopped_at(*where);
        }
    } else if (what.found) {
        state_.notice = what.forward ? "Nothing more is found from here to the end." : "Nothing is found before this.";
    } else {
        move_to(what.forward ? head() : 0);
        if (session_.is_recorded() || !what.forward) {
            state_.notice =
                what.forward ? "No breakpoint stops from here to the end." : "No breakpoint stops before this.";
        }
    }
}

void Desk::stopped_at(std::uint64_t position) {
    state_.playing = false;
    for (const Points::Row& row : points_.rows()) {
        if (row.on && std::binary_search(row.marks.begin(), row.marks.end(), position)) {
            state_.notice = "Breakpoint: " + row.what.text;
            return;
        }
    }
}

}  // namespace cutaway::app
