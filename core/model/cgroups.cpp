// SPDX-License-Identifier: Apache-2.0
// The limits: pids.max, memory with its OOM killer, cpu quota by periods, the freezer. Hierarchies are named by their
// v1 controller; the v2 hierarchy's name is empty.
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

constexpr int signal_kill = 9;

bool within(const std::string& path, const std::string& above) {
    return above.empty() || (path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/'));
}

std::vector<std::string> ancestry(std::string path) {  // innermost first, without the root
    std::vector<std::string> paths;
    while (!path.empty()) {
        paths.push_back(path);
        path = parent_path(path);
    }
    return paths;
}

const std::string& path_in(const Process& process, const std::string& hierarchy) {
    static const std::string root;
    const auto found = process.cgroups.find(hierarchy);
    return found == process.cgroups.end() ? root : found->second;
}

// As the host sees it, which is how calls name it, too.
std::string directory_of(const Machine& machine, const std::string& hierarchy, const std::string& path) {
    const bool one_tree = machine.state.profile.cgroup == world::CgroupLayout::v2;
    return "/sys/fs/cgroup" + (one_tree ? "" : "/" + (hierarchy.empty() ? "unified" : hierarchy)) + path;
}

// The fattest process of the group goes (mm/oom_kill.c weighs by resident memory).
void kill_fattest(Machine& machine, const std::string& hierarchy, const std::string& path, Cgroup& group) {
    Pid victim = 0;
    std::int64_t most = -1;
    for (const Pid pid : members_of(machine, hierarchy, path, true)) {
        const Process& process = machine.state.processes.at(pid);
        if (process.life != Life::zombie && process.memory > most) {
            most = process.memory;
            victim = pid;
        }
    }
    if (victim == 0) {
        return;
    }
    ++group.oom_kills;
    Process& process = machine.state.processes.at(victim);
    process.oom = true;
    see(machine, world::Actor::kernel,
        world::OutOfMemory{process.container, directory_of(machine, hierarchy, path), victim});
    see(machine, world::Actor::kernel, world::SignalSeen{process.container, victim, "SIGKILL", "terminated"});
    end_process(machine, victim, 128 + signal_kill, signal_kill);
}

// Moves on in time as the group's quota lets it: each period grants quota_us of cpu to all members together.
std::int64_t throttled_end(Cgroup& group, std::int64_t start, std::int64_t need) {
    const std::int64_t period = group.period_us * 1000;
    const std::int64_t quota = group.quota_us * 1000;
    std::int64_t at = start;
    while (true) {
        const std::int64_t number = at / period;
        if (number > group.period) {
            group.period = number;
            group.period_used_ns = 0;
            ++group.periods;
        } else if (number < group.period) {
            at = group.period * period;
        }
        const std::int64_t granted = std::min(need, quota - group.period_used_ns);
        group.period_used_ns += granted;
        need -= granted;
        if (need == 0) {
            return std::max(at, start) + granted;
        }
        const std::int64_t next = (group.period + 1) * period;
        ++group.throttled;
        group.throttled_ns += static_cast<std::uint64_t>(std::max<std::int64_t>(0, next - at - granted));
        at = next;
    }
}

}  // namespace

std::vector<std::string> hierarchies(const world::MachineProfile& profile) {
    std::vector<std::string> names;
    if (profile.cgroup != world::CgroupLayout::v1) {
        names.emplace_back();
    }
    if (profile.cgroup != world::CgroupLayout::v2) {
        for (const char* name : {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"}) {
            names.emplace_back(name);
        }
    }
    return names;
}

std::string hierarchy_of(const Machine& machine, std::string_view controller) {
    return machine.state.profile.cgroup == world::CgroupLayout::v2 ? std::string() : std::string(controller);
}

Cgroup* find_cgroup(Machine& machine, const std::string& hierarchy, const std::string& path) {
    const auto groups = machine.state.cgroups.find(hierarchy);
    if (groups == machine.state.cgroups.end()) {
        return nullptr;
    }
    const auto group = groups->second.find(path);
    return group == groups->second.end() ? nullptr : &group->second;
}

namespace {

const Members& find_members(const Machine& machine, const std::string& hierarchy) {
    Members& known = machine.members;
    if (known.change != machine.change || known.processes != machine.state.processes.size() ||
        known.hierarchy != hierarchy) {
        known = Members{machine.change, machine.state.processes.size(), hierarchy, {}};
        for (const auto& [pid, process] : machine.state.processes) {
            if (process.life != Life::zombie) {
                known.groups[path_in(process, hierarchy)].push_back(pid);
            }
        }
    }
    return known;
}

}  // namespace

std::vector<Pid> members_of(const Machine& machine, const std::string& hierarchy, const std::string& path, bool deep) {
    if (!deep) {
        const auto& groups = find_members(machine, hierarchy).groups;
        const auto found = groups.find(path);
        return found == groups.end() ? std::vector<Pid>() : found->second;
    }
    std::vector<Pid> members;
    for (const auto& [pid, process] : machine.state.processes) {
        if (process.life != Life::zombie && within(path_in(process, hierarchy), path)) {
            members.push_back(pid);
        }
    }
    return members;
}

std::int64_t memory_of(const Machine& machine, const std::string& hierarchy, const std::string& path) {
    std::int64_t sum = 0;
    for (const Pid pid : members_of(machine, hierarchy, path, true)) {
        sum += machine.state.processes.at(pid).memory;
    }
    return sum;
}

Result<int> may_fork(Machine& machine, const Process& parent) {
    const std::string hierarchy = hierarchy_of(machine, "pids");
    for (const std::string& path : ancestry(path_in(parent, hierarchy))) {
        Cgroup* group = find_cgroup(machine, hierarchy, path);
        if (group == nullptr || group->pids_max < 0) {
            continue;
        }
        const auto count = static_cast<std::int64_t>(members_of(machine, hierarchy, path, true).size());
        if (count + 1 > group->pids_max) {
            ++group->pids_failures;
            return os_error(EAGAIN, "fork");
        }
    }
    return 0;
}

Status charge_memory(Machine& machine, Pid pid, std::int64_t bytes) {
    Process& process = machine.state.processes.at(pid);
    process.memory = std::max<std::int64_t>(0, process.memory + bytes);
    const std::string hierarchy = hierarchy_of(machine, "memory");
    for (const std::string& path : ancestry(path_in(process, hierarchy))) {
        Cgroup* group = find_cgroup(machine, hierarchy, path);
        if (group == nullptr) {
            continue;
        }
        std::int64_t used = memory_of(machine, hierarchy, path);
        while (group->memory_max >= 0 && used > group->memory_max && process.life != Life::zombie) {
            ++group->memory_failures;
            kill_fattest(machine, hierarchy, path, *group);
            if (find_process(machine, pid) == nullptr || find_process(machine, pid)->life == Life::zombie) {
                return os_error(ENOMEM, "allocate");
            }
            used = memory_of(machine, hierarchy, path);
        }
        group->memory_peak = std::max(group->memory_peak, static_cast<std::uint64_t>(used));
    }
    return {};
}

bool is_frozen(Machine& machine, const Process& process) {
    const std::string hierarchy = hierarchy_of(machine, "freezer");
    std::string path = path_in(process, hierarchy);
    while (!path.empty()) {
        const Cgroup* group = find_cgroup(machine, hierarchy, path);
        if (group != nullptr && group->frozen) {
            return true;
        }
        path = parent_path(path);
    }
    return false;
}

void burn_cpu(Machine& machine, Process& process, std::int64_t ns) {
    if (ns <= 0) {
        return;
    }
    const std::string hierarchy = hierarchy_of(machine, "cpu");
    const std::int64_t start = std::max(machine.state.now_ns, process.busy_until_ns);
    std::int64_t end = start + ns;
    for (const std::string& path : ancestry(path_in(process, hierarchy))) {
        Cgroup* group = find_cgroup(machine, hierarchy, path);
        if (group == nullptr) {
            continue;
        }
        group->cpu_ns += static_cast<std::uint64_t>(ns);
        if (group->quota_us > 0 && group->period_us > 0) {
            end = std::max(end, throttled_end(*group, start, ns));
        }
    }
    process.cpu_ns += ns;
    process.busy_until_ns = end;
}

Status join_cgroup(Machine& machine, const std::string& hierarchy, const std::string& path, Pid pid) {
    Process* process = find_process(machine, pid);
    if (process == nullptr || process->life == Life::zombie) {
        return os_error(ESRCH, "cgroup.procs");
    }
    if (find_cgroup(machine, hierarchy, path) == nullptr) {
        return os_error(ENOENT, path);
    }
    process->cgroups[hierarchy] = path;
    ++machine.change;
    return {};
}

Status freeze(Machine& machine, const std::string& hierarchy, const std::string& path, bool frozen) {
    Cgroup* group = find_cgroup(machine, hierarchy, path);
    if (group == nullptr || path.empty()) {
        return os_error(ENOENT, path);
    }
    if (group->frozen == frozen) {
        return {};
    }
    group->frozen = frozen;
    ++machine.change;
    const std::vector<Pid> members = members_of(machine, hierarchy, path, true);
    const std::string container =
        members.empty() ? std::string() : machine.state.processes.at(members.front()).container;
    see(machine, world::Actor::kernel, world::FrozenSeen{container, directory_of(machine, hierarchy, path), frozen});
    for (const Pid pid : members) {
        Process* process = find_process(machine, pid);
        if (process != nullptr && !is_frozen(machine, *process)) {
            deliver_pending(machine, *process, pid);
        }
    }
    return {};
}

std::optional<world::UsageSampled> usage_of(Machine& machine, const std::string& container) {
    for (const auto& [pid, process] : machine.state.processes) {
        if (process.container != container || process.life == Life::zombie || !is_number_one(process)) {
            continue;
        }
        const std::string hierarchy = hierarchy_of(machine, "memory");
        const std::string path = path_in(process, hierarchy);
        if (!path.ends_with("/" + container)) {
            return std::nullopt;  // it has not joined yet
        }
        world::UsageSampled sample;
        sample.container = container;
        sample.cgroup = directory_of(machine, hierarchy, path);
        if (const Cgroup* group = find_cgroup(machine, hierarchy_of(machine, "cpu"), path); group != nullptr) {
            sample.cpu_ns = group->cpu_ns;
            sample.throttled = group->throttled;
        }
        sample.memory = static_cast<std::uint64_t>(memory_of(machine, hierarchy, path));
        sample.processes = static_cast<std::uint32_t>(members_of(machine, hierarchy, path, true).size());
        return sample;
    }
    return std::nullopt;
}

}  // namespace cutaway::model
