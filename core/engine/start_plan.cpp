// SPDX-License-Identifier: Apache-2.0
#include "core/engine/start_plan.h"

#include <algorithm>

#include "core/engine/configure.h"
#include "core/engine/rootless.h"
#include "core/engine/security.h"
#include "core/rootfs/rootfs.h"

namespace cutaway::engine {

namespace {

constexpr std::uint32_t tty_group = 5;  // docker's, for /dev/pts
constexpr std::string_view init_inside = "/sbin/docker-init";

void add(plan::Plan& plan, std::vector<plan::PlannedCall> calls) {
    plan.calls.insert(plan.calls.end(), std::make_move_iterator(calls.begin()), std::make_move_iterator(calls.end()));
}

rootfs::Config rootfs_config(const store::ContainerRecord& record, const StartFacts& facts,
                             const world::MachineProfile& machine) {
    rootfs::Config config;
    config.lower = facts.lower;
    config.upper = record.upper;
    config.work = record.work;
    config.merged = record.merged;
    for (const store::MountPoint& mount : record.mounts) {
        config.binds.push_back({mount.type == "tmpfs" ? "tmpfs" : "bind", mount.source, mount.target, mount.read_only});
    }
    // What lies deeper is mounted later, or the mount above would hide it.
    const auto depth = [](const auto& bind) { return std::count(bind.target.begin(), bind.target.end(), '/'); };
    std::stable_sort(config.binds.begin(), config.binds.end(),
                     [&](const auto& one, const auto& other) { return depth(one) < depth(other); });
    config.binds.push_back({"bind", record.resolv_conf_path, "/etc/resolv.conf", false});
    config.binds.push_back({"bind", record.hostname_path, "/etc/hostname", false});
    config.binds.push_back({"bind", record.hosts_path, "/etc/hosts", false});
    if (record.host.init) {
        config.binds.push_back({"bind", facts.init_program, std::string(init_inside), true});
    }
    config.read_only = record.host.read_only;
    config.privileged = record.host.privileged;
    config.rootless = is_rootless(machine);
    config.tty_group = !config.rootless || holds(machine.gids, tty_group);
    config.own_network = record.host.network_mode != "host";
    config.cgroup_view = has_cgroups(machine);
    config.cgroup = machine.cgroup;
    config.controllers = machine.controllers;
    return config;
}

sandbox::Config sandbox_config(const store::ContainerRecord& record, const StartFacts& facts,
                               const world::MachineProfile& machine) {
    sandbox::Config config;
    config.container = record.id;
    if (record.host.network_mode == "host" || facts.network_of != 0) {
        std::erase(config.spaces, world::Space::net);
    }
    config.uids = machine.uids;
    config.gids = machine.gids;
    config.cgroup_space = has_cgroup_space(machine);
    config.hostname = record.config.hostname;
    // Checked when the container was made; an empty list would only take more away.
    config.capabilities = sandbox::capabilities(record.host.cap_add, record.host.cap_drop).value_or({});
    config.seccomp = facts.seccomp.profile;
    config.seccomp_filter = facts.seccomp.bytes;
    config.no_new_privileges = no_new_privileges(record);
    config.uid = facts.user.uid;
    config.gid = facts.user.gid;
    config.groups = facts.user.groups;
    config.working_dir = record.config.working_dir.empty() ? "/" : record.config.working_dir;
    config.argv = {record.path};
    config.argv.insert(config.argv.end(), record.args.begin(), record.args.end());
    if (record.host.init) {
        config.argv.insert(config.argv.begin(), {std::string(init_inside), "--"});
    }
    config.env = program_env(record, facts.user, record.config.tty);
    config.terminal = record.config.tty;
    config.console = record.config.tty;
    return config;
}

// Before the mounts: /sys shows the links of whoever mounts it.
plan::PlannedCall join_network(std::int64_t pid) {
    plan::PlannedCall call;
    call.place = plan::Place::init;
    call.phase = world::Phase::namespaces;
    call.step = "join the network of the other container";
    call.why = "both see the same links, addresses and ports, and reach each other at localhost";
    call.call = world::SetNamespace{pid, {world::Space::net}};
    return call;
}

}  // namespace

std::vector<std::string> program_env(const store::ContainerRecord& record, const User& user, bool terminal) {
    // docker's order: PATH stands first, whatever it is.
    std::vector<std::string> own{std::string(default_path), "HOSTNAME=" + record.config.hostname};
    if (terminal) {
        own.emplace_back("TERM=xterm");
    }
    std::vector<std::string> env = merge_env(own, record.config.env);
    const bool has_home =
        std::any_of(env.begin(), env.end(), [](const std::string& v) { return v.starts_with("HOME="); });
    if (!has_home) {
        env.push_back("HOME=" + user.home);
    }
    return env;
}

cgroup::Config cgroup_config(const store::ContainerRecord& record, const world::MachineProfile& machine) {
    cgroup::Config config;
    config.container = record.id;
    config.none = !has_cgroups(machine);
    config.parent = machine.own_cgroup;
    config.layout = machine.cgroup;
    config.controllers = machine.controllers;
    config.limits.memory = record.host.memory;
    config.limits.memory_swap = record.host.memory_swap;
    config.limits.nano_cpus = record.host.nano_cpus;
    config.limits.cpu_shares = static_cast<std::int64_t>(record.host.cpu_shares);
    config.limits.pids = record.host.pids_limit;
    return config;
}

std::vector<plan::PlannedCall> plan_network(const network::Config& first, const std::vector<network::Config>& further) {
    plan::Plan part;
    if (!first.bridge.empty()) {
        add(part, network::plan_bridge(first));
        add(part, network::plan_cable(first));
    }
    for (const network::Config& one : further) {
        add(part, network::plan_bridge(one));
        add(part, network::plan_cable(one));
    }
    add(part, network::plan_inside(first));
    for (const network::Config& one : further) {
        add(part, network::plan_further(one));
    }
    add(part, network::plan_names(first));
    return part.calls;
}

// cgroups first, so that nothing ever runs uncounted; the cgroup namespace behind the join, else it would show the
// host's path; the network last, because its file work (/etc/hosts) is done; then nothing is left but the program.
plan::Plan plan_start(const store::ContainerRecord& record, const StartFacts& facts,
                      const world::MachineProfile& machine) {
    const rootfs::Config root = rootfs_config(record, facts, machine);
    const cgroup::Config group = cgroup_config(record, machine);
    const sandbox::Config box = sandbox_config(record, facts, machine);
    plan::Plan plan;
    plan.container = record.id;
    add(plan, rootfs::plan_overlay(root));
    add(plan, cgroup::plan_groups(group));
    plan.calls.push_back(sandbox::plan_clone(box));
    add(plan, sandbox::plan_ids(box));
    add(plan, cgroup::plan_join(group));
    if (facts.network_of != 0) {
        plan.calls.push_back(join_network(facts.network_of));
    }
    add(plan, sandbox::plan_identity(box));
    add(plan, rootfs::plan_root(root));
    if (record.host.network_mode != "host" && facts.network_of == 0) {
        add(plan, plan_network(facts.network, facts.further));
    }
    if (record.host.network_mode == slirp && is_rootless(machine)) {
        add(plan, network::plan_slirp(machine.user_network));
    }
    add(plan, sandbox::plan_program(box));
    return plan;
}

plan::Plan plan_exec(const store::ContainerRecord& record, const sandbox::Config& program,
                     const world::MachineProfile& machine) {
    plan::Plan plan;
    plan.container = record.id;
    for (plan::PlannedCall& call : sandbox::plan_exec(program, record.state.pid)) {
        const bool cloned = std::holds_alternative<world::Clone>(call.call);
        plan.calls.push_back(std::move(call));
        if (cloned) {  // counted from its first instruction on, like everything else in the container
            for (plan::PlannedCall& join : cgroup::plan_join(cgroup_config(record, machine))) {
                join.phase = world::Phase::running;
                plan.calls.push_back(std::move(join));
            }
        }
    }
    return plan;
}

}  // namespace cutaway::engine
