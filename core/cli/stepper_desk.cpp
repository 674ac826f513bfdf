// SPDX-License-Identifier: Apache-2.0
// Moving: the view, the head, breakpoints. What only looks is in stepper_commands.cpp.
#include "core/cli/stepper_desk.h"

#include <algorithm>
#include <charconv>

#include "core/cli/stepper_story.h"

namespace cutaway::cli {

using trace::StepMode;

namespace {

std::string trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string() : std::string(text.substr(begin, end + 1 - begin));
}

bool has_letters(std::string_view letters, std::string_view word) {
    for (std::size_t at = 0; at < letters.size();) {
        const std::size_t end = std::min(letters.find(' ', at), letters.size());
        if (letters.substr(at, end - at) == word) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

std::optional<std::size_t> to_number(const std::string& text) {
    std::size_t value = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = got.ec == std::errc{} && got.ptr == text.data() + text.size() && !text.empty();
    return good ? std::optional<std::size_t>(value) : std::nullopt;
}

// Alike for "what is next" and for a person's "stop at the next …".
std::string next_text(const trace::Event& event) {
    std::string out = event_text(event);
    if (const auto* start = std::get_if<world::SpanStart>(&event.body)) {
        out = std::string(to_name(start->grain)) + " " + out;
    }
    const std::string phase = event.phase == world::Phase::none ? "" : std::string(to_name(event.phase)) + ", ";
    return out + "  [" + phase + std::string(to_name(event.actor)) + "]";
}

}  // namespace

Desk::Desk(const Tape& tape, StepWriter write, StepMode grain) : tape_(tape), write_(std::move(write)), grain_(grain) {}

void Desk::say(std::string_view line) const { write_(std::string(line) + "\n"); }

std::optional<trace::Event> Desk::next_event() const {
    return at_head() ? pending_ : std::optional<trace::Event>(tape_.event(view_));
}

void Desk::announce() const {
    if (const auto next = next_event()) {
        say("Next: " + next_text(*next));
    } else if (over_) {
        say("the run has ended; you can still step back");
    }
}

void Desk::stopped(const trace::Event& next, const std::string& reason) {
    pending_ = next;
    move_to(tape_.size(), reason);
}

void Desk::running() { pending_.reset(); }

void Desk::ended(const std::string& reason) {
    pending_.reset();
    over_ = true;
    move_to(tape_.size(), reason);
}

void Desk::open_at(std::size_t position) {
    over_ = true;
    move_to(std::min(position, tape_.size()), "");
    last_stop_ = view_;
}

void Desk::move_to(std::size_t position, const std::string& reason) {
    last_stop_ = view_;
    view_ = position;
    if (!reason.empty()) {
        say(reason);
    }
    announce();
}

std::string Desk::prompt() const {
    const std::string head =
        "[" + (tape_.world().empty() ? std::string("?") : tape_.world()) + " " + std::to_string(view_);
    if (!at_head() && !over_) {
        return head + " · REPLAY " + std::to_string(tape_.size() - view_) + " behind] ";
    }
    return head + (over_ ? "/" + std::to_string(tape_.size()) + "] " : "] ");
}

Order Desk::execute(const std::string& given) {
    std::string line = trimmed(given);
    if (line.empty()) {
        line = last_line_;
    }
    last_line_ = line;
    if (line.empty()) {
        return {};
    }
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string word = line.substr(0, blank);
    for (const Command& command : commands()) {
        if (command.name == word || has_letters(command.letters, word)) {
            return (this->*command.perform)(trimmed(std::string_view(line).substr(blank)));
        }
    }
    say("no such command: " + word + "; help lists them");
    return {};
}

std::optional<StepMode> Desk::read_grain(const std::string& argument) {
    if (argument.empty()) {
        return grain_;
    }
    const auto mode = from_name<StepMode>(argument);
    if (!mode || *mode == StepMode::run) {
        say("a grain is phase, step or call, not " + argument);
        return std::nullopt;
    }
    return mode;
}

Order Desk::next(const std::string& argument) {
    const auto mode = read_grain(argument);
    return mode ? step(*mode) : Order{};
}

Order Desk::back(const std::string& argument) {
    const auto mode = read_grain(argument);
    return mode ? step_back(*mode) : Order{};
}

Order Desk::grain(const std::string& argument) {
    const auto mode = read_grain(argument);
    if (mode) {
        grain_ = *mode;
        say("next and back go by " + std::string(to_name(grain_)));
    }
    return {};
}

// Whatever moves the engine is possible only where the engine is.
Order Desk::at_the_head(Order order) {
    if (over_) {
        say("the run has ended; you can still step back");
        return {};
    }
    return order;
}

Order Desk::step(StepMode mode) {
    if (detour_ && detour_->to == view_ && detour_->mode == mode && !detour_->forward) {
        const std::size_t from = detour_->from;
        detour_.reset();
        move_to(from, "");
        return {};
    }
    if (at_head()) {
        detour_.reset();
        return at_the_head({Order::Kind::go, mode, std::nullopt});
    }
    const bool on_stop = trace::stops_at(mode, tape_.event(view_));
    std::size_t to = view_ + 1;
    while (to < tape_.size() && !trace::stops_at(mode, tape_.event(to))) {
        ++to;
    }
    detour_ = on_stop || view_ == 0 ? std::nullopt : std::optional(Detour{mode, view_, to, true});
    move_to(to, "");
    return {};
}

Order Desk::step_back(StepMode mode) {
    if (detour_ && detour_->to == view_ && detour_->mode == mode && detour_->forward) {
        const std::size_t from = detour_->from;
        detour_.reset();
        move_to(from, "");
        return {};
    }
    if (view_ == 0) {
        say("this is the beginning");
        return {};
    }
    const bool on_stop = at_head() || trace::stops_at(mode, tape_.event(view_));
    std::size_t to = view_ - 1;
    while (to > 0 && !trace::stops_at(mode, tape_.event(to))) {
        --to;
    }
    detour_ = on_stop ? std::nullopt : std::optional(Detour{mode, view_, to, false});
    move_to(to, "");
    return {};
}

Order Desk::go_on(const std::string&) {
    detour_.reset();
    if (at_head()) {
        return at_the_head({Order::Kind::go, StepMode::run, std::nullopt});
    }
    std::size_t to = tape_.size();
    std::string reason;
    for (const auto& [number, point] : points_) {
        const auto found = find_stop(point, tape_, view_);
        if (found && (*found < to || (*found == to && reason.empty()))) {
            to = *found;
            reason = "breakpoint " + std::to_string(number) + ": " + point.text;
        }
    }
    move_to(to, reason);
    return {};
}

Order Desk::go_back(const std::string&) {
    detour_.reset();
    std::size_t to = 0;
    std::string reason = "no breakpoint before this: here is the beginning";
    for (const auto& [number, point] : points_) {
        const auto found = find_stop_back(point, tape_, view_);
        if (found && *found >= to && *found < view_) {
            to = *found;
            reason = "breakpoint " + std::to_string(number) + ": " + point.text;
        }
    }
    move_to(to, reason);
    return {};
}

Order Desk::until(const std::string& argument) {
    const bool phase = from_name<world::Phase>(argument).has_value();
    Result<StopPoint> point = parse_point(phase ? "phase:" + argument : argument);
    if (!point) {
        say(point.error().doing);
        return {};
    }
    detour_.reset();
    if (!at_head()) {
        if (const auto found = find_stop(*point, tape_, view_)) {
            move_to(*found, "");
            return {};
        }
        if (over_) {
            say("nothing of the kind follows in this trace");
            return {};
        }
    }
    return at_the_head({Order::Kind::go, StepMode::run, std::move(*point)});
}

Order Desk::jump(const std::string& argument) {
    const auto to = to_number(argument);
    if (!to || *to > tape_.size()) {
        say("a position is a number up to " + std::to_string(tape_.size()));
        return {};
    }
    detour_.reset();
    move_to(*to, "");
    return {};
}

Order Desk::live(const std::string&) {
    detour_.reset();
    move_to(tape_.size(), "");
    return {};
}

void Desk::add_point(StopPoint point) { points_.emplace_back(next_number_++, std::move(point)); }

Order Desk::set_point(const std::string& argument) {
    if (argument.empty()) {
        return list_points(argument);
    }
    Result<StopPoint> point = parse_point(argument);
    if (!point) {
        say(point.error().doing);
        return {};
    }
    add_point(std::move(*point));
    say("breakpoint " + std::to_string(next_number_ - 1) + ": " + argument);
    return {};
}

Order Desk::list_points(const std::string&) {
    for (const auto& [number, point] : points_) {
        say(std::to_string(number) + "  " + point.text);
    }
    if (points_.empty()) {
        say("no breakpoints");
    }
    return {};
}

Order Desk::delete_point(const std::string& argument) {
    const auto wanted = to_number(argument);
    const auto before = points_.size();
    std::erase_if(points_, [&](const auto& one) { return wanted && static_cast<std::size_t>(one.first) == *wanted; });
    say(points_.size() < before ? "breakpoint " + argument + " is gone" : "no such breakpoint: " + argument);
    return {};
}

Order Desk::quit(const std::string&) { return {Order::Kind::quit, StepMode::run, std::nullopt}; }

}  // namespace cutaway::cli
