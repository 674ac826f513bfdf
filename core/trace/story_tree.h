// SPDX-License-Identifier: Apache-2.0
// StoryTree: a trace as what diff compares: nodes with a label and flat fields, containers' ids replaced by their order
// of appearance, siblings that overlap in time brought into one order. Used by diff alone.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/trace/diff.h"
#include "core/trace/event.h"

namespace cutaway::trace {

using FlatFields = std::vector<std::pair<std::string, std::string>>;  // path → text, in the order of declaration

struct StoryNode {
    std::string kind;   // "span", or a call's, note's or observation's kind
    std::string label;  // what must be equal for two nodes to be the same step of the story
    FlatFields fields;
    std::vector<StoryNode> children;
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct StoryTree {
    StoryNode root;
    std::vector<StoryNode> seen;  // observations
};

StoryTree make_story(const std::vector<Event>& events, const std::vector<Exception>& exceptions);

}  // namespace cutaway::trace
