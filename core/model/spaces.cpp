// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::Space;

SpaceId new_plain(Machine& machine, Space what) {
    const SpaceId id = machine.state.next_space++;
    machine.state.plain_spaces[id].what = what;
    return id;
}

SpaceId new_net(Machine& machine) {
    const SpaceId id = machine.state.next_space++;
    Link loopback;
    loopback.index = machine.state.next_link++;
    loopback.kind = "loopback";
    loopback.mac = "00:00:00:00:00:00";
    NetSpace space;
    space.links.emplace("lo", std::move(loopback));
    space.sysctls["net.ipv4.ip_forward"] = "0";
    machine.state.net_spaces.emplace(id, std::move(space));
    return id;
}

void enter_new(Machine& machine, Process& process, Space what) {
    switch (what) {
        case Space::mount: process.spaces.mount = copy_mounts(machine, process.spaces.mount); return;
        case Space::pid: {
            const SpaceId id = machine.state.next_space++;
            PidSpace space;
            space.parent = process.spaces.pid;
            machine.state.pid_spaces.emplace(id, space);
            process.spaces.pid_for_children = id;
            return;
        }
        case Space::net: process.spaces.net = new_net(machine); return;
        case Space::ipc: process.spaces.ipc = new_plain(machine, what); return;
        case Space::uts: {
            const std::string hostname = machine.state.plain_spaces.at(process.spaces.uts).hostname;
            process.spaces.uts = new_plain(machine, what);
            machine.state.plain_spaces.at(process.spaces.uts).hostname = hostname;
            return;
        }
        case Space::cgroup:
            process.spaces.cgroup = new_plain(machine, what);
            machine.state.plain_spaces.at(process.spaces.cgroup).roots = process.cgroups;
            return;
        case Space::user: process.spaces.user = new_plain(machine, what); return;
    }
}

template <class Map>
void keep_only(Map& map, const std::set<SpaceId>& used) {
    for (auto entry = map.begin(); entry != map.end();) {
        entry = used.contains(entry->first) ? std::next(entry) : map.erase(entry);
    }
}

// A network namespace goes with its last process; the other ends of its cables go with it.
void forget_links(Machine& machine, const std::set<SpaceId>& used) {
    for (auto& [id, space] : machine.state.net_spaces) {
        for (auto link = space.links.begin(); link != space.links.end();) {
            const bool cut = link->second.kind == "veth" && !used.contains(link->second.peer_space);
            link = cut ? space.links.erase(link) : std::next(link);
        }
    }
}

}  // namespace

void enter_new_spaces(Machine& machine, Process& process, const std::vector<Space>& spaces) {
    for (const Space space : spaces) {
        enter_new(machine, process, space);
    }
}

Status join_spaces(Machine& machine, Pid pid, Pid target, const std::vector<Space>& spaces) {
    const Process* other = find_process(machine, target);
    if (other == nullptr || other->life == Life::zombie) {
        return os_error(ESRCH, "setns");
    }
    Process& process = machine.state.processes.at(pid);
    for (const Space space : spaces) {
        switch (space) {
            case Space::mount:
                process.spaces.mount = other->spaces.mount;
                process.root = other->root;
                process.cwd = other->root;
                break;
            case Space::pid: process.spaces.pid_for_children = other->spaces.pid; break;
            case Space::net: process.spaces.net = other->spaces.net; break;
            case Space::ipc: process.spaces.ipc = other->spaces.ipc; break;
            case Space::uts: process.spaces.uts = other->spaces.uts; break;
            case Space::cgroup: process.spaces.cgroup = other->spaces.cgroup; break;
            case Space::user: process.spaces.user = other->spaces.user; break;
        }
    }
    return {};
}

SpaceId space_id(const Process& process, Space what) {
    switch (what) {
        case Space::mount: return process.spaces.mount;
        case Space::pid: return process.spaces.pid;
        case Space::net: return process.spaces.net;
        case Space::ipc: return process.spaces.ipc;
        case Space::uts: return process.spaces.uts;
        case Space::cgroup: return process.spaces.cgroup;
        case Space::user: return process.spaces.user;
    }
    return 0;
}

std::string space_name(Space what) { return what == Space::mount ? "mnt" : std::string(to_name(what)); }

void number_process(Machine& machine, Pid pid, Process& process, SpaceId space) {
    SpaceId at = space;
    while (at != 0) {
        PidSpace& numbers = machine.state.pid_spaces.at(at);
        const bool is_host = numbers.parent == 0;
        const Pid number = is_host ? pid : numbers.next++;
        numbers.members[number] = pid;
        process.numbers.push_back({at, number});
        at = numbers.parent;
    }
}

void forget_empty_spaces(Machine& machine) {
    std::set<SpaceId> used;
    const Membership& host = machine.state.host;
    for (const SpaceId id : {host.mount, host.pid, host.net, host.ipc, host.uts, host.cgroup, host.user}) {
        used.insert(id);
    }
    for (const auto& [pid, process] : machine.state.processes) {
        if (process.life == Life::zombie) {
            used.insert(process.spaces.pid);
            continue;
        }
        for (const Space space :
             {Space::mount, Space::pid, Space::net, Space::ipc, Space::uts, Space::cgroup, Space::user}) {
            used.insert(space_id(process, space));
        }
        used.insert(process.spaces.pid_for_children);
    }
    std::set<SpaceId> with_parents = used;
    for (const auto& [id, space] : machine.state.pid_spaces) {
        if (used.contains(id)) {
            for (SpaceId at = space.parent; at != 0; at = machine.state.pid_spaces.at(at).parent) {
                with_parents.insert(at);
            }
        }
    }
    keep_only(machine.state.pid_spaces, with_parents);
    forget_links(machine, used);
    keep_only(machine.state.mount_spaces.parts(), used);
    keep_only(machine.state.net_spaces, used);
    keep_only(machine.state.plain_spaces, used);
}

}  // namespace cutaway::model
