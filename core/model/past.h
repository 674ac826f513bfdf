// SPDX-License-Identifier: Apache-2.0
// Past: the machine as it was before each of its last commands, so that a command can be undone. Beside every kept
// snapshot stands which files (long contents, bodies) were let go since, because an older snapshot may still name them: one
// is removed only when neither the machine nor any kept snapshot needs it. It is a convenience and not the truth: an
// index that cannot be read counts as an empty one, and the machine itself is none the worse for it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/state_files.h"

namespace cutaway::model {

inline std::string object_name(const std::string& digest) { return "objects/" + digest; }

struct PastCommand {
    std::uint64_t generation = 0;      // of the snapshot before it
    std::string command;               // as typed, secrets blotted out
    std::int64_t now_ns = 0;           // the machine's wall clock when it began
    std::vector<std::string> dropped;  // the names of what the machine let go between this one and the next
    friend bool operator==(const PastCommand&, const PastCommand&) = default;
};

class Past {
public:
    explicit Past(StateFiles& files) : files_(files) {}

    // With the root locked; `generation` is the machine's own: what is not older than that never came to be.
    Status load(std::uint64_t generation);
    [[nodiscard]] const std::vector<PastCommand>& commands() const { return commands_; }

    Status keep(PastCommand command, std::string_view snapshot);
    Status drop(const std::set<std::string>& names, const std::set<std::string>& in_use);
    Result<std::string> snapshot(const PastCommand& command);  // its bytes
    Status forget_last(const std::set<std::string>& in_use, const std::set<std::string>& made_since);

private:
    Status write_index();
    Status remove_unneeded(const std::set<std::string>& names, const std::set<std::string>& in_use);

    StateFiles& files_;
    std::vector<PastCommand> commands_;
};

}  // namespace cutaway::model
