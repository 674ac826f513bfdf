// SPDX-License-Identifier: Apache-2.0
// Rail: the twelve phases of a run as rows: what is done, where the view is, what comes, what was left out. A state is
// always a shape and a word, never a colour alone.
#pragma once

#include "viz/view/moment.h"

namespace cutaway::view {

enum class RailState { done, now, next, ahead, skipped, failed };
CUTAWAY_ENUM(RailState, done, now, next, ahead, skipped, failed)

struct RailRow {
    world::Phase phase = world::Phase::none;
    std::string name;
    std::string says;  // in three words, what it does
    RailState state = RailState::ahead;
    std::optional<std::uint64_t> begin;  // where it can be jumped to
    std::size_t steps = 0;               // of the whole run, as far as it is known
};

struct Rail {
    std::vector<RailRow> rows;
    std::string command;  // that the rail is about
    std::string why;      // what the present phase is for
    std::string next;     // "namespaces": the phase that comes next, if it is known
};

Rail rail_of(const Moment& moment);

}  // namespace cutaway::view
