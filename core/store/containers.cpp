// SPDX-License-Identifier: Apache-2.0
#include "core/store/containers.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "core/base/hex.h"
#include "core/store/ids.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"

namespace cutaway::store {

namespace {

std::string record_path(const world::World& world, std::string_view id) {
    return container_file(world, id, "config.json");
}

std::string_view without_slash(std::string_view name) { return name.substr(0, 1) == "/" ? name.substr(1) : name; }

Status write(world::World& world, const ContainerRecord& record) {
    TRY_IN("write the record of container " + record.name, save_record(world, record_path(world, record.id), record));
    world.narrator.note(to_note(record));
    return {};
}

Status check_free(const std::vector<ContainerClaim>& all, std::string_view name, std::string_view but) {
    for (const ContainerClaim& one : all) {
        if (one.name == name && one.id != but) {
            return fail(Errc::conflict,
                        "Conflict. The container name \"/" + one.name + "\" is already in use by container \"" +
                            one.id +
                            "\". You have to remove (or rename) that container to be able to reuse that name.");
        }
    }
    return {};
}

std::string free_name(world::World& world, const std::vector<ContainerClaim>& all) {
    std::string name = random_name(world.entropy);
    for (int tries = 0; !check_free(all, name, {}); ++tries) {
        const std::string more = tries < 6 ? std::string() : random_id(world.entropy).substr(0, 6);
        name = random_name(world.entropy) + more;
    }
    return name;
}

void fill_paths(const world::World& world, ContainerRecord& record) {
    record.upper = container_upper(world, record.id);
    record.work = container_work(world, record.id);
    record.merged = container_merged(world, record.id);
    record.log = container_log(world, record.id);
    record.hostname_path = container_file(world, record.id, "hostname");
    record.hosts_path = container_file(world, record.id, "hosts");
    record.resolv_conf_path = container_file(world, record.id, "resolv.conf");
    if (record.config.hostname.empty() && record.host.network_mode != "host") {
        record.config.hostname = short_id(record.id);
    }
}

Status make_directories(world::World& world, const ContainerRecord& record) {
    TRY(world.disk.make_dir(container_dir(world, record.id), 0710));
    for (const std::string* path : {&record.upper, &record.merged}) {
        TRY(world.disk.make_dir(*path, 0755));
    }
    return world.disk.make_dir(record.work, 0700);
}

// What a killed process left: folders of containers whose record was not written yet, or is gone. The lock is held, so
// nobody is making one now; whoever removes one finds it gone, which is fine. A folder that cannot go may stay.
Status sweep(world::World& world, const std::vector<ContainerClaim>& known) {
    std::set<std::string_view> ids;
    for (const ContainerClaim& one : known) {
        ids.insert(one.id);
    }
    for (const std::string& root : {world.machine.data_root, world.machine.run_root}) {
        const std::string above = root + "/containers";
        const Result<std::vector<world::DirEntry>> found = world.disk.list(above);
        if (!found) {
            continue;
        }
        for (const world::DirEntry& entry : *found) {
            if (ids.contains(entry.name)) {
                continue;
            }
            const Result<world::FileInfo> record = world.disk.stat(record_path(world, entry.name));
            if (record || record.error().code != Errc::not_found) {
                continue;
            }
            Status removed = world.disk.remove(above + "/" + entry.name);
            if (!removed && removed.error().code == Errc::cancelled) {
                return removed;
            }
        }
    }
    return {};
}

// Sorted by their times, each read once; a record is large, so it is moved once.
std::vector<ContainerRecord> newest_first(std::vector<ContainerRecord> all) {
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    order.reserve(all.size());
    for (const ContainerRecord& one : all) {
        order.emplace_back(parse_time(one.created).value_or(0), order.size());
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<ContainerRecord> sorted;
    sorted.reserve(all.size());
    for (const auto& [when, index] : order) {
        sorted.push_back(std::move(all[index]));
    }
    return sorted;
}

}  // namespace

Result<ContainerRecord> create_container(world::World& world, ContainerRecord record) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    const std::vector<ContainerClaim> all = TRY(list_claims(world));
    if (record.name.empty()) {
        record.name = free_name(world, all);
    }
    TRY(check_name("container", record.name));
    record.name = std::string(without_slash(record.name));
    TRY(check_free(all, record.name, {}));
    if (record.id.empty()) {
        record.id = random_id(world.entropy);
    }
    if (record.created.empty()) {
        record.created = to_time_text(world.clock.wall_ns());
    }
    TRY(sweep(world, all));
    fill_paths(world, record);
    TRY_IN("make the directories of container " + record.name, make_directories(world, record));
    TRY(write(world, record));
    return record;
}

Status save_container(world::World& world, const ContainerRecord& record) {
    const Result<world::FileInfo> there = world.disk.stat(record_path(world, record.id));
    if (!there) {
        return there.error().code == Errc::not_found ? fail(Errc::not_found, "No such container: " + record.id)
                                                     : there.error();
    }
    return write(world, record);
}

Status rename_container(world::World& world, ContainerRecord& record, std::string_view name) {
    TRY(check_name("container", name));
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(lock_path(world)));
    ContainerRecord renamed = record;
    renamed.name = std::string(without_slash(name));
    if (renamed.name == record.name) {
        return fail(Errc::invalid, "Renaming a container with the same name as its current name");
    }
    TRY(check_free(TRY(list_claims(world)), renamed.name, record.id));
    TRY(save_container(world, renamed));
    record = std::move(renamed);
    return {};
}

Status remove_container(world::World& world, const ContainerRecord& record) {
    TRY_IN("remove the record of container " + record.name, world.disk.remove(record_path(world, record.id)));
    world.narrator.note(world::ContainerForgotten{record.id});
    TRY_IN("remove the files of container " + record.name, world.disk.remove(container_dir(world, record.id)));
    return {};
}

namespace {

template <class Record>
Result<Record> load_as(world::World& world, std::string_view id) {
    Result<Record> record = load_record<Record>(world, record_path(world, id));
    if (!record && record.error().code == Errc::not_found) {
        return fail(Errc::not_found, "No such container: " + std::string(id));
    }
    if (record && record->id != id) {
        return damaged(record_path(world, id));
    }
    return record;
}

template <class Record>
Result<std::vector<Record>> list_as(world::World& world) {
    std::vector<Record> all;
    const Result<std::vector<world::DirEntry>> found = world.disk.list(world.machine.data_root + "/containers");
    if (!found) {
        if (found.error().code == Errc::not_found) {
            return all;
        }
        return found.error();
    }
    all.reserve(found->size());
    for (const world::DirEntry& entry : *found) {
        Result<Record> record = load_as<Record>(world, entry.name);
        if (record) {
            all.push_back(std::move(record).value());
        } else if (record.error().code != Errc::not_found) {  // a directory without a record was being made or removed
            return std::move(record).error();
        }
    }
    return all;
}

}  // namespace

Result<ContainerRecord> load_container(world::World& world, std::string_view id) {
    return load_as<ContainerRecord>(world, id);
}

Result<std::vector<ContainerClaim>> list_claims(world::World& world) { return list_as<ContainerClaim>(world); }

Result<ContainerRecord> find_container(world::World& world, std::string_view name_or_id) {
    const std::string_view wanted = without_slash(name_or_id);
    std::vector<ContainerRecord> all = TRY(list_containers(world));
    const auto is = [&](auto&& good) { return std::find_if(all.begin(), all.end(), good); };
    auto found = is([&](const ContainerRecord& one) { return one.id == wanted; });
    if (found == all.end()) {
        found = is([&](const ContainerRecord& one) { return one.name == wanted; });
    }
    if (found != all.end()) {
        return std::move(*found);
    }
    const auto begins = [&](const ContainerRecord& one) { return one.id.substr(0, wanted.size()) == wanted; };
    const auto count = wanted.empty() ? 0 : std::count_if(all.begin(), all.end(), begins);
    if (count > 1) {
        return fail(Errc::invalid, "Multiple IDs found with provided prefix: " + std::string(wanted));
    }
    if (count == 0) {
        return fail(Errc::not_found, "No such container: " + std::string(name_or_id));
    }
    return std::move(*is(begins));
}

Result<std::vector<ContainerRecord>> list_containers(world::World& world) {
    return newest_first(TRY(list_as<ContainerRecord>(world)));
}

}  // namespace cutaway::store
