// SPDX-License-Identifier: Apache-2.0
#include "core/model/mount_table.h"

#include <algorithm>
#include <utility>

namespace cutaway::model {

std::uint32_t MountTable::on(std::uint32_t parent, const std::string& at) const {
    if (!is_indexed_) {
        newest_.clear();
        for (const auto& [id, mounted] : mounts_) {
            if (mounted.parent != 0) {
                newest_[mounted.parent][mounted.at] = id;  // in the order of their numbers: a newer one covers
            }
        }
        is_indexed_ = true;
    }
    const auto places = newest_.find(parent);
    if (places == newest_.end()) {
        return 0;
    }
    const auto found = places->second.find(at);
    return found == places->second.end() ? 0 : found->second;
}

void MountTable::add(Mounted mounted) {
    if (is_indexed_ && mounted.parent != 0) {
        std::uint32_t& newest = newest_[mounted.parent][mounted.at];
        newest = std::max(newest, mounted.id);
    }
    const std::uint32_t id = mounted.id;
    mounts_.insert_or_assign(id, std::move(mounted));
}

void MountTable::erase(std::uint32_t id) {
    is_indexed_ = false;
    mounts_.erase(id);
}

MountTable::Map& MountTable::change() {
    is_indexed_ = false;
    return mounts_;
}

void put(std::string& out, const MountTable& table) { binary::put(out, table.mounts_); }

void get(binary::Input& in, MountTable& table) { binary::get(in, table.change()); }

}  // namespace cutaway::model
