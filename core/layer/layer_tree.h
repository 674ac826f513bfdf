// SPDX-License-Identifier: Apache-2.0
// The rules of a layer's names, as a tree in memory that says what an entry means before anything is written: where a
// name truly leads inside this layer, what a whiteout hides, which directories are implied. Pure; every path that
// leaves here is relative, free of "." and "..", and passes through no symbolic link.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/layer/layer_index.h"

namespace cutaway::layer {

// "/a//b/./c/" is "a/b/c", the root is "". What climbs out of the root is an error.
Result<std::string> clean_name(std::string_view name);

enum class NameKind { entry, whiteout, opaque, ignored };

struct LayerName {
    NameKind kind = NameKind::entry;
    std::string path;  // of the entry, of the name that is hidden, of the directory that is opaque
};

// What the archive's name says: ".wh.x" hides x, ".wh..wh..opq" makes its directory opaque (image spec, layer.md,
// "Whiteouts"); other ".wh..wh." names are AUFS's own and mean nothing here. Bare ".wh." is an error.
Result<LayerName> read_name(std::string_view name);

class LayerTree {
public:
    // The same place without symbolic links in the directories that lead to it, resolved inside the layer as a
    // chroot would. The last component is never followed.
    [[nodiscard]] Result<std::string> resolve(std::string_view clean) const;

    [[nodiscard]] const IndexEntry* find(std::string_view path) const;
    // Directories above `path` that this layer does not have, outermost first. An error if one is a file.
    [[nodiscard]] Result<std::vector<std::string>> missing_parents(std::string_view path) const;

    // Records the entry; it takes the place of what was there, except a directory that meets a directory. True if it
    // is a directory where a whiteout was: it must then be opaque to say the same.
    bool put(IndexEntry entry);
    // What a whiteout of `path` comes to beside what this layer itself has there.
    enum class Hide { whiteout, opaque, nothing };
    Hide hide(const std::string& path);
    void make_opaque(const std::string& path);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] LayerIndex to_index(std::string diff_id) const;

private:
    std::map<std::string, IndexEntry, std::less<>> entries_;
};

}  // namespace cutaway::layer
