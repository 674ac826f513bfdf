// SPDX-License-Identifier: Apache-2.0
// The programs that the simulated machine ships. An image's executable is "#!cutaway-program NAME"; NAME is one of
// program_names(), or "busybox": one file with many links to it, that acts as the applet it was called as.
// docs/programs.md publishes what each of them knows; beyond that they say "not modelled" and exit 127.
#pragma once

#include <string_view>
#include <vector>

#include "core/model/sys.h"

namespace cutaway::model {

std::vector<std::string_view> program_names();  // sorted

}  // namespace cutaway::model
