// SPDX-License-Identifier: Apache-2.0
// A simulated machine as files that can be carried elsewhere: what a root holds of it, as it is now or as it was before
// one of its last commands, and such files as a root again. Forks, lessons and preferences of the root stay behind. What
// is placed is looked at first: files that are no machine are refused, whoever wrote them. A composition root's part.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::cli {

// A command that a tape has, and how to find the machine before it. Generation 0: one that only looked, so none is kept.
struct Boundary {
    std::uint64_t generation = 0;
    std::string command;      // as typed, secrets blotted out
    std::uint64_t begin = 0;  // so many events were on the tape when it was opened for it
    friend bool operator==(const Boundary&, const Boundary&) = default;
};
CUTAWAY_FIELDS(Boundary, generation, command, begin)

using MachineFiles = std::map<std::string, std::string>;  // by their names below the root

// Waits for whoever holds the machine. Errc::not_found: there is none yet.
Result<MachineFiles> machine_files(const std::string& root);
// Errc::not_found: that is not kept any more.
Result<MachineFiles> machine_before(MachineFiles now, const Boundary& command);
bool is_machine_file(std::string_view name);
Status check_machine(const MachineFiles& files);
// Into a root that has no machine yet: Errc::exists.
Status place_machine(const std::string& root, const MachineFiles& files);
// The next folder for a fork that is not taken: "…/forks/fork-2".
Result<std::string> free_fork(const std::string& root);

// A folder for a machine that is wanted for a while; it goes with this.
class ScratchRoot {
public:
    static Result<ScratchRoot> make();
    ScratchRoot(ScratchRoot&& other) noexcept;
    ScratchRoot& operator=(ScratchRoot&&) = delete;
    ~ScratchRoot();
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    explicit ScratchRoot(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace cutaway::cli
