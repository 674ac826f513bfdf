// SPDX-License-Identifier: Apache-2.0
#include "core/trace/breakpoints.h"

#include <variant>

namespace cutaway::trace {

namespace {

const world::SpanStart* span_start(const Event& event) { return std::get_if<world::SpanStart>(&event.body); }

bool is_failure(const Event& event) {
    if (const auto* call = std::get_if<CallEnd>(&event.body)) {
        return call->failed;
    }
    const auto* span = std::get_if<SpanEnd>(&event.body);
    return span != nullptr && span->failed;
}

bool is_beginning(const Event& event) {
    return event.kind == EventKind::span_begin || event.kind == EventKind::call_begin;
}

bool kind_fits(const Breakpoint& point, const Event& event) {
    const world::SpanStart* start = span_start(event);
    if (point.error) {
        return is_failure(event);
    }
    if (!point.call.empty()) {
        const auto* call = std::get_if<world::Call>(&event.body);
        return call != nullptr && kind_of(*call) == point.call;
    }
    if (!point.step.empty()) {
        return start != nullptr && start->title.find(point.step) != std::string::npos;
    }
    if (point.phase.has_value() && !point.predicate && point.container.empty()) {
        return start != nullptr && start->grain == world::Grain::phase;
    }
    return point.predicate ? true : is_beginning(event);
}

}  // namespace

bool matches(const Breakpoint& point, const Event& event) {
    const bool somewhere = point.phase.has_value() || !point.step.empty() || !point.call.empty() ||
                           !point.container.empty() || point.error || point.predicate;
    if (!somewhere || !kind_fits(point, event)) {
        return false;
    }
    if (point.phase.has_value() && event.phase != *point.phase) {
        return false;
    }
    if (!point.container.empty() && event.container.substr(0, point.container.size()) != point.container) {
        return false;
    }
    return !point.predicate || point.predicate(event);
}

bool stops_at(StepMode mode, const Event& event) {
    const world::SpanStart* start = span_start(event);
    switch (mode) {
        case StepMode::phase: return start != nullptr && start->grain == world::Grain::phase;
        case StepMode::step: return start != nullptr && start->grain == world::Grain::step;
        case StepMode::call: return event.kind == EventKind::call_begin;
        case StepMode::run: break;
    }
    return false;
}

}  // namespace cutaway::trace
