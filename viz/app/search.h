// SPDX-License-Identifier: Apache-2.0
// Search: the events of one tape that are what somebody looks for, in their order. Looking goes on in slices of time, as
// it does for breakpoints, from the first event to the last, and behind them as they come. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/stepper_tape.h"
#include "viz/view/search.h"

namespace cutaway::app {

struct FoundRow {
    std::uint64_t position = 0;
    std::string text;   // "mount(type: overlay, target: /…)"
    std::string where;  // "event 312 · overlay · runtime · 1.204 s"
    bool failed = false;
};

class Search {
public:
    void ask(const std::string& text);  // what cannot be read finds nothing, and problem() says why
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] bool asked() const { return problem_.empty() && !view::is_blank(query_); }

    bool look(const cli::Tape& tape, std::int64_t budget_ns);  // whether something was looked at
    [[nodiscard]] std::uint64_t looked() const { return looked_; }
    [[nodiscard]] const std::vector<std::uint64_t>& hits() const { return hits_; }  // positions: it happens next

    [[nodiscard]] std::optional<std::uint64_t> after(std::uint64_t from) const;
    [[nodiscard]] std::optional<std::uint64_t> before(std::uint64_t from) const;

private:
    std::string text_;
    std::string problem_;
    view::SearchQuery query_;
    std::vector<std::uint64_t> hits_;
    std::uint64_t looked_ = 0;
    std::string scratch_;
};

// What stands in the list for the hits from `first` on.
std::vector<FoundRow> found_rows(const Search& search, const cli::Tape& tape, std::size_t first, std::size_t count);

}  // namespace cutaway::app
