// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/binary.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/names.h"
#include "core/engine/networking.h"
#include "core/engine/populate.h"
#include "core/engine/restarting.h"
#include "core/engine/security.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/paths.h"
#include "core/store/time_text.h"
#include "core/store/volumes.h"

namespace cutaway::engine {

namespace {

using world::Phase;

world::SpanStart step(const store::ContainerRecord& record, Phase phase, std::string title) {
    world::SpanStart start;
    start.phase = phase;
    start.title = std::move(title);
    start.container = record.id;
    return start;
}

// The files that docker puts over the image's: they say who and where the container is.
Status write_etc(world::World& world, const store::ContainerRecord& record) {
    TRY(world.disk.save(record.hosts_path, hosts_text(record), world::Durability::runtime));
    TRY(world.disk.save(record.hostname_path, record.config.hostname + "\n", world::Durability::runtime));
    const std::string resolv = world.disk.read("/etc/resolv.conf").value_or("");
    return world.disk.save(record.resolv_conf_path, resolver_text(record, resolv), world::Durability::runtime);
}

// Who one is and whom one knows goes with the network.
Status share_network(world::World& world, store::ContainerRecord& record, StartFacts& facts) {
    const store::ContainerRecord other = TRY(find_joined(world, record));
    facts.network_of = other.state.pid;
    record.config.hostname = other.config.hostname;
    record.hostname_path = other.hostname_path;
    record.hosts_path = other.hosts_path;
    record.resolv_conf_path = other.resolv_conf_path;
    return {};
}

Result<StartFacts> gather(world::World& world, store::ContainerRecord& record, const Brought* brought) {
    return world::within(world.narrator, step(record, Phase::create, "settle what the start needs to know"),
                         [&]() -> Result<StartFacts> {
                             StartFacts facts;
                             facts.lower = TRY(layer_trees(world, record));
                             facts.user = TRY(find_user(world, record, record.config.user));
                             facts.seccomp = TRY(filter_for(world.machine, record, brought));
                             facts.init_program = (brought == nullptr ? Brought{} : *brought).init_program;
                             TRY(prepare_mounts(world, record, facts.lower));
                             if (!joined_container(record).empty()) {
                                 TRY(share_network(world, record, facts));
                                 return facts;
                             }
                             facts.further = TRY(take_addresses(world, record));
                             facts.network.container = record.id;
                             if (!facts.further.empty()) {
                                 facts.network = facts.further.front();
                                 facts.further.erase(facts.further.begin());
                             }
                             TRY(write_etc(world, record));
                             return facts;
                         });
}

void tell_plan(world::World& world, const plan::Plan& plan) {
    world::PlanMade made;
    made.container = plan.container;
    for (const plan::PlannedCall& call : plan.calls) {
        made.calls.push_back({std::string(to_name(call.place)), call.phase, call.step, call.why, call.call});
    }
    world.narrator.note(std::move(made));
}

runtime::Begin begin_of(const world::World& world, const store::ContainerRecord& record, plan::Plan plan,
                        Attach attach) {
    runtime::Begin begin;
    begin.plan = std::move(plan);
    begin.terminal = record.config.tty;
    begin.keep_stdin = record.config.open_stdin;
    begin.attached = attach == Attach::yes;
    begin.log = record.log;
    begin.exit_record = exit_record_path(world, record.id);
    return begin;
}

void failed(world::World& world, store::ContainerRecord& record, const Error& error) {
    record.state.exit_code = run_status(error) == 125 ? 128 : run_status(error);
    record.state.error = error.doing;
    record.state.why = "the start failed";
    give_back_address(record);
    // The error on its way out matters more than a second one here; reconcile tidies whatever is left.
    static_cast<void>(store::save_container(world, record));
    static_cast<void>(world.disk.remove(undo_path(world, record.id)));
}

}  // namespace

Status prepare_mounts(world::World& world, store::ContainerRecord& record, const std::vector<std::string>& lower) {
    for (store::MountPoint& mount : record.mounts) {
        if (mount.type == "volume" && mount.source.empty()) {
            store::VolumeRecord volume;
            volume.name = mount.name;
            volume.anonymous = mount.anonymous;
            const bool there = !volume.name.empty() && store::load_volume(world, volume.name).has_value();
            volume = TRY(store::create_volume(world, volume));
            if (!there) {
                happened(world, {0, "volume", "create", volume.name, {{"driver", volume.driver}}});
            }
            mount.name = volume.name;
            mount.source = volume.path;
            TRY(populate(world, lower, mount.target, mount.source));
        } else if (mount.type == "bind") {
            TRY(world.disk.make_dir(mount.source, 0755));
        }
    }
    return {};
}

Result<std::vector<std::string>> layer_trees(const world::World& world, const store::ContainerRecord& record) {
    std::vector<std::string> trees;
    for (const std::string& chain : record.chain_ids) {
        trees.push_back(store::layer_tree(world, TRY(oci::parse_digest(chain))));
    }
    return trees;
}

std::string exit_record_path(const world::World& world, const std::string& id) {
    return world.machine.run_root + "/containers/" + id + "/exit.json";
}

std::string undo_path(const world::World& world, const std::string& id) {
    return world.machine.run_root + "/containers/" + id + "/undo";
}

Result<runtime::Launched> bring_up(world::World& world, store::ContainerRecord& record, Attach attach,
                                   const Brought* brought) {
    TRY(release(world, record.id, world::Phase::create));  // what a start left that was killed with its shim
    Result<StartFacts> facts = gather(world, record, brought);
    if (!facts) {
        failed(world, record, facts.error());
        return std::move(facts).error();
    }
    plan::Plan plan = plan_start(record, *facts, world.machine);
    tell_plan(world, plan);
    const std::vector<world::Call> undo = plan::undo_of(plan, static_cast<std::uint32_t>(plan.calls.size()));
    TRY(world.disk.remove(exit_record_path(world, record.id)));
    TRY(begin_tending(world, record));
    TRY(world.disk.save(undo_path(world, record.id), binary::encode(undo), world::Durability::runtime));
    Result<runtime::Launched> launched =
        runtime::launch(world, record.id, begin_of(world, record, std::move(plan), attach));
    if (!launched) {
        Error error = start_error(record, std::move(launched).error());
        failed(world, record, error);
        return error;
    }
    record.state.status = store::ContainerState::running;
    record.state.why = "start";
    record.state.pid = launched->pid;
    record.state.exit_code = 0;
    record.state.error.clear();
    record.state.oom_killed = false;
    record.state.stopped_by_user = false;
    record.state.restarts = 0;
    record.state.started_at = store::to_time_text(world.clock.wall_ns());
    TRY(store::save_container(world, record));
    // A shim that has gone already has told how it ended in the exit record.
    static_cast<void>(launched->channel->send(runtime::encode(runtime::Kept{})));
    plugged(world, record, "connect");
    happened(world, record, "start");
    return launched;
}

}  // namespace cutaway::engine
