// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "core/base/binary.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/names.h"
#include "core/engine/networking.h"
#include "core/engine/restarting.h"
#include "core/engine/unseen.h"
#include "core/store/containers.h"
#include "core/store/paths.h"
#include "core/store/time_text.h"
#include "core/store/volumes.h"

namespace cutaway::engine {

namespace {

using world::Phase;

constexpr std::int64_t poll_ns = 1'000'000;
constexpr int polls = 5000;
constexpr int polls_between_looks = 100;  // whether the shim that should tell is there at all

// How often it was started again before it ended; the caller has the lock and saves.
Status take_in_restarts_of(world::World& world, store::ContainerRecord& record) {
    const auto told = world.disk.read(runtime::restart_record_path(exit_record_path(world, record.id)));
    if (told) {
        record.state.restarts = TRY(runtime::decode_record(*told)).count;
    }
    return {};
}

// The first to write "exited" is the one who cleans up; the lock is let go before any gate can be met.
Result<bool> claim(world::World& world, const std::string& id, const runtime::ExitRecord& exit, std::string why) {
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(store::lock_path(world)));
    Result<store::ContainerRecord> record = store::load_container(world, id);
    if (!record) {
        return false;
    }
    TRY(take_in_restarts_of(world, *record));
    if (!is_tended(*record)) {
        return false;
    }
    record->state.status = store::ContainerState::exited;
    record->state.why = std::move(why);
    record->state.pid = 0;
    record->state.exit_code = exit.code;
    record->state.oom_killed = exit.oom;
    record->state.finished_at = store::to_time_text(exit.finished_wall_ns);
    give_back_address(*record);
    TRY(store::save_container(world, *record));
    return true;
}

void tell_end(world::World& world, const store::ContainerRecord& record, const runtime::ExitRecord& exit) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t started = store::parse_time(record.state.started_at).value_or(exit.finished_wall_ns);
    if (exit.oom) {
        happened(world, record, "oom", {}, exit.finished_wall_ns);
    }
    happened(world, record, "die",
             {{"execDuration", std::to_string((exit.finished_wall_ns - started) / second)},
              {"exitCode", std::to_string(exit.code)}},
             exit.finished_wall_ns);
}

}  // namespace

Status release(world::World& world, const std::string& id, Phase phase) {
    const Result<std::string> saved = world.disk.read(undo_path(world, id));
    std::vector<world::Call> undo;
    if (!saved || !binary::decode(*saved, undo)) {
        return {};
    }
    world::SpanStart start;
    start.phase = phase;
    start.title = "give back cgroup, network and mounts";
    start.container = id;
    start.clean_up = true;
    world::Span span(world.narrator);
    TRY(span.open(start));
    for (const world::Call& call : undo) {
        // Half of it may be gone: the kernel takes a veth with its namespace.
        static_cast<void>(world.kernel.perform(call));
    }
    return world.disk.remove(undo_path(world, id));
}

Status sweep(world::World& world, const std::vector<store::ContainerRecord>& known) {
    const std::string folder = world.machine.run_root + "/containers";
    const Result<std::vector<world::DirEntry>> found = world.disk.list(folder);
    if (!found) {
        return {};
    }
    std::set<std::string_view> ids;
    for (const store::ContainerRecord& record : known) {
        ids.insert(record.id);
    }
    for (const world::DirEntry& entry : *found) {
        if (ids.contains(entry.name)) {
            continue;
        }
        // One that came since the others were listed has its record.
        const Result<store::ContainerRecord> record = store::load_container(world, entry.name);
        if (!record && record.error().code == Errc::not_found) {
            TRY(release(world, entry.name, Phase::remove));
            TRY(world.disk.remove(folder + "/" + entry.name));
        }
    }
    return {};
}

Status put_away(world::World& world, const std::string& id, const runtime::ExitRecord& exit, std::string why) {
    if (!TRY(claim(world, id, exit, std::move(why)))) {
        return {};
    }
    const store::ContainerRecord record = TRY(store::load_container(world, id));
    tell_end(world, record, exit);
    TRY(release(world, id, Phase::stop));
    TRY(write_names_of(world, record));
    plugged(world, record, "disconnect");
    return record.host.auto_remove ? discard(world, record, true) : Status();
}

Result<runtime::ExitRecord> await_exit_record(world::World& world, const std::string& id) {
    for (int i = 0; i < polls; ++i) {
        const Result<std::string> text = world.disk.read(exit_record_path(world, id));
        if (text) {
            return runtime::parse_exit_record(*text);
        }
        const bool look = i % polls_between_looks == polls_between_looks - 1;
        if (look && is_orphan(world, id)) {
            return unseen_exit(world);
        }
        TRY(world.clock.sleep(poll_ns));
    }
    return fail(Errc::internal, "the container's shim did not tell how it ended");
}

Status discard(world::World& world, const store::ContainerRecord& record, bool volumes) {
    world::SpanStart start;
    start.grain = world::Grain::phase;
    start.phase = Phase::remove;
    start.title = "remove";
    start.container = record.id;
    return world::within(world.narrator, start, [&]() -> Status {
        TRY(release(world, record.id, Phase::remove));
        world::SpanStart step = start;
        step.grain = world::Grain::step;
        step.title = "delete the record and the writable layer";
        world::Span span(world.narrator);
        TRY(span.open(step));
        TRY(store::remove_container(world, record));
        happened(world, record, "destroy");
        TRY(world.disk.remove(world.machine.run_root + "/containers/" + record.id));
        for (const store::MountPoint& mount : record.mounts) {
            if (volumes && mount.anonymous) {
                TRY(store::remove_volume(world, mount.name));
                happened(world, {0, "volume", "destroy", mount.name, {{"driver", "local"}}});
            }
        }
        return {};
    });
}

}  // namespace cutaway::engine
