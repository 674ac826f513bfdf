// SPDX-License-Identifier: Apache-2.0
// An OCI container's file system as calls of its init: the bundle's mounts, the devices, the root, what is hidden. Mount
// options are mount(8)'s words; one that is neither a flag known here nor the file system's own is refused. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/bundle/groups.h"
#include "core/oci/runtime_spec.h"
#include "core/plan/plan.h"

namespace cutaway::bundle {

struct Tree {
    std::string root;  // the root file system on the host, absolute and without links
    Groups groups;
    bool own_cgroups = true;  // a cgroup namespace of its own: what is shown is its own part
};

Result<std::vector<plan::PlannedCall>> plan_tree(const oci::RuntimeSpec& spec, const Tree& tree);

// One mount of config.json as one to three calls (a bind's flags and every propagation need calls of their own).
Result<std::vector<world::Call>> mount_calls(const oci::SpecMount& mount, const Tree& tree);

}  // namespace cutaway::bundle
