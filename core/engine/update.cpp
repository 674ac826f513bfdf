// SPDX-License-Identifier: Apache-2.0
#include "core/engine/update.h"

#include <algorithm>

#include "core/engine/configure.h"
#include "core/engine/happenings.h"
#include "core/engine/networking.h"
#include "core/engine/restarting.h"
#include "core/engine/rootless.h"
#include "core/engine/speak.h"
#include "core/engine/start_plan.h"
#include "core/store/containers.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

constexpr std::uint64_t least_memory = std::uint64_t{6} << 20U;  // docker's own floor

// moby's container.UpdateContainer and its checks before, in their words.
Status settle_memory(const UpdateOptions& options, store::HostConfig& host) {
    if (options.memory && *options.memory != 0) {
        if (*options.memory < least_memory) {
            return fail(Errc::invalid, "Minimum memory limit allowed is 6MB");
        }
        const bool other_swap = options.memory_swap && *options.memory_swap != 0;
        if (!other_swap && host.memory_swap > 0 && *options.memory > static_cast<std::uint64_t>(host.memory_swap)) {
            return fail(
                Errc::conflict,
                "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the "
                "same time");
        }
        host.memory = *options.memory;
    }
    if (options.memory_swap && *options.memory_swap != 0) {
        if (*options.memory_swap > 0 && host.memory == 0) {
            return fail(Errc::invalid, "You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        if (*options.memory_swap > 0 && static_cast<std::uint64_t>(*options.memory_swap) < host.memory) {
            return fail(Errc::invalid, "Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        host.memory_swap = *options.memory_swap;
    }
    return {};
}

Status settle(const UpdateOptions& options, store::ContainerRecord& record) {
    TRY(settle_memory(options, record.host));
    if (options.nano_cpus && *options.nano_cpus != 0) {
        record.host.nano_cpus = *options.nano_cpus;
    }
    if (options.cpu_shares && *options.cpu_shares != 0) {
        record.host.cpu_shares = static_cast<std::uint64_t>(std::max<std::int64_t>(0, *options.cpu_shares));
    }
    if (options.pids_limit && *options.pids_limit != 0) {
        record.host.pids_limit = *options.pids_limit;
    }
    if (options.restart && !options.restart->empty()) {
        if (record.host.auto_remove) {
            return fail(Errc::conflict,
                        "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }
        ContainerOptions asked;
        asked.restart = *options.restart;
        record.host.restart = TRY(restart_policy(asked));
    }
    return {};
}

// Only what was asked for is written: the rest is there.
Status write_limits(world::World& world, const store::ContainerRecord& record, const UpdateOptions& options) {
    cgroup::Config config = cgroup_config(record, world.machine);
    const bool memory = options.memory || options.memory_swap;
    config.limits.memory = memory ? config.limits.memory : 0;
    config.limits.nano_cpus = options.nano_cpus ? config.limits.nano_cpus : 0;
    config.limits.cpu_shares = options.cpu_shares ? config.limits.cpu_shares : 0;
    const bool no_pids_limit = options.pids_limit && config.limits.pids < 0;
    config.limits.pids = options.pids_limit ? config.limits.pids : 0;
    std::vector<world::Call> calls = cgroup::limit_calls(config);
    if (no_pids_limit) {
        calls.emplace_back(world::WriteCgroup{cgroup::path_of(config, "pids"), "pids.max", "max"});
    }
    if (calls.empty()) {
        return {};
    }
    world::SpanStart step = step_span(world::Phase::cgroup, record.id, "write the new limits into the cgroup");
    return world::within(world.narrator, step, [&]() -> Status {
        for (const world::Call& call : calls) {
            TRY(world.kernel.perform(call));
        }
        return {};
    });
}

Error cannot(const store::ContainerRecord& record, Error error) {
    error.doing = "Cannot update container " + record.id + ": " + error.doing;
    return error;
}

}  // namespace

// The kernel first: a limit that it refuses is in no record.
Status update(Engine& engine, const std::string& container, const UpdateOptions& options) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    store::ContainerRecord record = TRY(store::find_container(world, container));
    return api(world, "POST", "/containers/" + store::short_id(record.id) + "/update", 200, [&]() -> Status {
        const bool limits =
            options.memory || options.memory_swap || options.nano_cpus || options.cpu_shares || options.pids_limit;
        if (limits) {
            TRY(check_cgroups(world.machine, "a limit"));
        }
        if (Status settled = settle(options, record); !settled) {
            return cannot(record, std::move(settled).error());
        }
        if (store::is_up(record)) {
            if (Status written = write_limits(world, record, options); !written) {
                return cannot(record, std::move(written).error());
            }
        }
        if (options.restart && is_tended(record)) {
            TRY(write_order(world, record, TRY(network_again(world, record))));
        }
        TRY(store::save_container(world, record));
        happened(world, record, "update");
        return {};
    });
}

}  // namespace cutaway::engine
