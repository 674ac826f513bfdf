// SPDX-License-Identifier: Apache-2.0
// Versus: two runs side by side: their phases and steps in one order, and of the calls those that differ. What is the
// same is said once and told apart by a word and a shape, not by colour. Made from events alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace cutaway::view {

enum class Verdict { same, differs, only_left, only_right };
CUTAWAY_ENUM(Verdict, same, differs, only_left, only_right)

struct VersusRow {
    std::size_t depth = 0;
    Verdict verdict = Verdict::same;
    bool is_call = false;
    std::string title;
    std::string detail;       // "value: 64 against 128, and 2 more"
    std::uint64_t right = 0;  // where on the right run's events it begins, if it has it
};

struct Versus {
    std::vector<VersusRow> rows;
    std::size_t different = 0;  // calls and steps that differ, or that only one of them has
};

Versus versus_of(const std::vector<trace::Event>& left, const std::vector<trace::Event>& right);

std::string word_of(Verdict verdict);  // "same", "differs", "only left", "only right"

}  // namespace cutaway::view
