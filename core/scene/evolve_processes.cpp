// SPDX-License-Identifier: Apache-2.0
// Processes, their namespaces and their cgroups: what the calls and the observations about them have in common.
#include <algorithm>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

// A namespace ends with its last member, and takes along what only it held (namespaces(7)).
void leave_space(Picture& picture, std::string_view inode) {
    if (!picture.namespaces->contains(inode)) {
        return;
    }
    auto& spaces = picture.namespaces.edit();
    Namespace& space = *spaces.edit(inode);
    if (space.members > 1) {
        --space.members;
        return;
    }
    const Namespace gone = space;
    spaces.erase(inode);
    if (gone.container.empty()) {
        return;
    }
    if (gone.kind == "net") {
        drop_links(picture, gone.container);
    } else if (gone.kind == "mount") {
        drop_mounts(picture, gone.container);
    }
}

void leave_cgroup(Picture& picture, std::string_view path, std::int64_t pid) {
    if (path.empty() || !picture.cgroups->contains(path)) {
        return;
    }
    auto& members = picture.cgroups.edit().edit(path)->edit().members;
    const auto at = std::lower_bound(members.begin(), members.end(), pid);
    if (at != members.end() && *at == pid) {
        members.erase(at);
    }
}

void count_child(Picture& picture, std::int64_t parent, bool more) {
    Process* process = edit_process(picture, parent);
    if (process == nullptr) {
        return;
    }
    if (more) {
        ++process->children;
    } else if (process->children > 0) {
        --process->children;
    }
}

// Orphans get the init of their pid namespace, or the machine's, as their new parent.
void reparent_children(Picture& picture, std::int64_t gone, const std::string& container) {
    std::vector<std::int64_t> orphans;
    std::int64_t init = 1;
    for (const auto& [pid, process] : *picture.processes) {
        if (process->parent == gone) {
            orphans.push_back(pid);
        }
        if (!container.empty() && process->inner_pid == 1 && process->container == container && pid != gone) {
            init = pid;
        }
    }
    for (const std::int64_t pid : orphans) {
        if (Process* orphan = edit_process(picture, pid)) {
            orphan->parent = init == pid ? 0 : init;
            count_child(picture, orphan->parent, true);
        }
    }
}

}  // namespace

void join_space(Picture& picture, Process& process, std::string_view kind, std::string_view inode) {
    auto& spaces = process.spaces;
    const auto at = std::find_if(spaces.begin(), spaces.end(), [&](const Pair& pair) { return pair.name == kind; });
    if (at != spaces.end() && at->value == clip(inode)) {
        return;
    }
    std::string left;
    if (at != spaces.end()) {
        left = std::exchange(at->value, kept(inode));
    } else if (spaces.size() < Limits::pending) {
        spaces.push_back(Pair{kept(kind), kept(inode)});
    } else {
        ++picture.dropped;
        return;
    }
    Namespace& space = picture.namespaces.edit()[kept(inode)];
    if (space.members == 0) {
        // Met first in a shim, which lives in the host's namespaces, it is the host's; in an init, the container's.
        const bool own = process.inner_pid != process.pid;
        space = Namespace{kept(kind), kept(inode), own ? process.container : std::string(), picture.seq, 0};
    }
    ++space.members;
    leave_space(picture, left);
}

void join_cgroup(Picture& picture, std::int64_t pid, std::string_view path, std::string_view container) {
    if (path.empty()) {
        return;
    }
    Process* process = edit_process(picture, pid);
    if (process != nullptr) {
        if (process->cgroup == clip(path)) {
            return;
        }
        leave_cgroup(picture, process->cgroup, pid);
        process->cgroup = kept(path);
    }
    auto& members = edit_cgroup(picture, path, container).members;
    const auto at = std::lower_bound(members.begin(), members.end(), pid);
    if (at == members.end() || *at != pid) {
        members.insert(at, pid);
    }
}

void remove_cgroup(Picture& picture, std::string_view path) {
    const auto* found = picture.cgroups->get(path);
    if (found == nullptr) {
        return;
    }
    const Cow<Cgroup> gone = *found;
    picture.cgroups.edit().erase(path);
    for (const std::int64_t pid : gone->members) {
        if (Process* process = edit_process(picture, pid); process != nullptr && process->cgroup == path) {
            process->cgroup.clear();
        }
    }
}

Process& start_process(Picture& picture, std::int64_t pid, std::string_view container, std::int64_t parent) {
    Process* known = edit_process(picture, pid);
    if (known == nullptr) {
        Process process;
        process.pid = pid;
        picture.processes.edit()[pid] = Cow<Process>(std::move(process));
        known = edit_process(picture, pid);
    }
    known->container = kept(container);
    known->state = "running";
    if (known->parent != parent) {
        count_child(picture, known->parent, false);
        known->parent = parent;
        count_child(picture, parent, true);
    }
    if (!known->cgroup.empty()) {
        return *known;
    }
    // A child begins in its parent's cgroup (cgroups(7)); a pid may also have been written before it was seen.
    const Container* of = nullptr;
    if (const auto* found = picture.containers->get(container)) {
        of = &**found;
    }
    const auto* own = of == nullptr ? nullptr : picture.cgroups->get(of->record.cgroup);
    if (own != nullptr && std::binary_search((*own)->members.begin(), (*own)->members.end(), pid)) {
        known->cgroup = of->record.cgroup;
    } else if (const auto* above = picture.processes->get(parent); above != nullptr && !(*above)->cgroup.empty()) {
        join_cgroup(picture, pid, std::string((*above)->cgroup), container);
    }
    return *edit_process(picture, pid);
}

void end_process(Picture& picture, std::int64_t pid) {
    const auto* found = picture.processes->get(pid);
    if (found == nullptr) {
        return;
    }
    const Cow<Process> gone = *found;
    picture.processes.edit().erase(pid);
    leave_cgroup(picture, gone->cgroup, pid);
    count_child(picture, gone->parent, false);
    for (const Pair& space : gone->spaces) {
        leave_space(picture, space.value);
    }
    if (gone->children > 0) {
        reparent_children(picture, pid, gone->container);
    }
    const auto listens = [&](const Listener& listener) { return listener.pid == pid; };
    if (std::any_of(picture.listeners->begin(), picture.listeners->end(), listens)) {
        std::erase_if(picture.listeners.edit(), listens);
    }
}

void freeze(Picture& picture, std::string_view path, std::string_view container, bool frozen) {
    Cgroup& cgroup = edit_cgroup(picture, path, container);
    cgroup.frozen = frozen;
    const std::string owner = container.empty() ? cgroup.container : std::string(container);
    if (Container* found = edit_container(picture, owner)) {
        found->frozen = frozen;
    }
}

}  // namespace cutaway::scene
