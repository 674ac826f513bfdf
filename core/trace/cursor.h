// SPDX-License-Identifier: Apache-2.0
// Cursor: where somebody looks in a trace. Position n means that n events are folded and event n is what happens next,
// so a cursor stops before things. Steps forward and back undo each other exactly. It moves only the view.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/trace/breakpoints.h"
#include "core/trace/replay.h"

namespace cutaway::trace {

class Cursor {
public:
    explicit Cursor(const Trace& trace);  // `trace` outlives it

    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] bool at_start() const { return at_ == 0; }
    [[nodiscard]] bool at_end() const;

    // To the next or previous phase, step or call; StepMode::run: to the end or the start. False: nothing to move to.
    bool forward(StepMode mode);
    bool back(StepMode mode);
    void jump(std::size_t n);  // beyond the end means the end

    bool run_to(const Breakpoint& point);       // the next event that it matches, from the one behind `at`
    bool run_back_to(const Breakpoint& point);  // the one before `at`
    bool to_phase(world::Phase phase);          // where it begins; false: the trace has none

private:
    // A step that began between two stops: the way back leads to where it began, not to the stop before.
    struct Detour {
        StepMode mode;
        std::size_t from;
        std::size_t to;
        bool forward;
    };
    [[nodiscard]] const std::vector<std::size_t>& stops(StepMode mode) const {
        return stops_[static_cast<std::size_t>(mode)];
    }
    bool move(StepMode mode, bool forward);

    const Trace& trace_;
    std::size_t at_ = 0;
    std::array<std::vector<std::size_t>, count_of<StepMode>()> stops_;  // each with 0 and the end
    std::optional<Detour> detour_;
};

}  // namespace cutaway::trace
