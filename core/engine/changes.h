// SPDX-License-Identifier: Apache-2.0
// What `commit --change` and `import --change` say: one line of a Dockerfile each, applied to what an image runs by
// default. Pure. Only the instructions that change the config alone are known, as in docker; errors are the daemon's.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/oci/image_config.h"

namespace cutaway::engine {

Status apply_change(oci::RunDefaults& config, const std::string& line);

}  // namespace cutaway::engine
