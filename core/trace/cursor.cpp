// SPDX-License-Identifier: Apache-2.0
#include "core/trace/cursor.h"

#include <algorithm>

namespace cutaway::trace {

namespace {

StepMode mode_of(SpanKind kind) {
    switch (kind) {
        case SpanKind::phase: return StepMode::phase;
        case SpanKind::step: return StepMode::step;
        case SpanKind::call: return StepMode::call;
        case SpanKind::command: break;
    }
    return StepMode::run;
}

}  // namespace

Cursor::Cursor(const Trace& trace) : trace_(trace) {
    for (auto& stops : stops_) {
        stops.push_back(0);
    }
    for (const SpanNode& span : trace.index().spans) {
        if (span.kind != SpanKind::command && span.begin != 0) {
            stops_[static_cast<std::size_t>(mode_of(span.kind))].push_back(span.begin);
        }
    }
    for (auto& stops : stops_) {
        if (stops.back() != trace.size()) {
            stops.push_back(trace.size());
        }
    }
}

bool Cursor::at_end() const { return at_ == trace_.size(); }

bool Cursor::forward(StepMode mode) { return move(mode, true); }

bool Cursor::back(StepMode mode) { return move(mode, false); }

bool Cursor::move(StepMode mode, bool forward) {
    if (detour_.has_value() && detour_->to == at_ && detour_->mode == mode && detour_->forward != forward) {
        at_ = detour_->from;
        detour_.reset();
        return true;
    }
    const std::vector<std::size_t>& all = stops(mode);
    const auto here = std::lower_bound(all.begin(), all.end(), at_);
    const bool on_stop = here != all.end() && *here == at_;
    const auto next = forward && on_stop ? here + 1 : here;
    if (forward ? next == all.end() : here == all.begin()) {
        return false;
    }
    const std::size_t to = forward ? *next : *(here - 1);
    if (!on_stop) {
        detour_ = Detour{mode, at_, to, forward};
    }
    at_ = to;
    return true;
}

void Cursor::jump(std::size_t n) {
    at_ = std::min(n, trace_.size());
    detour_.reset();
}

bool Cursor::run_to(const Breakpoint& point) {
    Event event;
    for (std::size_t n = at_ + 1; n < trace_.size(); ++n) {
        trace_.event(n, event);
        if (matches(point, event)) {
            jump(n);
            return true;
        }
    }
    return false;
}

bool Cursor::run_back_to(const Breakpoint& point) {
    Event event;
    for (std::size_t n = at_; n > 0; --n) {
        trace_.event(n - 1, event);
        if (matches(point, event)) {
            jump(n - 1);
            return true;
        }
    }
    return false;
}

bool Cursor::to_phase(world::Phase phase) {
    for (std::size_t n = 0; n < trace_.size(); ++n) {
        if (trace_.phase(n) == phase) {
            jump(n);
            return true;
        }
    }
    return false;
}

}  // namespace cutaway::trace
