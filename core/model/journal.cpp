// SPDX-License-Identifier: Apache-2.0
#include "core/model/journal.h"

#include <algorithm>
#include <utility>

#include "core/trace/line.h"
#include "core/trace/redact.h"

namespace cutaway::model {

namespace {

trace::Header header_of(const MachineState& state) {
    trace::Header header;
    header.program = "cutaway " CUTAWAY_VERSION;
    header.world = "model";
    header.wall_ns = state.boot_wall_ns;
    header.machine = state.profile;
    return header;
}

}  // namespace

// In the order in which a recorder tells them: what a call caused comes behind its end, all else before what follows.
void Journal::take(const trace::Event& event, MachineState& state) {
    using trace::EventKind;
    if (event.kind == EventKind::observed) {
        return;
    }
    if (event.kind != EventKind::call_end) {
        catch_up(state);
    }
    trace::Event own = event;
    own.parent = number(event.parent);
    if (event.kind == EventKind::span_begin || event.kind == EventKind::call_begin) {
        numbers_[event.span] = ++state.journal.span;
    }
    own.span = number(event.span);
    append(std::move(own), state);
    if (event.kind == EventKind::span_end || event.kind == EventKind::call_end) {
        numbers_.erase(event.span);
    }
    if (event.kind == EventKind::call_end) {
        catch_up(state);
    }
}

void Journal::catch_up(MachineState& state) {
    const std::uint64_t end = state.observed_before + state.observed.size();
    for (std::uint64_t at = std::max(state.journal.observed, state.observed_before); at < end; ++at) {
        trace::Event event = trace::event_of(state.observed[static_cast<std::size_t>(at - state.observed_before)]);
        event.evidence = world::Evidence::modelled;
        trace::redact(event);
        append(std::move(event), state);
    }
    state.journal.observed = end;
}

void Journal::turn_page(trace::Event found, MachineState& state) {
    text_.clear();
    numbers_.clear();
    ++state.journal.page;
    state.journal.before += std::exchange(state.journal.seq, 0) - 1;  // what begins the page happened to nobody
    state.journal.span = 0;
    append(std::move(found), state);
}

void Journal::append(trace::Event event, MachineState& state) {
    if (state.journal.seq == 0) {
        trace::append_header(text_, header_of(state));
        text_.push_back('\n');
    }
    event.seq = ++state.journal.seq;
    event.t_ns = state.journal.last_ns = std::max(state.journal.last_ns, event.t_ns);
    trace::append_line(text_, event);
    text_.push_back('\n');
}

std::uint32_t Journal::number(std::uint32_t span) const {
    const auto found = numbers_.find(span);
    return found == numbers_.end() ? 0 : found->second;
}

}  // namespace cutaway::model
