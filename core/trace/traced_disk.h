// SPDX-License-Identifier: Apache-2.0
// TracedDisk: what changes the disk becomes calls: save and a committed file (save_file), make_dir, rename, remove.
// Reading, locks and lines appended to logs are no calls; a layer's tree is one call of `layer`, never one an entry.
#pragma once

#include <memory>

#include "core/trace/frame.h"
#include "core/world/disk.h"

namespace cutaway::trace {

class TracedDisk final : public world::Disk {
public:
    TracedDisk(world::Disk& inner, Frame& frame) : inner_(inner), frame_(frame) {}

    Result<std::string> read(std::string_view path) override { return inner_.read(path); }
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override { return inner_.open(path); }
    Result<world::FileInfo> stat(std::string_view path) override { return inner_.stat(path); }
    Result<std::vector<world::DirEntry>> list(std::string_view path) override { return inner_.list(path); }
    Status append(std::string_view path, std::string_view bytes) override { return inner_.append(path, bytes); }
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view root) override { return inner_.tree(root); }
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view root) override { return inner_.reader(root); }
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view path) override;

    Status save(std::string_view path, std::string_view bytes, world::Durability durability) override;
    Status overwrite(std::string_view path, std::string_view bytes) override;
    Result<std::unique_ptr<world::Sink>> create(std::string_view path) override;
    Status make_dir(std::string_view path, std::uint32_t mode) override;
    Status rename(std::string_view from, std::string_view to) override;
    Status remove(std::string_view path) override;

private:
    world::Disk& inner_;
    Frame& frame_;
};

}  // namespace cutaway::trace
