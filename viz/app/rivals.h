// SPDX-License-Identifier: Apache-2.0
// Rivals: which two runs are set side by side, and what came of it, kept until one of them grows. The two that are pinned,
// else the one beneath and the one above, else the last two of one tape. One thread.
#pragma once

#include <optional>
#include <string>

#include "viz/app/session.h"
#include "viz/view/versus.h"

namespace cutaway::app {

class Rivals {
public:
    struct Shown {
        std::string left;
        std::string right;
        std::string hint;              // what to do first; empty: both are there
        std::uint64_t right_from = 0;  // where on the tape that is looked at the right one begins
        view::Versus versus;
    };
    struct Pins {
        std::optional<std::uint64_t> a;
        std::optional<std::uint64_t> b;
    };
    // `beneath`: null: nothing lies there.
    const Shown& look(const Session& above, const Session* beneath, const Pins& pins);

private:
    struct Run {
        const Session* of = nullptr;
        std::uint64_t from = 0;
        std::uint64_t to = 0;
        std::string text;
        friend bool operator==(const Run&, const Run&) = default;
    };
    static std::optional<Run> run_at(const Session& session, std::uint64_t position);
    static std::vector<Run> last_runs(const Session& session, std::size_t most);
    static Run run_of(const Session& session, std::size_t command);

    std::optional<Run> left_;
    std::optional<Run> right_;
    Shown shown_;
};

}  // namespace cutaway::app
