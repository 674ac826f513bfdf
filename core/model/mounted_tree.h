// SPDX-License-Identifier: Apache-2.0
// Trees as a process with that root would see them: read name by name, no link leading out; or, where an overlay is
// mounted, written through it, so that what lies below stays as it is. The writer follows nothing; whiteouts are the
// overlay's own business, and asking it for one is an error.
#pragma once

#include <memory>
#include <string>

#include "core/model/machine.h"
#include "core/model/vfs.h"
#include "core/world/disk.h"

namespace cutaway::model {

std::unique_ptr<world::Source> source_of(std::string bytes);

Result<std::unique_ptr<world::TreeReader>> make_tree_reader(Machine& machine, const View& root);
Result<std::unique_ptr<world::TreeWriter>> make_mounted_writer(Machine& machine, const View& root);

}  // namespace cutaway::model
