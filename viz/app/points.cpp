// SPDX-License-Identifier: Apache-2.0
#include "viz/app/points.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/scene/evolve.h"

namespace cutaway::app {

namespace {

constexpr std::uint64_t between_clocks = 32;  // events that are looked at before the time is

bool hits(const cli::StopPoint& point, const cli::Tape& tape, const trace::Event& event) {
    return point.where.error ? cli::is_failure_of(point, tape, event) : cli::stops_before(point, tape, event);
}

}  // namespace

Status Points::add(const std::string& text, bool on) {
    cli::StopPoint point = TRY(cli::parse_point(text));
    for (Row& row : rows_) {
        if (row.what.text == point.text) {
            row.on = on;
            return {};
        }
    }
    rows_.push_back({std::move(point), on, {}, 0});
    looks_.emplace_back();
    return {};
}

void Points::remove(std::size_t row) {
    if (row < rows_.size()) {
        rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(row));
        looks_.erase(looks_.begin() + static_cast<std::ptrdiff_t>(row));
    }
}

void Points::turn(std::size_t row) {
    if (row < rows_.size()) {
        rows_[row].on = !rows_[row].on;
    }
}

// One that cannot be read any more, after a change of program, is left out.
void Points::adopt(const std::vector<KeptPoint>& kept) {
    for (const KeptPoint& one : kept) {
        (void)add(one.text, one.on);
    }
}

std::vector<KeptPoint> Points::kept() const {
    std::vector<KeptPoint> out;
    for (const Row& row : rows_) {
        out.push_back({row.what.text, row.on});
    }
    return out;
}

std::vector<cli::StopPoint> Points::active() const {
    std::vector<cli::StopPoint> out;
    for (const Row& row : rows_) {
        if (row.on) {
            out.push_back(row.what);
        }
    }
    return out;
}

bool Points::look(const cli::Tape& tape, std::int64_t budget_ns) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(budget_ns);
    bool any = false;
    for (std::uint64_t n = 0;; ++n) {
        const std::uint64_t at = looked();
        const bool clock = n > 0 && n % between_clocks == 0;  // never too late to begin
        if (at >= tape.size() || (clock && std::chrono::steady_clock::now() >= until)) {
            return any;
        }
        any = true;
        const trace::Event event = tape.event(static_cast<std::size_t>(at));
        for (std::size_t row = 0; row < rows_.size(); ++row) {
            if (rows_[row].on && rows_[row].looked == at) {
                look_at(row, tape, event);
            }
        }
    }
}

void Points::begin(std::size_t row, const cli::Tape& tape) {
    Look& look = looks_[row];
    look.begun = true;
    if (rows_[row].what.condition) {
        look.picture = scene::first_picture(tape.header());
        look.held = scene::holds(*rows_[row].what.condition, look.picture);
    }
}

// The stops are those of find_stop: before an event, behind a failure, where a condition becomes true.
void Points::look_at(std::size_t at, const cli::Tape& tape, const trace::Event& event) {
    Row& row = rows_[at];
    Look& look = looks_[at];
    if (!look.begun) {
        begin(at, tape);
    }
    const std::uint64_t n = row.looked++;
    if (!row.what.condition) {
        if (hits(row.what, tape, event)) {
            row.marks.push_back(row.what.where.error ? n + 1 : n);
        }
        return;
    }
    scene::evolve(look.picture, event);
    const bool now = scene::holds(*row.what.condition, look.picture);
    if (now && !std::exchange(look.held, now)) {
        row.marks.push_back(n + 1);
    }
    look.held = now;
}

std::uint64_t Points::looked() const {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const Row& row : rows_) {
        least = row.on ? std::min(least, row.looked) : least;
    }
    return least;
}

bool Points::stops_at(std::size_t row, const cli::Tape& tape, std::uint64_t position, const trace::Event* next) const {
    const Row& one = rows_.at(row);
    const bool awaited = next != nullptr && cli::stops_before(one.what, tape, *next);
    return one.on && (awaited || std::binary_search(one.marks.begin(), one.marks.end(), position));
}

std::optional<std::uint64_t> Points::after(std::uint64_t from) const {
    std::optional<std::uint64_t> nearest;
    for (const Row& row : rows_) {
        const auto found = std::upper_bound(row.marks.begin(), row.marks.end(), from);
        if (row.on && found != row.marks.end() && (!nearest || *found < *nearest)) {
            nearest = *found;
        }
    }
    return nearest;
}

std::optional<std::uint64_t> Points::before(std::uint64_t from) const {
    std::optional<std::uint64_t> nearest;
    for (const Row& row : rows_) {
        const auto found = std::lower_bound(row.marks.begin(), row.marks.end(), from);
        if (row.on && found != row.marks.begin() && (!nearest || *(found - 1) > *nearest)) {
            nearest = *(found - 1);
        }
    }
    return nearest;
}

}  // namespace cutaway::app
