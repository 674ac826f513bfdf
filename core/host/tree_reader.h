// SPDX-License-Identifier: Apache-2.0
// Files beneath a root that somebody else may be changing: every path is opened with openat2(2) and RESOLVE_IN_ROOT, then
// looked at through the descriptor that came out, so that what was checked is what is read. A device, pipe or socket is
// never opened.
#pragma once

#include <memory>
#include <string>

#include "core/world/disk.h"

namespace cutaway::host {

Result<std::unique_ptr<world::TreeReader>> make_tree_reader(const std::string& root);

}  // namespace cutaway::host
