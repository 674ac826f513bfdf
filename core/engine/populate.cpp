// SPDX-License-Identifier: Apache-2.0
#include "core/engine/populate.h"

#include <algorithm>
#include <array>
#include <set>

namespace cutaway::engine {

namespace {

using world::FileInfo;
using world::FileType;

bool is_whiteout(const FileInfo& info) {
    return info.type == FileType::character && info.major == 0 && info.minor == 0;
}

bool is_opaque(const FileInfo& info) {
    return std::any_of(info.xattrs.begin(), info.xattrs.end(), [](const world::Pair& pair) {
        return pair.name.ends_with("overlay.opaque") && pair.value == "y";
    });
}

struct Copying {
    world::World& world;
    std::vector<std::string> trees;  // the nearest first
    world::TreeWriter& writer;
};

Status copy_bytes(Copying& in, const std::string& from) {
    const std::unique_ptr<world::Source> source = TRY(in.world.disk.open(from));
    std::array<char, 65536> buffer{};
    while (const std::size_t count = TRY(source->read(buffer))) {
        TRY(in.writer.write(std::string_view(buffer.data(), count)));
    }
    return {};
}

// What the layers together show at `path` ("/usr/share/x"), as `to` in the volume ("" is its root).
Status copy(Copying& in, const std::string& path, const std::string& to, int depth) {
    constexpr int deepest = 128;
    bool found = false;
    std::set<std::string> names;
    for (const std::string& tree : in.trees) {
        const auto info = in.world.disk.stat(tree + path);
        if (!info) {
            continue;
        }
        if (is_whiteout(*info) || (found && info->type != FileType::directory)) {
            break;
        }
        if (!found) {
            found = true;
            world::TreeEntry entry{to.empty() ? "." : to, *info, ""};
            std::erase_if(entry.info.xattrs, [](const world::Pair& pair) { return pair.name.starts_with("trusted."); });
            TRY(in.writer.add(entry));
            if (info->type == FileType::regular) {
                return copy_bytes(in, tree + path);
            }
        }
        if (info->type != FileType::directory) {
            return {};
        }
        for (const world::DirEntry& entry : TRY(in.world.disk.list(tree + path))) {
            names.insert(entry.name);
        }
        if (is_opaque(*info)) {
            break;
        }
    }
    for (const std::string& name : names) {
        if (depth < deepest) {
            TRY(copy(in, path + "/" + name, to.empty() ? name : to + "/" + name, depth + 1));
        }
    }
    return {};
}

bool holds_anything(world::World& world, const std::string& folder) {
    const auto entries = world.disk.list(folder);
    return !entries || !entries->empty();
}

}  // namespace

Status populate(world::World& world, const std::vector<std::string>& lower, const std::string& target,
                const std::string& volume) {
    const std::vector<std::string> trees(lower.rbegin(), lower.rend());
    const bool known = std::any_of(trees.begin(), trees.end(), [&](const std::string& tree) {
        const auto info = world.disk.stat(tree + target);
        return info && info->type == FileType::directory;
    });
    if (!known || holds_anything(world, volume)) {
        return {};
    }
    const std::unique_ptr<world::TreeWriter> writer = TRY(world.disk.tree(volume));
    Copying in{world, trees, *writer};
    TRY_IN("copy what the image has at " + target + " into the volume", copy(in, target, "", 0));
    return writer->finish();
}

}  // namespace cutaway::engine
