// SPDX-License-Identifier: Apache-2.0
// HostDisk: the store's file work on this machine. Saved files appear whole (save_file.h); trees from archives are
// written by descriptors (tree_writer.h); a lock is flock(2) on a file of its own and can be given up while waiting.
// Safe from several threads: it keeps nothing between calls.
#pragma once

#include "core/world/world.h"

namespace cutaway::host {

class HostDisk final : public world::Disk {
public:
    explicit HostDisk(const world::Cancel& cancel) : cancel_(cancel) {}

    Result<std::string> read(std::string_view path) override;
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override;
    Result<world::FileInfo> stat(std::string_view path) override;
    Result<std::vector<world::DirEntry>> list(std::string_view path) override;
    Status save(std::string_view path, std::string_view bytes, world::Durability durability) override;
    Status append(std::string_view path, std::string_view bytes) override;
    Status overwrite(std::string_view path, std::string_view bytes) override;
    Result<std::unique_ptr<world::Sink>> create(std::string_view path) override;
    Status make_dir(std::string_view path, std::uint32_t mode) override;
    Status rename(std::string_view from, std::string_view to) override;
    Status remove(std::string_view path) override;
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view root) override;
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view root) override;
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view path) override;

private:
    const world::Cancel& cancel_;
};

}  // namespace cutaway::host
