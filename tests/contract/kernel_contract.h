// SPDX-License-Identifier: Apache-2.0
// What every Kernel promises, as a table: calls that must go well, then one whose answer is known from the manual. Any
// world is put through it by whoever can perform a list of calls on a machine that is its own.
#pragma once

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "core/world/world.h"

namespace cutaway::contract {

// Performs all in order and answers each; later calls are made even if earlier ones failed.
using PerformAll = std::function<std::vector<Result<world::Reply>>(const std::vector<world::Call>& calls)>;

struct KernelCase {
    std::string promise;  // "a mount takes a directory that is there"
    std::vector<world::Call> calls;
    int sys_errno = 0;  // of the last; 0: it goes well, unless `code` says that it was refused before the kernel
    Errc code = Errc::internal;
    bool refused = false;
};

// `folder` is empty, private and there; `group` is a path for a cgroup that is not there yet, of a hierarchy that has
// the pids controller.
std::vector<KernelCase> kernel_cases(const std::string& folder, const std::string& group);

// Fails with the promise's own words.
void check_kernel(const PerformAll& perform, const std::vector<KernelCase>& cases);

// The path of a cgroup on such a machine.
std::string group_path(const world::MachineProfile& machine, const std::string& name);

}  // namespace cutaway::contract
