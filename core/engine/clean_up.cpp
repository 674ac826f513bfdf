// SPDX-License-Identifier: Apache-2.0
#include "core/engine/clean_up.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/engine/happenings.h"
#include "core/engine/speak.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using store::Image;

bool has_container(const std::vector<ContainerRecord>& containers, const Image& image) {
    return std::any_of(containers.begin(), containers.end(),
                       [&](const ContainerRecord& one) { return one.image_id == image.record.id; });
}

// By its names one after the other: the last of them takes the image along.
Status remove_unused(Engine& engine, const Image& image, PrunedImages& pruned) {
    std::map<std::string, std::uint64_t> sizes;
    for (const store::ImageLayer& layer : image.record.layers) {
        sizes[layer.chain_id] = shown_size(layer);
    }
    std::vector<std::string> names = image.names;
    if (names.empty()) {
        names.push_back(image.record.id);
    }
    for (const std::string& name : names) {
        Result<store::ImageRemoval> removal = store::remove_image(engine.world(), name, store::Force::no);
        if (!removal && removal.error().code == Errc::not_found) {
            continue;  // somebody was faster
        }
        if (!removal) {
            return removal.error();
        }
        tell_removal(engine.world(), *removal);
        pruned.untagged.insert(pruned.untagged.end(), removal->untagged.begin(), removal->untagged.end());
        pruned.deleted.insert(pruned.deleted.end(), removal->deleted.begin(), removal->deleted.end());
        for (const std::string& gone : removal->deleted) {
            const auto size = sizes.find(gone);
            pruned.reclaimed += size == sizes.end() ? 0 : size->second;
        }
    }
    return {};
}

Result<bool> may_go_too(world::World& world, const Image& image, const MayGo& may_go) {
    if (!may_go) {
        return true;
    }
    std::vector<world::Pair> labels;
    for (const auto& [name, value] : TRY(store::image_config(world, image.record)).config.labels) {
        labels.push_back({name, value});
    }
    return may_go(labels, image.record.created);
}

Usage weigh_images(const std::vector<Image>& images, const std::vector<ContainerRecord>& containers) {
    std::map<std::string, std::uint64_t> layers;
    std::map<std::string, int> holders;
    for (const Image& image : images) {
        for (const store::ImageLayer& layer : image.record.layers) {
            layers[layer.chain_id] = shown_size(layer);
            ++holders[layer.chain_id];
        }
    }
    Usage usage;
    usage.total = static_cast<std::uint32_t>(images.size());
    for (const auto& [chain, size] : layers) {
        usage.size += size;
    }
    std::uint64_t used = 0;  // docker counts what an active image shares with none
    for (const Image& image : images) {
        if (!has_container(containers, image)) {
            continue;
        }
        ++usage.active;
        for (const store::ImageLayer& layer : image.record.layers) {
            used += holders[layer.chain_id] == 1 ? shown_size(layer) : 0;
        }
    }
    usage.reclaimable = usage.size - std::min(used, usage.size);
    return usage;
}

Result<Usage> weigh_containers(world::Disk& disk, const std::vector<ContainerRecord>& containers) {
    Usage usage;
    usage.total = static_cast<std::uint32_t>(containers.size());
    for (const ContainerRecord& record : containers) {
        const std::uint64_t size = TRY(size_beneath(disk, record.upper));
        usage.size += size;
        usage.active += store::is_up(record) ? 1U : 0U;
        usage.reclaimable += store::is_up(record) ? 0 : size;
    }
    return usage;
}

Result<Usage> weigh_volumes(Engine& engine, const std::vector<ContainerRecord>& containers) {
    std::set<std::string> used;
    for (const ContainerRecord& record : containers) {
        for (const store::MountPoint& mount : record.mounts) {
            used.insert(mount.name);
        }
    }
    Usage usage;
    for (const store::VolumeRecord& volume : TRY(engine.volumes())) {
        const std::uint64_t size = TRY(size_beneath(engine.world().disk, volume.path));
        ++usage.total;
        usage.size += size;
        usage.active += used.contains(volume.name) ? 1U : 0U;
        usage.reclaimable += used.contains(volume.name) ? 0 : size;
    }
    return usage;
}

}  // namespace

std::uint64_t shown_size(const store::ImageLayer& layer) {
    return layer.published_size != 0 ? layer.published_size : layer.unpacked;
}

std::uint64_t shown_size(const store::ImageRecord& record) {
    std::uint64_t sum = 0;
    for (const store::ImageLayer& layer : record.layers) {
        sum += shown_size(layer);
    }
    return sum;
}

Result<std::uint64_t> size_beneath(world::Disk& disk, const std::string& directory) {
    std::uint64_t size = 0;
    std::vector<std::string> open{directory};
    while (!open.empty()) {
        const std::string path = std::move(open.back());
        open.pop_back();
        const Result<std::vector<world::DirEntry>> entries = disk.list(path);
        if (!entries && entries.error().code == Errc::not_found) {
            continue;
        }
        if (!entries) {
            return entries.error();
        }
        for (const world::DirEntry& entry : *entries) {
            const std::string inner = path + "/" + entry.name;
            if (entry.type == world::FileType::directory) {
                open.push_back(inner);
            } else if (const Result<world::FileInfo> info = disk.stat(inner); info) {
                size += info->type == world::FileType::regular ? info->size : 0;
            }
        }
    }
    return size;
}

Result<PrunedImages> prune_images(Engine& engine, Unused which, const MayGo& may_go) {
    TRY(engine.reconcile());
    return api(engine.world(), "POST", "/images/prune", 200, [&]() -> Result<PrunedImages> {
        PrunedImages pruned;
        TRY(store::remove_unfinished(engine.world()));
        const std::vector<ContainerRecord> containers = TRY(store::list_containers(engine.world()));
        for (const Image& image : TRY(store::list_images(engine.world()))) {
            if ((which == Unused::all || image.names.empty()) && !has_container(containers, image) &&
                TRY(may_go_too(engine.world(), image, may_go))) {
                TRY(remove_unused(engine, image, pruned));
            }
        }
        return pruned;
    });
}

Result<DiskUsage> disk_usage(Engine& engine) {
    const std::vector<ContainerRecord> containers = TRY(engine.containers());
    DiskUsage usage;
    usage.images = weigh_images(TRY(engine.images()), containers);
    usage.containers = TRY(weigh_containers(engine.world().disk, containers));
    usage.volumes = TRY(weigh_volumes(engine, containers));
    return usage;
}

}  // namespace cutaway::engine
