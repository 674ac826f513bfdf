// SPDX-License-Identifier: Apache-2.0
// HostDisk: world::Disk over the simulated machine's own file systems, as root on its host. Every change is atomic as
// it happens; what survives is decided by the snapshot. Locks are the machine's; a held one is Errc::conflict unless
// somebody says how to wait.
#pragma once

#include <functional>
#include <string>

#include "core/model/machine.h"
#include "core/world/disk.h"

namespace cutaway::model {

class HostDisk final : public world::Disk {
public:
    // `wait` lets time pass until a lock may be free; false: give up.
    explicit HostDisk(Machine& machine, std::string owner = {}, std::function<Status()> wait = {})
        : machine_(machine), owner_(std::move(owner)), wait_(std::move(wait)) {}

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
    Machine& machine_;
    std::string owner_;
    std::function<Status()> wait_;
};

}  // namespace cutaway::model
