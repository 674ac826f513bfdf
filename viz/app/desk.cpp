// SPDX-License-Identifier: Apache-2.0
#include "viz/app/desk.h"

#include <algorithm>

#include "core/scene/evolve.h"

namespace cutaway::app {

using trace::StepMode;

namespace {

constexpr double dwell = 0.8;  // seconds a stop is looked at, at speed 1
constexpr std::uint64_t furthest_look = 400;

}  // namespace

Desk::Desk(Session& session) : session_(session), view_(session.is_recorded() ? 0 : session.story().size()) {}

void Desk::handle(const Intent& intent) {
    if (intent.act != Act::size_terminal) {  // nobody asked for that: what was said makes room for itself
        state_.notice.clear();
        seeking_.reset();
    }
    switch (intent.act) {
        case Act::next: next(intent.mode.value_or(state_.grain)); break;
        case Act::back: back(intent.mode.value_or(state_.grain)); break;
        case Act::run_on: run_on(); break;
        case Act::run_back: begin_seek({false, false}); break;
        case Act::pause:
            state_.playing = false;
            session_.pause();
            break;
        case Act::go_live: move_to(head()); break;
        case Act::to_start: move_to(0); break;
        case Act::jump: move_to(std::min(intent.position, head())); break;
        case Act::play: play(); break;
        case Act::perform: perform(intent.text); break;
        case Act::end_input: session_.hear(""); break;
        case Act::give_up:
            move_to(head());
            session_.give_up();
            break;
        default:
            if (!terminal(intent) && !mark(intent)) {
                look(intent);
            }
            break;
    }
    stale_ = true;
}

// Far ahead of what is folded the window would stand still: it goes there when that is read.
void Desk::move_to(std::uint64_t position) {
    constexpr std::uint64_t near = 4096;
    wished_.reset();
    if (position > session_.tape().folded() + near) {
        wished_ = position;
        arrive_there();
        return;
    }
    view_ = position;
    stale_ = true;
}

void Desk::arrive_there() {
    const std::uint64_t read = session_.tape().folded();
    if (wished_ && read >= *wished_) {
        state_.notice.clear();
        move_to(*wished_);
    } else if (wished_) {
        state_.notice = "Still reading: " + std::to_string(read) + " of " + std::to_string(head()) +
                        " events; then event " + std::to_string(*wished_) + " is shown.";
    }
}

void Desk::adopt(const UiState& other) {
    state_.grain = other.grain;
    state_.speed = other.speed;
    state_.zoom = other.zoom;
    state_.profile = other.profile;
}

void Desk::look(const Intent& intent) {
    switch (intent.act) {
        case Act::slower: state_.speed = std::max(state_.speed / 2, 0.25F); break;
        case Act::faster: state_.speed = std::min(state_.speed * 2, 4.0F); break;
        case Act::set_grain: state_.grain = intent.mode.value_or(StepMode::step); break;
        case Act::open_part: state_.open = state_.open == intent.part ? std::nullopt : intent.part; break;
        case Act::larger: state_.zoom = std::min(state_.zoom * 1.125F, 2.5F); break;
        case Act::smaller: state_.zoom = std::max(state_.zoom / 1.125F, 0.6F); break;
        case Act::own_size: state_.zoom = 1; break;
        case Act::next_theme: state_.profile = (state_.profile + 1) % 4; break;
        case Act::help: state_.help = !state_.help; break;
        case Act::side: {
            const Side side = from_name<Side>(intent.text).value_or(Side::inspector);
            state_.side = state_.side == side ? Side::inspector : side;
            break;
        }
        case Act::close:
            if (state_.help) {
                state_.help = false;
            } else if (state_.side != Side::inspector) {
                state_.side = Side::inspector;
            } else if (state_.open) {
                state_.open.reset();
            } else {
                state_.chosen.clear();
            }
            break;
        default: break;
    }
}

bool Desk::terminal(const Intent& intent) {
    switch (intent.act) {
        case Act::press_key: session_.press(intent.press); return true;
        case Act::paste: session_.paste(intent.text); return true;
        case Act::size_terminal:
            session_.resize({static_cast<int>(intent.position >> 16U), static_cast<int>(intent.position & 0xFFFFU)});
            return true;
        case Act::at_terminal: state_.at_terminal = !state_.at_terminal && session_.keys(); return true;
        case Act::look_at: choose(intent.text); return true;
        default: return false;
    }
}

void Desk::choose(const std::string& container) {
    const scene::Container* found = scene::find_container(picture_, container);
    state_.chosen = found == nullptr || state_.chosen == found->record.id ? std::string() : found->record.id;
    if (!state_.chosen.empty()) {
        state_.notice = "You look at " + found->record.name + "; Esc: at whichever acts.";
    }
}

void Desk::next(StepMode mode) {
    if (view_ < head()) {
        const bool returns = detour_ && detour_->mode == mode && !detour_->forward && detour_->to == view_;
        std::uint64_t to = returns ? detour_->from : session_.story().after(mode, view_);
        if (const auto stop = points_.after(view_); state_.playing && stop && *stop <= to) {
            to = *stop;
            stopped_at(to);
        }
        detour_ = Detour{mode, view_, to, true};
        move_to(to);
        return;
    }
    if (session_.waiting()) {
        hold_on(session_.resume(mode));
    } else if (!session_.working()) {
        state_.playing = false;
        state_.notice = session_.is_recorded()    ? "This is the end of the recording."
                        : session_.is_elsewhere() ? "Nothing is under way: type a command in a terminal."
                                                  : "Nothing is under way: type a docker command below.";
    }
}

void Desk::hold_on(bool goes) {
    if (!goes) {
        state_.playing = false;
        state_.notice = "The lesson holds the command here; its card goes on with it.";
    }
}

void Desk::back(StepMode mode) {
    const bool returns = detour_ && detour_->mode == mode && detour_->forward && detour_->to == view_;
    const std::uint64_t to = returns ? detour_->from : session_.story().before(mode, view_);
    detour_ = Detour{mode, view_, to, false};
    state_.playing = false;
    move_to(to);
}

void Desk::play() {
    if (session_.working() && !session_.waiting() && !state_.playing && view_ == head()) {
        session_.pause();
        return;
    }
    state_.playing = !state_.playing;
    since_step_ = 0;
    if (state_.playing && view_ == head() && session_.is_recorded()) {
        move_to(0);
    }
}

// What a terminal would have echoed is written down, too.
void Desk::hear(const std::string& line) {
    session_.print(line + "\n");
    session_.hear(line + "\n");
}

void Desk::perform(const std::string& line) {
    if (view_ == head() && session_.hears()) {
        hear(line);
        return;
    }
    Result<std::vector<std::string>> words = words_of(line);
    if (!words) {
        state_.notice = words.error().doing;
        return;
    }
    if (words->empty()) {
        return;
    }
    if (view_ < head()) {
        state_.notice = "You look at the past: press End to go live, then type.";
        return;
    }
    if (const Status begun = session_.perform(*words, state_.grain); !begun) {
        state_.notice = begun.error().doing;
        return;
    }
    remember(line);
    session_.print("$ " + line + "\n");
}

void Desk::remember(const std::string& line) {
    if (state_.typed.empty() || state_.typed.back() != line) {
        state_.typed.push_back(line);
    }
}

bool Desk::tick(double seconds) {
    const bool live = view_ == head();
    const bool changed = session_.poll();
    if (live) {
        view_ = head();
    }
    if (attached_ != session_.keys()) {
        attached_ = session_.keys();
        state_.at_terminal = attached_;
    }
    stale_ = stale_ || changed;
    const bool looked = look_around();
    if (!state_.playing) {
        return changed || looked;
    }
    since_step_ += seconds;
    const bool ready = view_ < head() || session_.waiting().has_value();
    if (since_step_ < dwell / static_cast<double>(state_.speed) || (!ready && session_.working())) {
        return changed;
    }
    since_step_ = 0;
    if (!ready) {
        state_.playing = false;
        return true;
    }
    next(state_.grain);
    return true;
}

const view::Moment& Desk::moment() {
    if (stale_) {
        refresh();
        stale_ = false;
    }
    return moment_;
}

void Desk::refresh() {
    const cli::Tape& tape = session_.tape();
    view_ = std::min(view_, head());
    picture_ = tape.picture(static_cast<std::size_t>(view_));
    before_ = tape.picture(static_cast<std::size_t>(session_.story().before(state_.grain, view_)));
    changes_ = scene::diff(before_, picture_, 400);
    next_ =
        view_ < head() ? std::optional<trace::Event>(tape.event(static_cast<std::size_t>(view_))) : session_.waiting();
    find_calls();
    if (!call_) {
        foresee();
    }
    const auto at = [](const std::optional<trace::Event>& event) { return event ? &*event : nullptr; };
    moment_ = {&picture_,      &session_.story(),      at(next_),          at(call_),
               at(last_call_), at(last_reply_),        &changes_,          view_,
               head(),         session_.is_recorded(), session_.working(), session_.waiting().has_value()};
    moment_.hears = session_.hears();
    moment_.keys = session_.keys();
    moment_.elsewhere = session_.is_elsewhere();
    moment_.chosen = state_.chosen;
    const view::Typed* typed = session_.story().command_at(view_);
    moment_.mishap = view::mishap_of(picture_, typed == nullptr ? 0 : typed->position, view_,
                                     [&](std::uint64_t n) { return tape.event(static_cast<std::size_t>(n)); });
    moment_.marks.a = pin_a_;
    moment_.marks.b = pin_b_;
    moment_.marks.between = &between_;
    moment_.marks.found = search_.asked() ? &search_.hits() : nullptr;
    for (const Points::Row& row : points_.rows()) {
        if (row.on) {
            moment_.marks.stops.push_back(&row.marks);
        }
    }
}

// The calls around the view: the first from here on, the last one before, and how that ended.
void Desk::find_calls() {
    const cli::Tape& tape = session_.tape();
    call_.reset();
    last_call_.reset();
    last_reply_.reset();
    for (std::uint64_t at = view_; at < std::min(head(), view_ + furthest_look) && !call_; ++at) {
        trace::Event event = tape.event(static_cast<std::size_t>(at));
        if (event.kind == trace::EventKind::call_begin) {
            call_ = std::move(event);
        }
    }
    const std::uint64_t floor = view_ > furthest_look ? view_ - furthest_look : 0;
    for (std::uint64_t at = view_; at > floor && !last_call_; --at) {
        trace::Event event = tape.event(static_cast<std::size_t>(at) - 1);
        if (event.kind == trace::EventKind::call_end && !last_reply_) {
            last_reply_ = std::move(event);
        } else if (event.kind == trace::EventKind::call_begin && (!last_reply_ || last_reply_->span == event.span)) {
            last_call_ = std::move(event);
        }
    }
}

// Live, the next call is not on the tape yet; the container's plan knows it.
void Desk::foresee() {
    const auto* start = next_ ? std::get_if<world::SpanStart>(&next_->body) : nullptr;
    const scene::Container* container = next_ ? scene::find_container(picture_, next_->container) : nullptr;
    if (start == nullptr || container == nullptr || next_->container.empty()) {
        return;
    }
    const auto& plan = *container->plan;
    for (std::size_t i = container->plan_done; i < plan.size(); ++i) {
        if (plan[i].step == start->title) {
            trace::Event event = *next_;
            event.kind = trace::EventKind::call_begin;
            event.body = plan[i].call;
            call_ = std::move(event);
            return;
        }
    }
}

}  // namespace cutaway::app
