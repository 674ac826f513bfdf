// SPDX-License-Identifier: Apache-2.0
// What changed between two Pictures, each change with its path, its values as JSON and a line in words. Shared
// structure is skipped by its address, so the diff of neighbours costs what changed. The moment itself (seq, t_ns) is
// no change. It gives up at `most`: the answer is for people.
#pragma once

#include <string>
#include <vector>

#include "core/scene/picture.h"

namespace cutaway::scene {

enum class ChangeKind { added, removed, changed };
CUTAWAY_ENUM(ChangeKind, added, removed, changed)

struct Change {
    ChangeKind kind = ChangeKind::changed;
    std::string path;    // a pointer that `show` takes: /containers/3f2a…/record/state
    std::string before;  // JSON, cut to 4 KiB; empty when added
    std::string after;   // empty when removed
    std::string words;   // "container web: state from \"created\" to \"running\""
    friend bool operator==(const Change&, const Change&) = default;
};
CUTAWAY_FIELDS(Change, kind, path, before, after, words)

std::vector<Change> diff(const Picture& before, const Picture& after, std::size_t most = 1000);

inline const std::string& describe(const Change& change) { return change.words; }

}  // namespace cutaway::scene
