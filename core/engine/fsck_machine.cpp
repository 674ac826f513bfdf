// SPDX-License-Identifier: Apache-2.0
// Containers, and what is left of them on the machine: what fsck makes of each. Cgroups and links are found by the list
// that a start keeps below the run root, never by their look: another store's containers have the same.
#include <map>
#include <memory>
#include <sstream>

#include "core/engine/fsck_parts.h"
#include "core/engine/lifecycle.h"
#include "core/engine/restarting.h"
#include "core/engine/unseen.h"
#include "core/runtime/protocol.h"
#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/paths.h"

namespace cutaway::engine {

namespace {

Result<std::vector<world::DirEntry>> folders_in(Examination& all, const std::string& root) {
    Result<std::vector<world::DirEntry>> found = all.world.disk.list(root + "/containers");
    if (!found && found.error().code == Errc::not_found) {
        return std::vector<world::DirEntry>{};
    }
    return found;
}

}  // namespace

namespace {

// What its start had made goes before its folder: a tree that is mounted in there must not be taken for its files.
void examine_folder(Examination& all, const std::string& id, const std::string& folder) {
    const std::string what = "container " + store::short_id(id) + " has a folder and no record";
    if (has_shim(all.world, id)) {
        all.lost(what + ", and it runs", "end its processes and look again");
        return;
    }
    all.mend(what, "removed, and what its start had made given back", [&]() -> Status {
        TRY(release(all.world, id, world::Phase::remove));
        TRY(all.world.disk.remove(all.world.machine.run_root + "/containers/" + id));
        return all.world.disk.remove(folder);
    });
}

}  // namespace

Status examine_containers(Examination& all) {
    const std::string above = all.world.machine.data_root + "/containers/";
    for (const world::DirEntry& entry : TRY(folders_in(all, all.world.machine.data_root))) {
        const Result<store::ContainerRecord> record = store::load_container(all.world, entry.name);
        if (record) {
            ++all.report.containers;
        } else if (record.error().code == Errc::not_found) {
            // Whoever makes one holds the lock until its record is there.
            const std::unique_ptr<world::DiskLock> lock = TRY(all.world.disk.lock(store::lock_path(all.world)));
            const Result<store::ContainerRecord> now = store::load_container(all.world, entry.name);
            if (!now && now.error().code == Errc::not_found) {
                examine_folder(all, entry.name, above + entry.name);
            }
        } else if (record.error().code == Errc::invalid) {
            const std::string aside = all.world.machine.data_root + "/lost/" + entry.name;
            all.mend("container " + store::short_id(entry.name) + ": its record cannot be read",
                     "set aside with its files in " + aside, [&]() -> Status {
                         TRY(all.world.disk.make_dir(all.world.machine.data_root + "/lost", 0700));
                         return all.world.disk.rename(above + entry.name, aside);
                     });
        } else {
            all.lost(record.error().doing, "left as it is");
        }
    }
    return {};
}

namespace {

void examine_orphan(Examination& all, const store::ContainerRecord& record) {
    if (!is_tended(record) || !is_orphan(all.world, record.id)) {
        return;
    }
    const bool up = runs(all.world, record);
    all.mend(
        "container " + record.name +
            (up ? " runs without its shim: nobody would tell how it ends" : " is said to run, but nothing of it does"),
        up ? "killed and recorded as exited (137), what it left given back"
           : "recorded as exited (255), what it left given back",
        [&] { return end_orphan(all.world, record); });
}

// Mounted trees of this store's containers that are not up: "… /var/lib/cutaway/containers/ID/merged …".
Status examine_mounts(Examination& all, const std::map<std::string, store::ContainerRecord>& known) {
    const Result<std::string> text = all.world.disk.read("/proc/self/mountinfo");
    const std::string above = all.world.machine.data_root + "/containers/";
    std::istringstream lines(text ? *text : std::string());
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string place;
        for (int i = 0; i < 5; ++i) {
            fields >> place;
        }
        const std::string id = place.starts_with(above) ? place.substr(above.size(), 64) : "";
        if (id.size() != 64 || place.substr(above.size() + 64) != "/merged") {
            continue;
        }
        const auto found = known.find(id);
        const bool undone = all.world.disk.stat(undo_path(all.world, id)).has_value();
        if ((found == known.end() || !store::is_up(found->second)) && !undone) {
            all.mend("container " + store::short_id(id) + " does not run, but its tree is mounted", "unmounted",
                     [&]() -> Status {
                         TRY(all.world.kernel.perform(world::Unmount{place}));
                         return {};
                     });
        }
    }
    return {};
}

}  // namespace

Status examine_leftovers(Examination& all) {
    const Result<std::vector<store::ContainerRecord>> records = store::list_containers(all.world);
    if (!records) {
        return {};  // told of already; what belongs to whom is not known
    }
    std::map<std::string, store::ContainerRecord> known;
    for (const store::ContainerRecord& record : *records) {
        known[record.id] = record;
    }
    bool unknown_runs = false;  // told of already; the engine's own sweep would pull the floor from under it
    for (const world::DirEntry& entry : TRY(folders_in(all, all.world.machine.run_root))) {
        if (known.contains(entry.name)) {
            continue;
        }
        const bool runs = has_shim(all.world, entry.name);
        unknown_runs = unknown_runs || runs;
        if (!runs) {
            all.mend("container " + store::short_id(entry.name) + " is gone, but not all that its start made",
                     "its mounts, cgroups and links given back", [&]() -> Status {
                         TRY(release(all.world, entry.name, world::Phase::remove));
                         return all.world.disk.remove(all.world.machine.run_root + "/containers/" + entry.name);
                     });
        }
    }
    for (const auto& [id, record] : known) {
        examine_orphan(all, record);
    }
    TRY(examine_mounts(all, known));
    return all.options.dry_run || unknown_runs ? Status() : all.engine.reconcile();
}

}  // namespace cutaway::engine
