// SPDX-License-Identifier: Apache-2.0
// The static program as a sealed copy in memory: whoever reaches it through /proc/PID/exe cannot change it
// (CVE-2019-5736), and the copy on the disk is not what runs.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

Result<Fd> seal_program(const std::string& path);
// Where cutaway-init is: $CUTAWAY_INIT, beside this program, or ../lib/cutaway from there.
Result<std::string> find_program(const std::string& name, const char* variable);

}  // namespace cutaway::host
