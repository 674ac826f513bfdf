// SPDX-License-Identifier: Apache-2.0
// MountTable: the mounts of one namespace by number, and which is the newest on a place: asked at every step of every
// path, so that it must not cost more where many containers run. Whoever changes a mount in place does so by change().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/binary.h"
#include "core/base/fields.h"

namespace cutaway::model {

using FsId = std::uint32_t;

struct Mounted {
    std::uint32_t id = 0;
    std::uint32_t parent = 0;  // 0: the root mount
    std::string at;            // in the parent's file system: "" or "/a/b"
    FsId fs = 0;
    std::string root;  // which part of the file system is mounted
    std::string type;
    std::string source;
    std::string data;
    std::vector<std::string> options;
    bool read_only = false;
    bool shared = false;
};
CUTAWAY_FIELDS(Mounted, id, parent, at, fs, root, type, source, data, options, read_only, shared)

class MountTable {
public:
    using Map = std::map<std::uint32_t, Mounted>;

    [[nodiscard]] Map::const_iterator begin() const { return mounts_.begin(); }
    [[nodiscard]] Map::const_iterator end() const { return mounts_.end(); }
    [[nodiscard]] std::size_t size() const { return mounts_.size(); }
    [[nodiscard]] Map::const_iterator find(std::uint32_t id) const { return mounts_.find(id); }
    [[nodiscard]] bool contains(std::uint32_t id) const { return mounts_.contains(id); }
    [[nodiscard]] const Mounted& at(std::uint32_t id) const { return mounts_.at(id); }

    // The newest mount on that place of the mount `parent`; 0: none.
    [[nodiscard]] std::uint32_t on(std::uint32_t parent, const std::string& at) const;

    void add(Mounted mounted);
    void erase(std::uint32_t id);
    Map& change();  // until the next question

    friend void put(std::string& out, const MountTable& table);
    friend void get(binary::Input& in, MountTable& table);

private:
    Map mounts_;
    mutable std::map<std::uint32_t, std::map<std::string, std::uint32_t>> newest_;  // parent → place → mount
    mutable bool is_indexed_ = false;
};

}  // namespace cutaway::model
