// SPDX-License-Identifier: Apache-2.0
// One frame as a PNG file.
#pragma once

#include <string>

#include "core/base/result.h"
#include "viz/shell/surface.h"

namespace cutaway::recording {

Status write_png(const std::string& path, const shell::Pixels& pixels);

}  // namespace cutaway::recording
