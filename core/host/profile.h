// SPDX-License-Identifier: Apache-2.0
// What kind of machine this is, read from it. What cannot be read keeps the profile's default.
#pragma once

#include <string>

#include "core/world/world.h"

namespace cutaway::host {

world::MachineProfile host_profile(const std::string& data_root, const std::string& run_root);

}  // namespace cutaway::host
