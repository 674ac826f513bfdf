// SPDX-License-Identifier: Apache-2.0
#include "core/cli/stepper_tape.h"

#include <chrono>

#include "core/trace/line.h"

namespace cutaway::cli {

Tape::Tape(const trace::Header& header)
    : header_(header),
      timeline_(header, [this](std::uint64_t position, trace::Event& event) { return read(position, event); }) {}

Tape::Tape(const trace::Trace& trace)
    : trace_(&trace),
      header_(trace.header()),
      timeline_(trace.header(), [this](std::uint64_t position, trace::Event& event) { return read(position, event); }) {
    timeline_.expect(trace.size());
    trace::Event event;
    for (const std::uint32_t n : trace.index().marks) {
        trace.event(n, event);
        learn(event);
    }
}

bool Tape::read_on(std::int64_t budget_ns) const {
    constexpr std::uint64_t piece = 256;
    if (timeline_.folded() == timeline_.size()) {
        return false;
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(budget_ns);
    while (timeline_.fold_on(piece) && std::chrono::steady_clock::now() < until) {
    }
    return true;
}

bool Tape::read(std::uint64_t position, trace::Event& event) const {
    const std::size_t n = static_cast<std::size_t>(position) - 1;
    if (trace_ != nullptr) {
        if (n >= trace_->size()) {
            return false;
        }
        trace_->event(n, event);
        return true;
    }
    if (n >= events_.size()) {
        return false;
    }
    event = events_[n];
    return true;
}

void Tape::learn(const trace::Event& event) {
    const auto* note = std::get_if<world::Note>(&event.body);
    const auto* known = note == nullptr ? nullptr : std::get_if<world::ContainerKnown>(note);
    if (known != nullptr && !known->name.empty()) {
        ids_[known->name] = known->id;
    }
}

void Tape::add(const trace::Event& event) {
    learn(event);
    events_.push_back(event);
    timeline_.add(event);
}

trace::Event Tape::event(std::size_t n) const {
    trace::Event event;
    static_cast<void>(read(static_cast<std::uint64_t>(n) + 1, event));
    return event;
}

std::string Tape::line(std::size_t n) const {
    if (trace_ != nullptr) {
        return n < trace_->size() ? trace_->line(n) : std::string();
    }
    std::string out;
    if (n < events_.size()) {
        trace::append_line(out, events_[n]);
    }
    return out;
}

std::string Tape::container_id(const std::string& name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? name : found->second;
}

}  // namespace cutaway::cli
