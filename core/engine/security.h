// SPDX-License-Identifier: Apache-2.0
// --security-opt: which filter of system calls a container gets, and whether it may gain privileges.
#pragma once

#include "core/base/result.h"
#include "core/engine/brought.h"
#include "core/engine/start_plan.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// "seccomp=FILE" becomes "seccomp=" and the profile itself, as docker's client sends it; the rest is checked.
Result<std::vector<std::string>> settle_security(world::Disk& disk, const std::vector<std::string>& options);

// None: for a privileged container, for seccomp=unconfined, and where nobody compiles filters.
Result<Filter> filter_for(const world::MachineProfile& machine, const store::ContainerRecord& record,
                          const Brought* brought);

bool no_new_privileges(const store::ContainerRecord& record);

// What of /proc and /sys it does not see, and what it cannot write; nothing for a privileged one.
std::vector<std::string> masked_paths(const store::ContainerRecord& record);
std::vector<std::string> read_only_paths(const store::ContainerRecord& record);

}  // namespace cutaway::engine
