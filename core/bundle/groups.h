// SPDX-License-Identifier: Apache-2.0
// The cgroups of an OCI container: where they are, and its resources as what is written into them. Knows the names of
// v1 and v2; refuses by its name what the machine's version has no file for. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/oci/runtime_spec.h"
#include "core/world/world.h"

namespace cutaway::bundle {

struct Groups {
    std::string path;  // below the mount point: "/cutaway-oci/ID", or what linux.cgroupsPath says
    world::CgroupLayout layout = world::CgroupLayout::v2;
    std::vector<std::string> controllers;  // of v1: the mounted ones, as their directories are called
};

Result<std::string> group_path(const std::string& cgroups_path, const std::string& id);

// The directories, one on v2, one a controller on v1.
std::vector<std::string> directories(const Groups& groups);
std::string directory_of(const Groups& groups, std::string_view controller);  // empty: not mounted

Result<std::vector<world::Call>> limit_calls(const Groups& groups, const oci::SpecResources& resources);
std::vector<world::Call> freeze_calls(const Groups& groups, bool frozen);
// What nobody may do without: the rules that every container gets behind its own (null, zero, pts and their kin).
std::vector<world::DeviceRule> device_rules(const oci::SpecResources& resources);

}  // namespace cutaway::bundle
