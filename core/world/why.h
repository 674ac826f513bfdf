// SPDX-License-Identifier: Apache-2.0
// Why: for every kind of call what it does and what for, in a learner's words, the system calls behind it, and where
// to read on: man pages with their section, or a clause of a specification. Every kind of world::Call has an entry.
#pragma once

#include <span>
#include <string_view>

#include "core/world/vocabulary.h"

namespace cutaway::world {

struct Explanation {
    std::string_view kind;          // of the call
    std::string_view system_calls;  // "openat, write, fsync, rename"; empty: none of its own
    std::string_view text;
    std::string_view read_on;  // "mount(2), overlayfs: …": separated by "; "
};

const Explanation* why(std::string_view kind);  // null: no such call
std::span<const Explanation> all_explanations();

std::string_view why(Phase phase);  // what the phase is for; empty for `none`

}  // namespace cutaway::world
