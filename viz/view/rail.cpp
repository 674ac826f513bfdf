// SPDX-License-Identifier: Apache-2.0
#include "viz/view/rail.h"

#include <algorithm>
#include <array>

#include "core/world/why.h"

namespace cutaway::view {

using world::Phase;

namespace {

constexpr std::array<const char*, count_of<Phase>()> sayings{"",
                                                             "name to digest",
                                                             "what is it made of",
                                                             "fetch and unpack",
                                                             "a record, no process",
                                                             "one tree of many",
                                                             "walls around it",
                                                             "limits and counts",
                                                             "cable, address, port",
                                                             "become the program",
                                                             "it is alive",
                                                             "ask, wait, insist",
                                                             "take it all back"};

struct Seen {
    std::optional<std::uint64_t> first;
    bool begun = false;   // before the view
    bool inside = false;  // the view is in it
    bool failed = false;
    bool later = false;
};

Seen seen(const Moment& moment, Phase phase, std::uint64_t from) {
    Seen out;
    for (const PhaseRun& run : moment.story->phases()) {
        if (run.phase != phase || run.begin < from) {
            continue;
        }
        if (!out.first) {
            out.first = run.begin;
        }
        const bool begun = run.begin < moment.position;
        out.begun = out.begun || begun;
        out.inside = out.inside || (begun && (run.open || moment.position < run.end));
        out.failed = out.failed || (begun && run.failed && moment.position >= run.end);
        out.later = out.later || !begun;
    }
    return out;
}

Phase upcoming(const Moment& moment) {
    if (moment.next == nullptr) {
        return Phase::none;
    }
    const auto* start = std::get_if<world::SpanStart>(&moment.next->body);
    return start != nullptr && start->grain == world::Grain::phase ? moment.next->phase : Phase::none;
}

RailState state_of(const Moment& moment, const Seen& run, Phase phase, Phase furthest) {
    if (run.failed) {
        return RailState::failed;
    }
    if (upcoming(moment) == phase) {
        return RailState::next;
    }
    if (run.inside) {
        return RailState::now;
    }
    if (run.begun) {
        return RailState::done;
    }
    const bool passed = static_cast<int>(phase) < static_cast<int>(furthest);
    return passed && !run.later ? RailState::skipped : RailState::ahead;
}

bool is_running(const Moment& moment) {
    const scene::Container* container = subject(moment);
    return container != nullptr && container->record.state == "running";
}

void settle_running(Rail& rail, const Moment& moment) {
    const bool busy = std::any_of(rail.rows.begin(), rail.rows.end(), [](const RailRow& row) {
        return row.state == RailState::now || row.state == RailState::next;
    });
    RailRow& running = rail.rows[static_cast<std::size_t>(Phase::running) - 1];
    const bool over = rail.rows[static_cast<std::size_t>(Phase::stop) - 1].state == RailState::done;
    if (is_running(moment) && !busy) {
        running.state = RailState::now;
    } else if (over && running.state == RailState::skipped) {
        running.state = RailState::done;
    }
}

}  // namespace

Rail rail_of(const Moment& moment) {
    Rail rail;
    const std::uint64_t from = moment.story->run_begin(moment.position);
    std::array<Seen, count_of<Phase>()> all;
    Phase furthest = Phase::none;
    for (std::size_t i = 1; i < all.size(); ++i) {
        all[i] = seen(moment, static_cast<Phase>(i), from);
        furthest = all[i].begun ? static_cast<Phase>(i) : furthest;
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto phase = static_cast<Phase>(i);
        RailRow row;
        row.phase = phase;
        row.name = to_name(phase);
        row.says = sayings[i];
        row.state = state_of(moment, all[i], phase, furthest);
        row.begin = all[i].first;
        rail.rows.push_back(std::move(row));
    }
    settle_running(rail, moment);
    for (const RailRow& row : rail.rows) {
        if (row.state == RailState::now && rail.why.empty()) {
            rail.why = world::why(row.phase);
        }
    }
    if (const Typed* typed = moment.story->command_at(moment.position)) {
        rail.command = typed->text;
    }
    for (const PhaseRun& run : moment.story->phases()) {
        if (run.begin >= moment.position && rail.next.empty()) {
            rail.next = to_name(run.phase);
        }
    }
    return rail;
}

}  // namespace cutaway::view
