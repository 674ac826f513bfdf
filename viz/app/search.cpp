// SPDX-License-Identifier: Apache-2.0
#include "viz/app/search.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "core/cli/stepper_story.h"

namespace cutaway::app {

namespace {

constexpr std::uint64_t between_clocks = 64;  // events that are looked at before the time is

std::string seconds_text(std::int64_t ns) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.3f s", static_cast<double>(ns) / 1e9);
    return text.data();
}

bool failed(const trace::Event& event) {
    const auto* call = std::get_if<trace::CallEnd>(&event.body);
    const auto* span = std::get_if<trace::SpanEnd>(&event.body);
    return (call != nullptr && call->failed) || (span != nullptr && span->failed);
}

}  // namespace

void Search::ask(const std::string& text) {
    if (text == text_) {
        return;
    }
    text_ = text;
    hits_.clear();
    looked_ = 0;
    Result<view::SearchQuery> query = view::parse_query(text);
    problem_ = query ? "" : query.error().doing;
    query_ = query ? std::move(*query) : view::SearchQuery{};
}

bool Search::look(const cli::Tape& tape, std::int64_t budget_ns) {
    if (!asked()) {
        return false;
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(budget_ns);
    const std::uint64_t before = looked_;
    for (; looked_ < tape.size(); ++looked_) {
        const bool clock = looked_ > before && looked_ % between_clocks == 0;
        if (clock && std::chrono::steady_clock::now() >= until) {
            break;
        }
        if (view::found_in(query_, tape.line(static_cast<std::size_t>(looked_)), scratch_)) {
            hits_.push_back(looked_);
        }
    }
    return looked_ != before;
}

std::optional<std::uint64_t> Search::after(std::uint64_t from) const {
    const auto found = std::upper_bound(hits_.begin(), hits_.end(), from);
    return found == hits_.end() ? std::nullopt : std::optional<std::uint64_t>(*found);
}

std::optional<std::uint64_t> Search::before(std::uint64_t from) const {
    const auto found = std::lower_bound(hits_.begin(), hits_.end(), from);
    return found == hits_.begin() ? std::nullopt : std::optional<std::uint64_t>(*(found - 1));
}

std::vector<FoundRow> found_rows(const Search& search, const cli::Tape& tape, std::size_t first, std::size_t count) {
    std::vector<FoundRow> rows;
    const std::int64_t start = tape.size() == 0 ? 0 : tape.event(0).t_ns;
    for (std::size_t n = first; n < std::min(search.hits().size(), first + count); ++n) {
        const std::uint64_t position = search.hits()[n];
        const trace::Event event = tape.event(static_cast<std::size_t>(position));
        FoundRow row{position, cli::event_text(event), "event " + std::to_string(position), failed(event)};
        for (const std::string_view part : {to_name(event.phase), to_name(event.actor)}) {
            row.where += part == "none" ? "" : " · " + std::string(part);
        }
        row.where += " · " + seconds_text(event.t_ns - start);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace cutaway::app
