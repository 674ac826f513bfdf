// SPDX-License-Identifier: Apache-2.0
// This process becomes another program: execv(3), with our environment. It comes back only if that failed.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace cutaway::host {

Error become(const std::string& path, const std::vector<std::string>& arguments);

}  // namespace cutaway::host
