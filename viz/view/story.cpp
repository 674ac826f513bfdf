// SPDX-License-Identifier: Apache-2.0
#include "viz/view/story.h"

#include <algorithm>

namespace cutaway::view {

using trace::StepMode;

namespace {

bool starts_run(const std::vector<std::string>& argv) {
    return !argv.empty() && (argv[0] == "run" || argv[0] == "create" || argv[0] == "pull");
}

std::string joined(const std::vector<std::string>& argv) {
    std::string out;
    for (const std::string& word : argv) {
        const bool quote = word.empty() || word.find_first_of(" \t'\"|;&") != std::string::npos;
        out += (out.empty() ? "" : " ") + (quote ? "\"" + word + "\"" : word);
    }
    return out;
}

// Nobody does it: it is seen, or told of what was there.
bool is_quiet(const trace::Event& event) {
    const auto* note = std::get_if<world::Note>(&event.body);
    return event.kind == trace::EventKind::observed ||
           (note != nullptr && std::holds_alternative<world::StateFound>(*note));
}

std::uint64_t quiet_before(const trace::Trace& trace, std::uint64_t at) {
    trace::Event event;
    while (at > 0) {
        trace.event(static_cast<std::size_t>(at) - 1, event);
        if (!is_quiet(event)) {
            break;
        }
        --at;
    }
    return at;
}

}  // namespace

Story::Story(const trace::Trace& trace) : size_(trace.size()) {
    add_spans(trace);
    auto& calls = stops_[static_cast<std::size_t>(StepMode::call)];
    for (std::size_t n = 0; n < trace.size(); ++n) {
        if (trace.kind(n) == trace::EventKind::call_begin) {
            calls.push_back(n);
        }
    }
    trace::Event event;
    for (const std::uint32_t n : trace.index().marks) {
        trace.event(n, event);
        if (const auto* note = std::get_if<world::Note>(&event.body)) {
            const bool typed = std::holds_alternative<world::CommandTyped>(*note);
            this->note(*note, n, typed ? quiet_before(trace, n) : n);
        }
    }
}

void Story::add_spans(const trace::Trace& trace) {
    const trace::Index& index = trace.index();
    for (const trace::SpanNode& span : index.spans) {
        const bool open = span.end == trace::nowhere;
        const std::uint64_t end = open ? size_ : std::uint64_t{span.end} + 1;
        if (span.kind == trace::SpanKind::phase) {
            phases_.push_back({span.phase, span.begin, end, span.number, open, span.failed});
            stops_[static_cast<std::size_t>(StepMode::phase)].push_back(span.begin);
        } else if (span.kind == trace::SpanKind::step) {
            const bool known = span.title != trace::nowhere;
            steps_.push_back({span.begin, open ? 0 : end, span.number, span.phase,
                              known ? index.titles[span.title] : trace.title(span)});
            stops_[static_cast<std::size_t>(StepMode::step)].push_back(span.begin);
        }
    }
}

void Story::add(const trace::Event& event) {
    for (const StepMode mode : {StepMode::phase, StepMode::step, StepMode::call}) {
        if (trace::stops_at(mode, event)) {
            stops_[static_cast<std::size_t>(mode)].push_back(size_);
        }
    }
    if (const auto* start = std::get_if<world::SpanStart>(&event.body)) {
        if (start->grain == world::Grain::phase) {
            phases_.push_back({event.phase, size_, size_ + 1, event.span, true, false});
        } else if (start->grain == world::Grain::step) {
            steps_.push_back({size_, 0, event.span, event.phase, start->title});
        }
    } else if (std::holds_alternative<trace::SpanEnd>(event.body)) {
        close(event);
    } else if (const auto* note = std::get_if<world::Note>(&event.body)) {
        this->note(*note, size_, done_);
    }
    done_ = is_quiet(event) ? done_ : size_ + 1;
    ++size_;
    for (auto run = phases_.rbegin(); run != phases_.rend() && run->open; ++run) {
        run->end = size_;
    }
}

void Story::note(const world::Note& note, std::uint64_t at, std::uint64_t begin) {
    if (const auto* typed = std::get_if<world::CommandTyped>(&note)) {
        commands_.push_back({at, joined(typed->argv), starts_run(typed->argv), begin});
        return;
    }
    const auto* known = std::get_if<world::ContainerKnown>(&note);
    const bool fresh = known != nullptr && std::none_of(containers_.rbegin(), containers_.rend(),
                                                        [&](const Known& one) { return one.id == known->id; });
    if (fresh) {
        containers_.push_back({known->name, known->id, at});
    }
}

void Story::close(const trace::Event& event) {
    const bool failed = std::get<trace::SpanEnd>(event.body).failed;
    for (auto run = phases_.rbegin(); run != phases_.rend(); ++run) {
        if (run->open && run->span == event.span) {
            run->open = false;
            run->failed = failed;
            run->end = size_ + 1;
            return;
        }
    }
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        if (step->end == 0 && step->span == event.span) {
            step->end = size_ + 1;
            return;
        }
    }
}

std::uint64_t Story::after(StepMode mode, std::uint64_t position) const {
    const auto& all = stops(mode);
    const auto found = std::upper_bound(all.begin(), all.end(), position);
    return found == all.end() ? size_ : *found;
}

std::uint64_t Story::before(StepMode mode, std::uint64_t position) const {
    const auto& all = stops(mode);
    const auto found = std::lower_bound(all.begin(), all.end(), position);
    return found == all.begin() ? 0 : *(found - 1);
}

std::size_t Story::between(StepMode mode, std::uint64_t from, std::uint64_t to) const {
    const auto& all = stops(mode);
    const auto first = std::lower_bound(all.begin(), all.end(), from);
    const auto last = std::lower_bound(all.begin(), all.end(), to);
    return last > first ? static_cast<std::size_t>(last - first) : 0;
}

const PhaseRun* Story::phase_at(std::uint64_t position) const {
    for (auto run = phases_.rbegin(); run != phases_.rend(); ++run) {
        if (run->begin <= position && (position < run->end || run->open)) {
            return &*run;
        }
    }
    return nullptr;
}

const StepRun* Story::step_at(std::uint64_t position) const {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        if (step->begin <= position && (step->end == 0 || position < step->end)) {
            return &*step;
        }
    }
    return nullptr;
}

const Typed* Story::command_at(std::uint64_t position) const {
    const Typed* last = nullptr;
    for (const Typed& typed : commands_) {
        if (typed.position < position || typed.position == 0) {
            last = &typed;
        }
    }
    return last;
}

std::uint64_t Story::run_begin(std::uint64_t position) const {
    std::uint64_t begin = 0;
    for (const Typed& typed : commands_) {
        if (typed.starts_run && typed.position <= position) {
            begin = typed.position;
        }
    }
    return begin;
}

}  // namespace cutaway::view
