// SPDX-License-Identifier: Apache-2.0
// What stat(2), readdir(3) and the attributes say, as the values of core/world/disk.h: shared by whoever reads by path
// and whoever reads by descriptor. No policy and no path walk here.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "core/host/fd.h"
#include "core/world/disk.h"

namespace cutaway::host {

world::FileInfo to_info(const struct stat& seen);  // without link and attributes

// When the file was written last; 0 where that cannot be said.
std::int64_t changed_ns(const std::string& path);

enum class Links { kept, followed };
void read_xattrs(const std::string& path, Links links, world::FileInfo& info);

Result<std::vector<world::DirEntry>> list_directory(Fd directory, const std::string& name);
std::unique_ptr<world::Source> source_of(Fd file);

}  // namespace cutaway::host
