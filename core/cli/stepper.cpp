// SPDX-License-Identifier: Apache-2.0
#include "core/cli/stepper.h"

#include <algorithm>

namespace cutaway::cli {

namespace {

// `run` asks to stop only at breakpoints; next and back still need a grain of their own.
trace::StepMode desk_grain(trace::StepMode mode) { return mode == trace::StepMode::run ? trace::StepMode::step : mode; }

}  // namespace

Stepper::Stepper(LineSource& lines, StepWriter write, StepOptions options)
    : lines_(lines),
      write_(std::move(write)),
      options_(std::move(options)),
      tape_(options_.header),
      desk_(tape_, write_, desk_grain(options_.grain)) {
    for (const std::string& text : options_.breakpoints) {
        if (Result<StopPoint> point = parse_point(text)) {
            desk_.add_point(std::move(*point));
        }
    }
    rearm();
}

void Stepper::rearm() { order_ = {Order::Kind::go, options_.grain, std::nullopt}; }

void Stepper::take(const trace::Event& event) {
    const std::lock_guard lock(data_);
    tape_.add(event);
    const bool ends = event.kind == trace::EventKind::call_end || event.kind == trace::EventKind::span_end;
    for (const auto& [number, point] : desk_.points()) {
        failed_ = failed_ || (ends && is_failure_of(point, tape_, event));
    }
    failed_ = failed_ || (ends && order_.once && is_failure_of(*order_.once, tape_, event));
}

// Only a condition's becoming true is a stop; else it would stop at every call from then on.
std::optional<std::string> Stepper::condition_met() {
    const scene::Picture& picture = tape_.timeline().last();
    std::optional<std::string> met;
    for (const auto& [number, point] : desk_.points()) {
        if (!point.condition) {
            continue;
        }
        const int wanted = number;
        auto held = std::find_if(held_.begin(), held_.end(), [&](const auto& one) { return one.first == wanted; });
        if (held == held_.end()) {
            held = held_.insert(held_.end(), {number, false});
        }
        const bool now = scene::holds(*point.condition, picture);
        if (now && !held->second) {
            met = "breakpoint " + std::to_string(number) + ": " + point.text;
        }
        held->second = now;
    }
    if (order_.once && order_.once->condition) {
        const bool now = scene::holds(*order_.once->condition, picture);
        met = now && !once_held_ ? std::optional<std::string>("") : met;
        once_held_ = now;
    }
    return met;
}

// Nothing: go on. Else why, which may be empty: a step.
std::optional<std::string> Stepper::why_stop(const trace::Event& next) {
    std::optional<std::string> met = condition_met();
    if (failed_) {
        failed_ = false;
        return "something failed";
    }
    if (met) {
        return met;
    }
    for (const auto& [number, point] : desk_.points()) {
        if (stops_before(point, tape_, next)) {
            return "breakpoint " + std::to_string(number) + ": " + point.text;
        }
    }
    const bool once = order_.once && stops_before(*order_.once, tape_, next);
    return once || trace::stops_at(order_.mode, next) ? std::optional<std::string>("") : std::nullopt;
}

// What came true behind the last thing that a gate was asked about.
std::string Stepper::why_ended() {
    const std::optional<std::string> met = condition_met();
    return failed_ ? "something failed" : met.value_or("");
}

Status Stepper::before(const trace::Event& next) {
    const std::lock_guard turn(turn_);  // all-stop: whoever comes while one stands waits here
    std::optional<std::string> reason;
    {
        const std::lock_guard lock(data_);
        if (quit_) {
            return fail(Errc::cancelled, "cancelled at a stop");
        }
        if (silent_ || next.kind == trace::EventKind::progress) {
            return {};
        }
        reason = why_stop(next);
        reason = due_ && !reason ? std::exchange(due_, std::nullopt) : reason;
        due_.reset();
    }
    return reason ? stand(next, *reason) : Status();
}

void Stepper::passing(const trace::Event& next) {
    const std::lock_guard lock(data_);
    if (!quit_ && !silent_ && !due_) {
        due_ = why_stop(next);
    }
}

Status Stepper::stand(const trace::Event& next, const std::string& reason) {
    if (options_.on_park) {
        options_.on_park();
    }
    {
        const std::lock_guard lock(data_);
        desk_.stopped(next, reason);
    }
    silent_ = !talk();
    {
        const std::lock_guard lock(data_);
        desk_.running();
        quit_ = quit_ || order_.kind == Order::Kind::quit;
        once_held_ =
            order_.once && order_.once->condition && scene::holds(*order_.once->condition, tape_.timeline().last());
    }
    if (options_.on_unpark) {
        options_.on_unpark();
    }
    if (!quit_) {
        return {};
    }
    if (options_.on_quit) {
        options_.on_quit();
    }
    return fail(Errc::cancelled, "cancelled at a stop");
}

bool Stepper::talk() {
    while (true) {
        std::string prompt;
        {
            const std::lock_guard lock(data_);
            prompt = desk_.prompt();
        }
        const std::optional<std::string> line = lines_.next(prompt);
        const std::lock_guard lock(data_);
        if (!line) {
            order_ = {Order::Kind::go, trace::StepMode::run, std::nullopt};
            return false;
        }
        Order order = desk_.execute(*line);
        if (order.kind != Order::Kind::stay) {
            order_ = std::move(order);
            return true;
        }
    }
}

void Stepper::finished() {
    const std::lock_guard turn(turn_);
    if (silent_ || quit_) {
        return;
    }
    {
        const std::lock_guard lock(data_);
        desk_.ended(why_ended());
    }
    if (options_.on_park) {
        options_.on_park();
    }
    silent_ = !talk() || order_.kind == Order::Kind::quit;
    if (options_.on_unpark) {
        options_.on_unpark();
    }
}

}  // namespace cutaway::cli
