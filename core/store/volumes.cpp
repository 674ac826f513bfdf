// SPDX-License-Identifier: Apache-2.0
#include "core/store/volumes.h"

#include <memory>

#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"
#include "core/world/note.h"

namespace cutaway::store {

namespace {

std::string record_path(const world::World& world, std::string_view name) {
    return volume_dir(world, name) + "/volume.json";
}

Error no_such_volume(std::string_view name) {
    return fail(Errc::not_found, "get " + std::string(name) + ": no such volume");
}

// In docker's words for volumes, which are not those for containers.
Status check_volume_name(const std::string& name) {
    if (check_name("volume", name)) {
        return {};
    }
    if (name.size() == 1) {
        return fail(
            Errc::invalid,
            "create " + name + ": volume name is too short, names should be at least two alphanumeric characters");
    }
    return fail(Errc::invalid, "create " + name + ": \"" + name +
                                   "\" includes invalid characters for a local volume name, only "
                                   "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host "
                                   "directory, use absolute path");
}

}  // namespace

Result<VolumeRecord> create_volume(world::World& world, VolumeRecord volume) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    if (volume.name.empty()) {
        volume.name = random_id(world.entropy);
        volume.anonymous = true;
    }
    TRY(check_volume_name(volume.name));
    Result<VolumeRecord> there = load_volume(world, volume.name);
    if (there || there.error().code != Errc::not_found) {
        return there;
    }
    volume.path = volume_data(world, volume.name);
    if (volume.created.empty()) {
        volume.created = to_time_text(world.clock.wall_ns());
    }
    TRY_IN("make volume " + volume.name, world.disk.make_dir(volume.path, 0755));
    TRY_IN("write the record of volume " + volume.name, save_record(world, record_path(world, volume.name), volume));
    world.narrator.note(world::VolumeKnown{volume.name, volume.path, volume.anonymous});
    return volume;
}

Result<VolumeRecord> load_volume(world::World& world, std::string_view name) {
    if (!check_name("volume", name) || name.front() == '/') {
        return no_such_volume(name);
    }
    Result<VolumeRecord> volume = load_record<VolumeRecord>(world, record_path(world, name));
    if (!volume && volume.error().code == Errc::not_found) {
        return no_such_volume(name);
    }
    return volume;
}

Result<std::vector<VolumeRecord>> list_volumes(world::World& world) {
    std::vector<VolumeRecord> all;
    const Result<std::vector<world::DirEntry>> found = world.disk.list(world.machine.data_root + "/volumes");
    if (!found) {
        return found.error().code == Errc::not_found ? Result<std::vector<VolumeRecord>>(all) : found.error();
    }
    for (const world::DirEntry& entry : *found) {
        Result<VolumeRecord> volume = load_volume(world, entry.name);
        if (volume) {
            all.push_back(std::move(volume).value());
        } else if (volume.error().code != Errc::not_found) {
            return std::move(volume).error();
        }
    }
    return all;
}

Status remove_volume(world::World& world, std::string_view name) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    const VolumeRecord volume = TRY(load_volume(world, name));
    std::string users;
    for (const ContainerRecord& container : TRY(list_containers(world))) {
        for (const MountPoint& mount : container.mounts) {
            if (mount.type == "volume" && mount.name == volume.name) {
                users += (users.empty() ? "" : ", ") + container.id;
                break;
            }
        }
    }
    if (!users.empty()) {
        return fail(Errc::conflict, "remove " + volume.name + ": volume is in use - [" + users + "]");
    }
    TRY_IN("remove the record of volume " + volume.name, world.disk.remove(record_path(world, volume.name)));
    world.narrator.note(world::VolumeForgotten{volume.name});
    return world.disk.remove(volume_dir(world, volume.name));
}

}  // namespace cutaway::store
