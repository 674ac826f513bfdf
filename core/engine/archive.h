// SPDX-License-Identifier: Apache-2.0
// What docker's daemon answers to `cp`: looking at a path in a container, taking a tree out, putting one in. Which name
// a copy gets, and what a trailing slash means, is the client's to decide (core/cli/verbs_copy.cpp). A container need not run.
#pragma once

#include <functional>
#include <string>

#include "core/engine/engine.h"
#include "core/world/disk.h"

namespace cutaway::engine {

struct PathStat {
    std::string name;  // the path's last part
    world::FileInfo info;
};

struct InContainer {
    std::string container;  // as the person named it
    std::string path;
};

// HEAD /containers/x/archive. "Could not find the file /x in container web".
Result<PathStat> stat_path(Engine& engine, const InContainer& at);

using Dress = std::function<Result<bool>(world::TreeEntry& entry)>;

// GET: the tree at `path` under `name` into `to`; "": what is in it only. A link at its end is taken as a link.
Status read_archive(Engine& engine, const InContainer& at, const std::string& name, world::TreeWriter& to,
                    const Dress& dress);
using Bytes = std::function<Status(std::string_view)>;
Status read_archive_as_tar(Engine& engine, const InContainer& at, const std::string& name, const Bytes& out);

// PUT: whatever `fill` writes goes below `directory`, which must be there.
enum class Owner { as_given, container_user };
using Fill = std::function<Status(world::TreeWriter& to)>;
Status write_archive(Engine& engine, const InContainer& directory, Owner owner, const Fill& fill);
Fill from_tar(world::World& world, world::Source& tar);  // packed or not
Fill from_host(world::World& world, const std::string& path, const std::string& name, const Dress& dress);

// GET /containers/x/export: the container's own file system without what is mounted in it, as a tar.
Status export_container(Engine& engine, const std::string& container, const Bytes& out);

}  // namespace cutaway::engine
