// SPDX-License-Identifier: Apache-2.0
#include "core/engine/restarting.h"

#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/runtime/protocol.h"
#include "core/store/containers.h"
#include "core/store/paths.h"
#include "core/store/time_text.h"

namespace cutaway::engine {

namespace {

using store::ContainerState;

bool has_policy(const store::ContainerRecord& record) {
    return !record.host.restart.name.empty() && record.host.restart.name != "no";
}

std::string order_path(const world::World& world, const std::string& id) {
    return runtime::restart_order_path(exit_record_path(world, id));
}

std::string record_path(const world::World& world, const std::string& id) {
    return runtime::restart_record_path(exit_record_path(world, id));
}

// Most containers have none: then nothing is done, and nothing told.
Status forget(world::World& world, const std::string& path) {
    return world.disk.stat(path) ? world.disk.remove(path) : Status();
}

void put(const runtime::RestartRecord& told, store::Lifecycle& state) {
    state.restarts = told.count;
    state.oom_killed = told.oom;
    state.finished_at = store::to_time_text(told.finished_wall_ns);
    state.why = "restart policy";
    state.pid = told.pid;
    state.status = told.pid == 0 ? ContainerState::restarting : ContainerState::running;
    state.exit_code = told.pid == 0 ? told.code : 0;
    if (told.pid != 0) {
        state.started_at = store::to_time_text(told.started_wall_ns);
    }
}

}  // namespace

bool is_tended(const store::ContainerRecord& record) {
    return store::is_up(record) || record.state.status == ContainerState::restarting;
}

Status begin_tending(world::World& world, const store::ContainerRecord& record) {
    TRY(forget(world, record_path(world, record.id)));
    return write_order(world, record);
}

Status write_order(world::World& world, const store::ContainerRecord& record, std::vector<plan::PlannedCall> network) {
    if (!has_policy(record)) {
        return forget(world, order_path(world, record.id));
    }
    const runtime::RestartOrder order{record.host.restart.name, record.host.restart.maximum_retries,
                                      std::move(network)};
    return world.disk.save(order_path(world, record.id), runtime::encode_order(order), world::Durability::runtime);
}

Status take_back_order(world::World& world, const store::ContainerRecord& record) {
    if (!has_policy(record)) {
        return {};
    }
    TRY(world.disk.remove(order_path(world, record.id)));
    static_cast<void>(world.spawner.connect(record.id));  // a shim that has gone needs no telling
    return {};
}

Status take_in_restarts(world::World& world, store::ContainerRecord& record) {
    const Result<std::string> bytes = world.disk.read(record_path(world, record.id));
    if (!bytes) {
        return {};
    }
    const runtime::RestartRecord told = TRY(runtime::decode_record(*bytes));
    const std::unique_ptr<world::DiskLock> lock = TRY(world.disk.lock(store::lock_path(world)));
    record = TRY(store::load_container(world, record.id));
    const bool known = told.count == record.state.restarts && told.pid == record.state.pid;
    if (known || !is_tended(record) || record.state.status == ContainerState::paused) {
        return {};
    }
    const bool ended = told.count != record.state.restarts;
    put(told, record.state);
    TRY(store::save_container(world, record));
    if (ended) {
        happened(world, record, "die", {{"exitCode", std::to_string(told.code)}}, told.finished_wall_ns);
    }
    if (told.pid != 0) {
        happened(world, record, "start", {}, told.started_wall_ns);
    }
    return {};
}

Status check_not_restarting(const store::ContainerRecord& record) {
    if (record.state.status != ContainerState::restarting) {
        return {};
    }
    return fail(Errc::conflict, "Container " + record.id + " is restarting, wait until the container is running");
}

}  // namespace cutaway::engine
