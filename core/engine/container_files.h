// SPDX-License-Identifier: Apache-2.0
// A container's files as its processes see them, looked at from outside: its overlay with the volumes and binds in their
// places, links followed as they lead inside. Names come from an image or from a process that runs, so each is resolved
// one by one here and once more, beneath its root, by whoever opens it (CVE-2018-15664): nothing leads out, however it is
// swapped meanwhile. What lies in a tmpfs or on /proc is not there: only the container's own mounts show it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/container_record.h"
#include "core/world/world.h"

namespace cutaway::engine {

// Where a path leads once every link on the way was followed: absolute, without links; no info: nothing is there yet.
struct Found {
    std::string path;
    std::optional<world::FileInfo> info;
};
enum class LastLink { kept, followed };
Result<Found> resolve(world::TreeReader& reader, std::string_view path, LastLink last);

class ContainerFiles final : public world::TreeReader {
public:
    // Its root must be mounted: see with_files.
    static Result<std::unique_ptr<ContainerFiles>> open(world::World& world, const store::ContainerRecord& record);

    // Paths beneath the container's root, without links on the way.
    Result<world::FileInfo> stat(std::string_view path) override;
    Result<std::vector<world::DirEntry>> list(std::string_view path) override;
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override;
    Result<std::string> other_names(std::string_view path) override;

    // Writes into `directory` of the container, which is there; links above an entry are followed inside. A directory
    // is not replaced by something else, nor the other way round. "container rootfs is marked read-only".
    Result<std::unique_ptr<world::TreeWriter>> writer(const std::string& directory);

private:
    friend class RoutedWriter;
    struct Root {
        std::string target;  // in the container: "" or "/data"
        std::string source;  // the directory on the host that is read
        std::string file;    // not empty: only this file of it is there, under `target`'s name
        bool read_only = false;
        std::unique_ptr<world::TreeReader> reader;
    };
    struct Place {
        Root* root = nullptr;
        std::string beneath;
    };
    explicit ContainerFiles(world::World& world) : world_(world) {}
    Status add(std::string target, const std::string& source, bool read_only);
    Place place(std::string_view path);

    world::World& world_;
    std::vector<Root> roots_;  // the container's own first
};

// From here to `unmount_files` a container's overlay is there to be read, whether it runs or not.
Status mount_files(world::World& world, store::ContainerRecord& record);
Status unmount_files(world::World& world, const store::ContainerRecord& record);

// Mounts, works, unmounts. The record may learn of its volumes on the way.
template <class Work>
auto with_files(world::World& world, store::ContainerRecord& record, Work&& work)
    -> decltype(work(std::declval<ContainerFiles&>())) {
    if (Status mounted = mount_files(world, record); !mounted) {
        return std::move(mounted).error();
    }
    auto result = [&]() -> decltype(work(std::declval<ContainerFiles&>())) {
        Result<std::unique_ptr<ContainerFiles>> files = ContainerFiles::open(world, record);
        if (!files) {
            return std::move(files).error();
        }
        return work(**files);
    }();
    Status unmounted = unmount_files(world, record);
    if (result && !unmounted) {
        return std::move(unmounted).error();
    }
    return result;
}

}  // namespace cutaway::engine
