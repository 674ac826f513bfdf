// SPDX-License-Identifier: Apache-2.0
#include "core/engine/fsck.h"

#include "core/engine/fsck_parts.h"
#include "core/engine/speak.h"
#include "core/store/blobs.h"
#include "core/store/networks.h"
#include "core/store/volumes.h"

namespace cutaway::engine {

namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

// Networks and volumes are small files; what cannot be read is told, since it says nothing else.
Status examine_small_records(Examination& all) {
    if (const auto networks = store::list_networks(all.world); !networks) {
        all.lost(networks.error().doing, "remove that file to lose the network");
    }
    if (const auto volumes = store::list_volumes(all.world); !volumes) {
        all.lost(volumes.error().doing, "its data is beside it");
    }
    return {};
}

struct Part {
    const char* title;
    Status (*examine)(Examination&);
};
constexpr Part parts[] = {
    {"compare every blob with its digest", examine_blobs},
    {"compare every layer's files with their list", examine_layers},
    {"read the names of images", examine_names},
    {"follow every image to its blobs and layers", examine_images},
    {"look for what nobody needs", examine_unneeded},
    {"read the records of containers", examine_containers},
    {"read the records of networks and volumes", examine_small_records},
    {"look for what a dead process left", examine_leftovers},
};

}  // namespace

void Examination::mend(std::string what, std::string deed, const std::function<Status()>& repair) {
    Finding finding{std::move(what), std::move(deed), options.dry_run};
    if (!options.dry_run) {
        if (const Status done = repair(); !done) {
            finding.done = "could not be repaired: " + done.error().doing;
            finding.open = true;
        }
    } else {
        finding.done = "would be repaired: " + finding.done;
    }
    report.findings.push_back(std::move(finding));
}

void Examination::lost(std::string what, std::string advice) {
    report.findings.push_back({std::move(what), std::move(advice), true});
}

void Examination::clear_away(std::string what, const std::string& path) {
    const Result<world::FileInfo> info = world.disk.stat(path);
    if (!info) {
        return;  // whoever made it was faster
    }
    if (!options.force && info->mtime_ns > world.clock.wall_ns() - day_ns) {
        report.left.push_back(std::move(what));
        return;
    }
    mend(std::move(what), "removed", [&] { return world.disk.remove(path); });
}

Status Examination::given_up() const {
    return world.cancel.requested() ? Status(fail(Errc::cancelled, "cancelled")) : Status();
}

Result<FsckReport> fsck(Engine& engine, const FsckOptions& options) {
    world::World& world = engine.world();
    TRY(store::prepare(world));
    Examination all{engine, world, options, {}, {}, {}, {}};
    for (const Part& part : parts) {
        TRY(world::within(world.narrator, step_span(world::Phase::none, "", part.title), [&]() -> Status {
            TRY(all.given_up());
            return part.examine(all);
        }));
    }
    return std::move(all.report);
}

}  // namespace cutaway::engine
