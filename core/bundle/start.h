// SPDX-License-Identifier: Apache-2.0
// A bundle's config.json as a plan: the same calls, performed by the same init, as `cutaway run` makes of docker's flags.
// The plan stops once, at its gate: what lies before it is `create`, what lies behind it `start`. Pure; refuses by its
// name whatever the two halves cannot honour.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bundle/groups.h"
#include "core/oci/runtime_spec.h"
#include "core/plan/plan.h"

namespace cutaway::bundle {

// What is not in config.json: the machine, and what was typed.
struct Setting {
    std::string id;
    std::string bundle;  // absolute
    std::string root;    // the root file system, absolute and without links
    Groups groups;
    std::string seccomp_filter;  // compiled from seccomp_rules_of
    int preserved = 0;           // descriptors that the program keeps behind 0, 1 and 2
    bool new_keyring = true;
};

struct Start {
    plan::Plan plan;
    std::size_t gate = 0;  // the first call that belongs to `start`
};

Result<Start> plan_create(const oci::RuntimeSpec& spec, const Setting& setting);

// A further process in a container whose first process is `pid`. `program` is the whole of what it shall be. Its gate is
// where it has its pid and its terminal, and is nobody's child yet.
Start plan_join(const oci::SpecProcess& program, std::int64_t pid, const Setting& setting);

// The rules for core/host/seccomp_filters.h; nothing if the bundle has no filter.
Result<std::optional<std::string>> seccomp_rules_of(const std::string& seccomp, const world::MachineProfile& machine);

// Hooks of one moment, `state` on their standard input.
std::vector<world::RunHook> hook_calls(const char* name, const std::vector<oci::SpecHook>& hooks,
                                       const std::string& state);

}  // namespace cutaway::bundle
