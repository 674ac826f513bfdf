// SPDX-License-Identifier: Apache-2.0
// What a cgroup's files tell. A file that is not there or not readable tells nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cutaway::host {

// How many of its processes the kernel killed because its memory limit was reached.
std::uint64_t oom_kills_of(const std::string& cgroup);

// Whether it did so in one of these cgroups.
bool ran_out_of_memory(const std::vector<std::string>& cgroups);

}  // namespace cutaway::host
