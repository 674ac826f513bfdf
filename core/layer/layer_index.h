// SPDX-License-Identifier: Apache-2.0
// The list of a layer's files, made once while unpacking and never changed: who looks at an image needs no disk. Names
// are byte strings; paths are relative, without "." or ".."; the root itself is "".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/world/disk.h"

namespace cutaway::layer {

struct IndexEntry {
    std::string path;
    world::FileType type = world::FileType::regular;
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;
    std::string link;  // of a symlink; of a hard link: the other name
    bool hardlink = false;
    bool whiteout = false;  // hides this name of the layers below; nothing else counts then
    bool opaque = false;    // a directory that hides all that the layers below have in it
    friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};
CUTAWAY_FIELDS(IndexEntry, path, type, mode, uid, gid, size, link, hardlink, whiteout, opaque)

struct LayerIndex {
    std::string diff_id;
    std::vector<IndexEntry> entries;  // sorted by path
    friend bool operator==(const LayerIndex&, const LayerIndex&) = default;
};
CUTAWAY_FIELDS(LayerIndex, diff_id, entries)

const IndexEntry* find(const LayerIndex& index, std::string_view path);  // null: the layer says nothing of it

// One JSON object a line, so that grep works on it: first {"diff_id":…,"entries":N}, then each entry.
std::string to_text(const LayerIndex& index);
Result<LayerIndex> parse_layer_index(std::string_view text);

}  // namespace cutaway::layer
