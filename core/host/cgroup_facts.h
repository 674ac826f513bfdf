// SPDX-License-Identifier: Apache-2.0
// What a cgroup's files tell. A file that is not there or not readable tells nothing.
#pragma once

#include <string>
#include <vector>

namespace cutaway::host {

// Whether the kernel killed a process of one of these cgroups because their memory limit was reached.
bool ran_out_of_memory(const std::vector<std::string>& cgroups);

}  // namespace cutaway::host
