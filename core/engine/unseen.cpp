// SPDX-License-Identifier: Apache-2.0
#include "core/engine/unseen.h"

#include <cerrno>
#include <charconv>

#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/rootless.h"
#include "core/engine/speak.h"

namespace cutaway::engine {

namespace {

constexpr std::int32_t by_sigkill = 128 + 9;

Status kill_left(world::World& world, const store::ContainerRecord& record, const std::vector<std::int64_t>& pids) {
    world::Span step(world.narrator);
    TRY(step.open(step_span(world::Phase::stop, record.id, "its shim is gone: end what is left of it")));
    for (const std::int64_t pid : pids) {
        const auto sent = world.kernel.perform(world::SendSignal{pid, "SIGKILL"});
        if (!sent && sent.error().sys_errno != ESRCH) {
            return sent.error();
        }
        TRY(world.kernel.perform(world::AwaitExit{record.id, pid, -1}));
    }
    happened(world, record, "kill", {{"signal", "9"}});
    return {};
}

}  // namespace

bool has_shim(world::World& world, const std::string& id) {
    const Result<std::unique_ptr<world::Channel>> channel = world.spawner.connect(id);
    return channel || channel.error().code != Errc::not_found;
}

bool is_orphan(world::World& world, const std::string& id) {
    return !has_shim(world, id) &&
           !world.disk.stat(exit_record_path(world, id));  // in this order: it writes, then goes
}

Result<std::vector<std::int64_t>> processes_of(world::World& world, const store::ContainerRecord& record) {
    if (!has_cgroups(world.machine)) {
        return processes_by_root(world, record);
    }
    const std::string group = cgroup::paths(cgroup_config(record, world.machine)).front();
    const std::string text = TRY_IN("read the processes of the container", world.disk.read(group + "/cgroup.procs"));
    std::vector<std::int64_t> pids;
    const char* const end = text.data() + text.size();
    std::int64_t pid = 0;
    for (const char* at = text.data(); at < end;) {  // a number a line
        const auto read = std::from_chars(at, end, pid);
        if (read.ec != std::errc()) {
            break;
        }
        pids.push_back(pid);
        at = read.ptr + 1;
    }
    return pids;
}

bool runs(world::World& world, const store::ContainerRecord& record) {
    const auto pids = processes_of(world, record);
    return pids && !pids->empty();
}

runtime::ExitRecord unseen_exit(world::World& world, std::int32_t code) {
    runtime::ExitRecord exit;
    exit.code = code;
    exit.finished_wall_ns = world.clock.wall_ns();
    return exit;
}

Status end_orphan(world::World& world, store::ContainerRecord record) {
    const std::vector<std::int64_t> pids = processes_of(world, record).value_or({});
    if (pids.empty()) {
        return put_away(world, record.id, unseen_exit(world), "nobody saw it end");
    }
    if (record.state.status == store::ContainerState::paused) {
        TRY(set_frozen(world, record, false));  // a frozen task keeps even SIGKILL pending
    }
    TRY(kill_left(world, record, pids));
    return put_away(world, record.id, unseen_exit(world, by_sigkill), "its shim was gone");
}

}  // namespace cutaway::engine
