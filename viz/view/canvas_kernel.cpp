// SPDX-License-Identifier: Apache-2.0
// Of what the kernel holds: namespaces, processes, the cgroup, the network; and the container's state.
#include <algorithm>
#include <array>
#include <map>

#include "viz/view/canvas.h"

namespace cutaway::view {

namespace {

struct SpaceName {
    const char* kind;  // as the kernel's link in /proc/PID/ns is called
    const char* means;
};
constexpr std::array<SpaceName, 7> spaces{{{"mount", "its own tree of files"},
                                           {"pid", "its own process numbers"},
                                           {"net", "its own cards and ports"},
                                           {"ipc", "its own shared memory"},
                                           {"uts", "its own host name"},
                                           {"cgroup", "its own view of limits"},
                                           {"user", "its own user numbers"}}};

std::string space_of(const scene::Process& process, std::string_view kind) {
    for (const world::Pair& pair : process.spaces) {
        if (pair.name == kind) {
            return pair.value;
        }
    }
    return {};
}

bool is_init(const scene::Process& process) { return process.inner_pid == 1 && process.pid != 1; }

std::string note_of(const scene::Process& process) {
    if (process.state == "zombie") {
        return "zombie";
    }
    if (!process.pending.empty()) {
        return process.pending.back() + " waits";
    }
    return {};
}

using Children = std::map<std::int64_t, std::vector<const scene::Process*>>;

void add_rows(Processes& out, const Children& children, std::int64_t parent, std::size_t depth) {
    const auto found = children.find(parent);
    if (found == children.end() || depth > 16 || out.rows.size() > 256) {
        return;
    }
    for (const scene::Process* process : found->second) {
        ProcessRow row;
        row.pid = process->pid;
        row.inside = !process->container.empty() && process->inner_pid != process->pid;
        row.inner_pid = row.inside ? process->inner_pid : 0;
        row.depth = depth;
        row.command = process->command;
        row.note = note_of(*process);
        out.inside += row.inside ? 1 : 0;
        out.rows.push_back(std::move(row));
        add_rows(out, children, process->pid, depth + 1);
    }
}

const scene::Cgroup* cgroup_for(const Moment& moment, const scene::Container& container) {
    for (const auto& [path, group] : *moment.picture->cgroups) {
        if (group->container == container.record.id) {
            return &*group;
        }
    }
    return nullptr;
}

void read_usage(CgroupView& out, const scene::Cgroup& group, std::uint64_t limit) {
    if (group.usage.empty()) {
        return;
    }
    const std::uint64_t memory = group.usage.back().memory;
    out.memory = size_text(memory) + (limit == 0 ? ", no limit" : " of " + size_text(limit));
    if (limit != 0) {
        out.memory_part = std::min(1.0F, static_cast<float>(static_cast<double>(memory) / static_cast<double>(limit)));
    }
    std::uint64_t most = limit == 0 ? 1 : limit;
    for (const scene::UsagePoint& point : group.usage) {
        most = std::max(most, point.memory);
    }
    for (const scene::UsagePoint& point : group.usage) {
        out.history.push_back(static_cast<float>(static_cast<double>(point.memory) / static_cast<double>(most)));
    }
}

std::string value_or(const scene::Cgroup& group, const std::string& file, const std::string& otherwise) {
    const std::string* value = group.files.get(file);
    return value == nullptr ? otherwise : *value;
}

void read_links(Network& out, const Moment& moment, const std::string& id) {
    for (const auto& [key, link] : *moment.picture->links) {
        if (link.type == "bridge" && link.container.empty()) {
            out.bridge = Made::made;
            out.bridge_name = link.name;
            out.bridge_address = link.addresses.empty() ? "" : link.addresses.front();
        } else if (link.type == "veth" && link.container == id && !id.empty()) {
            out.cable = Made::made;
            out.moved = true;
            out.inner_end = link.name;
            out.inner_address = link.addresses.empty() ? "" : link.addresses.front();
            out.inner_up = link.up;
            out.host_end = out.host_end.empty() ? link.peer : out.host_end;
        } else if (link.type == "veth" && (link.peer_container == id || link.name.find(id.substr(0, 7)) == 4)) {
            out.cable = Made::made;
            (link.name.starts_with("veth") ? out.host_end : out.inner_end) = link.name;
        }
    }
}

std::string rule_text(const world::NatRule& rule) {
    return rule.host_address + ":" + std::to_string(rule.host_port) + " → " + rule.address + ":" +
           std::to_string(rule.port);
}

}  // namespace

Spaces spaces_of(const Moment& moment) {
    Spaces out;
    const scene::Container* container = subject(moment);
    const scene::Process* init = nullptr;
    const scene::Process* host = nullptr;
    for (const auto& [pid, process] : *moment.picture->processes) {
        if (container != nullptr && process->container == container->record.id && is_init(*process)) {
            init = init == nullptr ? &*process : init;
        } else if (host == nullptr && (process->inner_pid == process->pid || process->container.empty())) {
            host = &*process;
        }
    }
    for (const SpaceName& space : spaces) {
        SpaceRow row;
        row.kind = space.kind;
        row.means = space.means;
        row.host = host == nullptr ? "" : space_of(*host, space.kind);
        row.container = init == nullptr ? "" : space_of(*init, space.kind);
        row.own = !row.container.empty() && row.container != row.host;
        out.own += row.own ? 1 : 0;
        out.rows.push_back(std::move(row));
    }
    out.hostname = container == nullptr ? "" : container->sandbox->hostname;
    return out;
}

Processes processes_of(const Moment& moment) {
    Processes out;
    Children children;
    const auto& all = *moment.picture->processes;
    for (const auto& [pid, process] : all) {
        const bool known = process->parent != pid && all.contains(process->parent);
        children[known ? process->parent : -1].push_back(&*process);
    }
    // Where not all can be drawn, those of the container that the drawing is about must be.
    if (const scene::Container* container = subject(moment)) {
        std::vector<const scene::Process*>& roots = children[-1];
        std::stable_partition(roots.begin(), roots.end(), [&](const scene::Process* root) {
            const auto below = children.find(root->pid);
            return root->container == container->record.id ||
                   (below != children.end() && below->second.front()->container == container->record.id);
        });
    }
    add_rows(out, children, -1, 0);
    return out;
}

CgroupView cgroup_of(const Moment& moment) {
    CgroupView out;
    const scene::Container* container = subject(moment);
    if (container == nullptr) {
        return out;
    }
    const scene::Cgroup* group = cgroup_for(moment, *container);
    if (group == nullptr) {
        return out;
    }
    out.state = Made::made;
    out.path = group->path;
    out.frozen = group->frozen;
    out.oom_kills = group->oom_kills;
    std::string members;
    for (const std::int64_t pid : group->members) {
        members += (members.empty() ? "" : " ") + std::to_string(pid);
    }
    out.processes = members;
    out.files.push_back({"cgroup.procs", members.empty() ? "(empty)" : members});
    for (const char* file : {"memory.max", "cpu.max", "pids.max"}) {
        out.files.push_back({file, value_or(*group, file, "max")});
    }
    read_usage(out, *group, container->record.memory_limit);
    return out;
}

Network network_of(const Moment& moment) {
    Network out;
    const scene::Container* container = subject(moment);
    const std::string id = container == nullptr ? "" : container->record.id;
    read_links(out, moment, id.empty() ? std::string(64, '?') : id);
    for (const scene::Rule& rule : *moment.picture->rules) {
        if (rule.rule.what == "masquerade") {
            out.masquerade = true;
        } else if (out.rules.size() < 8) {
            out.rules.push_back(rule_text(rule.rule));
        }
    }
    for (const scene::Route& route : *moment.picture->routes) {
        if (route.container == id && !id.empty() && route.to == "default") {
            out.route = "default via " + route.via;
        }
    }
    for (const scene::Listener& listener : *moment.picture->listeners) {
        if (listener.container == id && !id.empty()) {
            out.listening =
                listener.protocol + " " + std::to_string(listener.port) + " by PID " + std::to_string(listener.pid);
        }
    }
    if (!moment.picture->connections->empty()) {
        const world::ConnectionSeen& last = moment.picture->connections->back();
        const std::string from = last.from == "host" ? "host" : short_id(last.from);
        const bool translated = last.reached != last.asked && !last.reached.empty();
        out.packet = from + " → " + last.asked + (translated ? " → " + last.reached : "") + ": " + last.outcome;
        out.packet_ok = last.outcome == "connected";
    }
    return out;
}

Lifecycle lifecycle_of(const Moment& moment) {
    Lifecycle out;
    constexpr std::array<const char*, 5> names{"created", "running", "paused", "exited", "removed"};
    const scene::Container* container = subject(moment);
    for (const char* name : names) {
        LifeState state;
        state.name = name;
        if (container != nullptr) {
            state.now = container->record.state == name;
            state.was = std::any_of(container->history.begin(), container->history.end(),
                                    [&](const scene::Transition& step) { return step.to == name; });
        }
        out.states.push_back(std::move(state));
    }
    if (container != nullptr) {
        out.title = container->record.name + " · " + short_id(container->record.id);
        out.why = container->record.why;
        out.address = container->record.address;
        if (container->record.state == "exited") {
            out.why += (out.why.empty() ? "" : ", ") + ("exit code " + std::to_string(container->record.exit_code));
        }
    }
    return out;
}

}  // namespace cutaway::view
