// SPDX-License-Identifier: Apache-2.0
// Inspector: the step card (what happens next, and why) and what is behind it: arguments, system calls, the line by
// hand, where to read on, the reply of what happened last, and what changed.
#pragma once

#include "viz/view/moment.h"

namespace cutaway::view {

struct Argument {
    std::string name;
    std::string value;
};

struct ChangeRow {
    scene::ChangeKind kind = scene::ChangeKind::changed;
    std::string words;
};

struct Inspector {
    std::string next;   // "Next: mount"
    std::string title;  // the step's
    std::string actor;
    std::string phase;
    std::string evidence;
    std::string why;
    std::vector<Argument> arguments;
    std::string system_calls;
    std::string by_hand;
    std::string read_on;
    std::string last;   // "before this: clone"
    std::string reply;  // "ok = 1002"
    bool reply_failed = false;
    std::vector<ChangeRow> changes;
    std::size_t more_changes = 0;
};

// Changes as rows: what is about the trace itself is left out, many of a kind are told as a few and a count; `more` is
// how many rows there would be beyond `most`.
std::vector<ChangeRow> change_rows(const std::vector<scene::Change>& changes, std::size_t most, std::size_t& more);

Inspector inspector_of(const Moment& moment);
std::vector<Argument> arguments_of(const world::Call& call);

}  // namespace cutaway::view
