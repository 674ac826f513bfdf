// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <forward_list>

#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {
namespace {

using world::FileInfo;
using world::FileType;

MountSpace& space_of(Machine& machine, const View& view) { return machine.state.mount_spaces.at(view.space); }

// From a place to whatever is mounted there, the newest on top.
Spot cross(const MountSpace& space, Spot spot) {
    while (const std::uint32_t on = space.mounts.on(spot.mount, spot.path)) {
        spot = Spot{on, space.mounts.at(on).root};
    }
    return spot;
}

Spot up(const MountSpace& space, const View& view, Spot spot) {
    while (spot != view.root) {
        const auto mounted = space.mounts.find(spot.mount);
        if (mounted == space.mounts.end()) {
            return spot;
        }
        if (spot.path != mounted->second.root) {
            return cross(space, Spot{spot.mount, parent_path(spot.path)});
        }
        if (mounted->second.parent == 0) {
            return spot;
        }
        spot = Spot{mounted->second.parent, mounted->second.at};
    }
    return spot;
}

struct Walker {
    Machine& machine;
    const View& view;
    std::string_view whole;
    std::string_view rest;  // of the path, or of a link's target on the way
    Spot spot;
    int links = 0;
    std::forward_list<std::string> targets;  // of links met, whose names are under way
};

// The next name, or "" where no more follow.
std::string_view next_name(std::string_view rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    return rest.substr(0, rest.find('/'));
}

void take(Walker& walker, std::string_view name) {
    walker.rest.remove_prefix(static_cast<std::size_t>(name.data() - walker.rest.data()) + name.size());
}

bool is_over(const Walker& walker) { return next_name(walker.rest).empty(); }

void prepend(Walker& walker, const std::string& target) {
    walker.targets.push_front(target + "/" + std::string(walker.rest));
    walker.rest = walker.targets.front();
    if (!target.empty() && target.front() == '/') {
        walker.spot = walker.view.root;
    }
}

const FileSystem* plain_filesystem(const Machine& machine, const MountSpace& space, std::uint32_t mount) {
    const auto mounted = space.mounts.find(mount);
    if (mounted == space.mounts.end()) {
        return nullptr;
    }
    const FileSystem* fs = machine.state.filesystems.find(mounted->second.fs);
    return fs != nullptr && fs->type != "overlay" && !is_synthetic(*fs) ? fs : nullptr;
}

// As far as names lead through directories of plain file systems, from inode to inode. Whatever is not as simple (a link,
// "..", a name that is not there, an overlay) is left to onward().
void glide(Walker& walker) {
    const MountSpace& space = space_of(walker.machine, walker.view);
    const FileSystem* fs = nullptr;
    const Inode* at = nullptr;
    for (std::string_view name = next_name(walker.rest); !name.empty(); name = next_name(walker.rest)) {
        if (at == nullptr) {
            fs = plain_filesystem(walker.machine, space, walker.spot.mount);
            const std::optional<Ino> ino = fs == nullptr ? std::nullopt : find_ino(*fs, walker.spot.path);
            if (!ino.has_value() || !fs->inodes.contains(*ino)) {
                return;
            }
            at = &fs->inodes.at(*ino);
        }
        const auto entry = at->entries.find(name);
        const auto inode = entry == at->entries.end() ? fs->inodes.end() : fs->inodes.find(entry->second);
        if (inode == fs->inodes.end() || inode->second.info.type == FileType::symlink) {
            return;
        }
        (walker.spot.path += '/') += name;
        take(walker, name);
        const std::uint32_t before = walker.spot.mount;
        walker.spot = cross(space, std::move(walker.spot));
        at = walker.spot.mount == before ? &inode->second : nullptr;
    }
}

// One name onwards; false in `keep_last`'s place: the last name is not there.
Status onward(Walker& walker, bool follow_last, bool may_miss_last) {
    const std::string name(next_name(walker.rest));
    take(walker, next_name(walker.rest));
    const MountSpace& space = space_of(walker.machine, walker.view);
    if (name == ".") {
        return {};
    }
    if (name == "..") {
        walker.spot = up(space, walker.view, walker.spot);
        return {};
    }
    const FileInfo here = TRY(node_info(walker.machine, node_of(walker.machine, walker.view, walker.spot)));
    if (here.type != FileType::directory) {
        return os_error(ENOTDIR, walker.whole);
    }
    const Spot child{walker.spot.mount, walker.spot.path + "/" + name};
    const Spot crossed = cross(space, child);
    const Result<FileInfo> info = node_info(walker.machine, node_of(walker.machine, walker.view, crossed));
    if (!info) {
        if (is_over(walker) && may_miss_last && info.error().sys_errno == ENOENT) {
            walker.spot = crossed;
            return {};
        }
        return os_error(info.error().sys_errno, walker.whole);
    }
    if (info->type == FileType::symlink && (!is_over(walker) || follow_last)) {
        if (++walker.links > 40) {
            return os_error(ELOOP, walker.whole);
        }
        prepend(walker, info->link);
        return {};
    }
    walker.spot = crossed;
    return {};
}

Result<Spot> walk_any(Machine& machine, const View& view, std::string_view path, bool follow_last, bool may_miss) {
    if (path.empty()) {
        return os_error(ENOENT, path);
    }
    if (path.size() > 4095) {
        return os_error(ENAMETOOLONG, path.substr(0, 40));
    }
    Walker walker{machine, view, path, path, path.front() == '/' ? view.root : view.cwd, 0, {}};
    const bool wants_directory = path.back() == '/';
    for (glide(walker); !is_over(walker); glide(walker)) {
        if (Status step = onward(walker, follow_last || wants_directory, may_miss); !step) {
            return std::move(step).error();
        }
    }
    return walker.spot;
}

}  // namespace

View view_of(const Process& process) { return View{process.spaces.mount, process.root, process.cwd}; }

View host_view(Machine& machine) {
    const MountSpace& space = machine.state.mount_spaces.at(machine.state.host.mount);
    return View{machine.state.host.mount, Spot{space.root, ""}, Spot{space.root, ""}};
}

Node node_of(Machine& machine, const View& view, const Spot& spot) {
    const MountSpace& space = space_of(machine, view);
    const auto mounted = space.mounts.find(spot.mount);
    return mounted == space.mounts.end() ? Node{0, spot.path} : Node{mounted->second.fs, spot.path};
}

Result<Spot> walk(Machine& machine, const View& view, std::string_view path, bool follow_last) {
    return walk_any(machine, view, path, follow_last, false);
}

Result<Spot> walk_new(Machine& machine, const View& view, std::string_view path) {
    return walk_any(machine, view, path, false, true);
}

std::string spot_path(Machine& machine, const View& view, const Spot& spot) {
    const MountSpace& space = space_of(machine, view);
    std::string path;
    Spot at = spot;
    while (at != view.root) {
        const auto mounted = space.mounts.find(at.mount);
        if (mounted == space.mounts.end()) {
            return "(unreachable)" + path;
        }
        if (at.mount == view.root.mount && at.path.rfind(view.root.path + "/", 0) == 0) {
            return at.path.substr(view.root.path.size()) + path;
        }
        if (mounted->second.parent == 0) {
            return "(unreachable)" + at.path + path;
        }
        path = at.path.substr(std::min(mounted->second.root.size(), at.path.size())) + path;
        at = Spot{mounted->second.parent, mounted->second.at};
    }
    return path.empty() ? "/" : path;
}

bool is_read_only(Machine& machine, const View& view, const Spot& spot) {
    const MountSpace& space = space_of(machine, view);
    const auto mounted = space.mounts.find(spot.mount);
    return mounted != space.mounts.end() && mounted->second.read_only;
}

bool is_mount_point(Machine& machine, const View& view, const Spot& spot) {
    const MountSpace& space = space_of(machine, view);
    const auto mounted = space.mounts.find(spot.mount);
    return mounted != space.mounts.end() && mounted->second.root == spot.path;
}

MountSpace::Gist gist_of(const MountSpace& space) {
    MountSpace::Gist gist;
    for (const auto& [id, mounted] : space.mounts) {
        gist.mounted.push_back(mounted.fs);
    }
    return gist;
}

SpaceId copy_mounts(Machine& machine, SpaceId from) {
    const SpaceId id = machine.state.next_space++;
    MountSpace copy = machine.state.mount_spaces.at(from);
    machine.state.mount_spaces.emplace(id, std::move(copy));
    return id;
}

Status unmount(Machine& machine, const View& view, std::string_view target) {
    const Result<Spot> spot = walk(machine, view, target, true);
    if (!spot) {
        return spot.error();
    }
    MountSpace& space = space_of(machine, view);
    if (!is_mount_point(machine, view, *spot) || space.mounts.at(spot->mount).parent == 0) {
        return os_error(EINVAL, target);
    }
    std::vector<std::uint32_t> gone{spot->mount};  // detached with all that is mounted on it (MNT_DETACH)
    for (std::size_t i = 0; i < gone.size(); ++i) {
        for (const auto& [id, mounted] : space.mounts) {
            if (mounted.parent == gone[i]) {
                gone.push_back(id);
            }
        }
    }
    for (const std::uint32_t id : gone) {
        space.mounts.erase(id);
    }
    return {};
}

Status pivot_root(Machine& machine, Pid pid, std::string_view new_root) {
    Process& process = machine.state.processes.at(pid);
    const View view = view_of(process);
    MountSpace& space = space_of(machine, view);
    const Result<Spot> spot = walk(machine, view, new_root, true);
    if (!spot) {
        return spot.error();
    }
    if (!is_mount_point(machine, view, *spot) || spot->mount == view.root.mount) {
        return os_error(EINVAL, new_root);  // pivot_root(2): new_root must be a mount point, and not the current root
    }
    if (space.mounts.at(view.root.mount).shared || space.mounts.at(spot->mount).shared) {
        return os_error(EINVAL, new_root);  // and its propagation must not be MS_SHARED
    }
    std::vector<std::uint32_t> kept{spot->mount};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        for (const auto& [id, mounted] : space.mounts) {
            if (mounted.parent == kept[i]) {
                kept.push_back(id);
            }
        }
    }
    MountTable::Map& mounts = space.mounts.change();
    std::erase_if(mounts,
                  [&](const auto& one) { return std::find(kept.begin(), kept.end(), one.first) == kept.end(); });
    Mounted& root = mounts.at(spot->mount);
    root.parent = 0;
    root.at.clear();
    space.root = spot->mount;
    if (std::string& owner = machine.state.filesystems.at(root.fs).container; owner.empty()) {
        owner = process.container;  // from now on its changes are this container's
    }
    for (auto& [other_pid, other] : machine.state.processes) {
        if (other.spaces.mount == view.space) {
            other.root = *spot;
            other.cwd = *spot;
        }
    }
    return {};
}

std::string mounts_text(Machine& machine, const View& view, bool mountinfo) {
    std::string text;
    for (const auto& [id, mounted] : space_of(machine, view).mounts) {
        const std::string at = spot_path(machine, view, Spot{id, mounted.root});
        if (at.rfind("(unreachable)", 0) == 0) {
            continue;
        }
        std::string options = mounted.read_only ? "ro" : "rw";
        for (const std::string& option : mounted.options) {
            if (option != "ro" && option != "rw" && option != "bind" && option != "rec") {
                options += "," + option;
            }
        }
        const std::string data = mounted.data.empty() ? std::string() : "," + mounted.data;
        if (mountinfo) {  // proc_pid_mountinfo(5)
            text += std::to_string(id) + " " + std::to_string(mounted.parent) + " 0:" + std::to_string(mounted.fs) +
                    " " + (mounted.root.empty() ? "/" : mounted.root) + " " + at + " " + options +
                    (mounted.shared ? " shared:1" : "") + " - " + mounted.type + " " + mounted.source + " " +
                    (mounted.read_only ? "ro" : "rw") + data + "\n";
        } else {
            text += mounted.source + " " + at + " " + mounted.type + " " + options + data + " 0 0\n";
        }
    }
    return text;
}

}  // namespace cutaway::model
