// SPDX-License-Identifier: Apache-2.0
#include "core/trace/recorder.h"

#include <algorithm>
#include <utility>

#include "core/trace/redact.h"

namespace cutaway::trace {

namespace {

// Modelled is never labelled as anything else; what nobody performed was observed; what was only said is narrated.
world::Evidence evidence_of(EventKind kind, world::Evidence calls) {
    switch (kind) {
        case EventKind::span_begin:
        case EventKind::span_end:
        case EventKind::note: return world::Evidence::narrated;
        case EventKind::observed:
            return calls == world::Evidence::modelled ? world::Evidence::modelled : world::Evidence::observed;
        default: return calls;
    }
}

}  // namespace

void Recorder::add_sink(Sink& sink) {
    const std::lock_guard lock(mutex_);
    sinks_.push_back(&sink);
}

void Recorder::set_gate(Gate* gate) {
    const std::lock_guard lock(mutex_);
    gate_ = gate;
}

std::uint64_t Recorder::record(Event event) {
    redact(event);
    event.evidence = evidence_of(event.kind, evidence_);
    const std::lock_guard lock(mutex_);
    const std::int64_t now = clock_.now_ns();
    // An observation carries its own time. It is written when it is known, so it may lie before its neighbours'; a
    // trace's times never run backwards, and nothing was seen in the future.
    const std::int64_t at = event.t_ns == 0 ? now : std::min(event.t_ns, now);
    last_ns_ = std::max(last_ns_, at);
    event.t_ns = last_ns_;
    event.seq = ++seq_;
    for (Sink* sink : sinks_) {
        sink->take(event);
    }
    return event.seq;
}

bool Recorder::attended() {
    const std::lock_guard lock(mutex_);
    return gate_ != nullptr || !sinks_.empty();
}

Status Recorder::ask(Event next, bool locked) {
    Gate* gate = nullptr;
    {
        const std::lock_guard lock(mutex_);
        gate = gate_;
        next.t_ns = last_ns_;
    }
    if (gate == nullptr) {
        return {};
    }
    redact(next);
    next.evidence = evidence_of(next.kind, evidence_);
    if (locked) {
        gate->passing(next);
        return {};
    }
    return gate->before(next);
}

std::uint32_t Recorder::new_span() {
    const std::lock_guard lock(mutex_);
    return ++span_;
}

}  // namespace cutaway::trace
