// SPDX-License-Identifier: Apache-2.0
// The TreeWriter of the simulated disk: entries of an untrusted archive, resolved name by name beneath one directory
// of a plain file system. It follows nothing: ".." and a symlink on the way are refused.
#pragma once

#include <memory>

#include "core/model/machine.h"
#include "core/model/vfs.h"
#include "core/world/disk.h"

namespace cutaway::model {

Result<std::unique_ptr<world::TreeWriter>> make_tree_writer(Machine& machine, const Node& root);

}  // namespace cutaway::model
