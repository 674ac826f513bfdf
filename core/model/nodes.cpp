// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {
namespace {

using world::FileInfo;
using world::FileType;

Result<FileSystem*> fs_of(Machine& machine, const Node& node) {
    FileSystem* found = machine.state.filesystems.find(node.fs);
    if (found == nullptr) {
        return os_error(ENOENT, node.path);
    }
    return found;
}

Result<Branch> find_any(Machine& machine, FileSystem& fs, const std::string& path) {
    if (fs.type == "overlay") {
        const std::vector<OverlayHit> hits = overlay_find(machine, fs, path);
        if (hits.empty()) {
            return os_error(ENOENT, path);
        }
        return hits.front().branch;
    }
    const std::optional<Ino> ino = find_ino(fs, path);
    if (!ino.has_value()) {
        return os_error(ENOENT, path);
    }
    return Branch{fs.id, *ino};
}

FileInfo info_of(const Inode& inode) {
    FileInfo info = inode.info;
    info.size = inode.info.type == FileType::symlink ? inode.info.link.size() : inode.content.size();
    info.size = inode.info.type == FileType::socket ? 0 : info.size;  // what it holds names its listener
    return info;
}

Inode& inode_at(Machine& machine, const Branch& branch) {
    return machine.state.filesystems.at(branch.fs).inodes.at(branch.ino);
}

Status remove_any(Machine& machine, FileSystem& fs, const std::string& path) {
    if (fs.type == "overlay") {
        return overlay_remove(machine, fs, path);
    }
    Inode* directory = find_inode(fs, parent_path(path));
    if (directory == nullptr) {
        return os_error(ENOENT, path);
    }
    drop_entry(fs, *directory, std::string(last_name(path)));
    return {};
}

}  // namespace

bool is_synthetic(const FileSystem& fs) { return fs.type == "proc" || fs.type == "cgroup" || fs.type == "cgroup2"; }

Result<FileInfo> node_info(Machine& machine, const Node& node) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    if (fs.type == "proc") {
        return proc_info(machine, fs, node.path);
    }
    if (is_synthetic(fs)) {
        return cgroup_info(machine, fs, node.path);
    }
    return info_of(inode_at(machine, TRY(find_any(machine, fs, node.path))));
}

Result<std::string> node_text(Machine& machine, const Node& node) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    if (fs.type == "proc") {
        return proc_text(machine, fs, node.path);
    }
    if (is_synthetic(fs)) {
        return cgroup_text(machine, fs, node.path);
    }
    const Inode& inode = inode_at(machine, TRY(find_any(machine, fs, node.path)));
    if (inode.info.type == FileType::directory) {
        return os_error(EISDIR, node.path);
    }
    return std::string(TRY(inode.content.view(machine.objects)));
}

Result<std::vector<world::DirEntry>> node_list(Machine& machine, const Node& node) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    if (fs.type == "proc") {
        return proc_list(machine, fs, node.path);
    }
    if (is_synthetic(fs)) {
        return cgroup_list(machine, fs, node.path);
    }
    const Inode& inode = inode_at(machine, TRY(find_any(machine, fs, node.path)));
    if (inode.info.type != FileType::directory) {
        return os_error(ENOTDIR, node.path);
    }
    std::vector<world::DirEntry> entries;
    if (fs.type == "overlay") {
        for (const auto& [name, type] : overlay_names(machine, fs, node.path)) {
            entries.push_back({name, type});
        }
        return entries;
    }
    for (const auto& [name, ino] : inode.entries) {
        entries.push_back({name, fs.inodes.at(ino).info.type});
    }
    return entries;
}

Result<Branch> node_inode(Machine& machine, const Node& node, bool for_writing) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    if (is_synthetic(fs)) {
        return os_error(EINVAL, node.path);
    }
    if (fs.type == "overlay" && for_writing) {
        const bool was_upper = [&] {
            const std::vector<OverlayHit> hits = overlay_find(machine, fs, node.path);
            return !hits.empty() && hits.front().upper;
        }();
        const Branch branch = TRY(overlay_copy_up(machine, fs, node.path));
        if (was_upper && !fs.container.empty()) {
            see(machine, world::Actor::kernel,
                world::FileChanged{fs.container, node.path, "modified", "upper",
                                   inode_at(machine, branch).content.size()});
        }
        return branch;
    }
    return find_any(machine, fs, node.path);
}

Status node_make(Machine& machine, const Node& node, Inode inode) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    inode.info.mtime_ns =
        inode.info.mtime_ns != 0 ? inode.info.mtime_ns : machine.state.boot_wall_ns + machine.state.now_ns;
    if (fs.type == "overlay") {
        (void)TRY(overlay_make(machine, fs, node.path, std::move(inode)));
        return {};
    }
    if (fs.type == "cgroup" || fs.type == "cgroup2") {
        if (inode.info.type != FileType::directory) {
            return os_error(EPERM, node.path);
        }
        return cgroup_make(machine, fs, node.path);
    }
    if (is_synthetic(fs)) {
        return os_error(EPERM, node.path);
    }
    (void)TRY(add_inode(fs, node.path, std::move(inode)));
    return {};
}

Status node_unlink(Machine& machine, const Node& node) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    const FileInfo info = TRY(node_info(machine, node));
    if (info.type == FileType::directory) {
        return os_error(EISDIR, node.path);
    }
    if (is_synthetic(fs)) {
        return os_error(EPERM, node.path);
    }
    return remove_any(machine, fs, node.path);
}

Status node_remove_dir(Machine& machine, const Node& node) {
    FileSystem& fs = *TRY(fs_of(machine, node));
    const FileInfo info = TRY(node_info(machine, node));
    if (info.type != FileType::directory) {
        return os_error(ENOTDIR, node.path);
    }
    if (fs.type == "cgroup" || fs.type == "cgroup2") {
        return cgroup_remove(machine, fs, node.path);
    }
    if (is_synthetic(fs)) {
        return os_error(EPERM, node.path);
    }
    if (!TRY(node_list(machine, node)).empty()) {
        return os_error(ENOTEMPTY, node.path);
    }
    return remove_any(machine, fs, node.path);
}

Status node_rename(Machine& machine, const Node& from, const Node& to) {
    if (from.fs != to.fs) {
        return os_error(EXDEV, from.path);
    }
    FileSystem& fs = *TRY(fs_of(machine, from));
    if (is_synthetic(fs)) {
        return os_error(EPERM, from.path);
    }
    const FileInfo source = TRY(node_info(machine, from));
    if (from.path == to.path) {
        return {};
    }
    if (to.path.rfind(from.path + "/", 0) == 0) {
        return os_error(EINVAL, from.path);
    }
    if (const Result<FileInfo> target = node_info(machine, to); target.has_value()) {
        const bool onto_directory = target->type == FileType::directory;
        if (onto_directory != (source.type == FileType::directory)) {
            return os_error(onto_directory ? EISDIR : ENOTDIR, to.path);
        }
        if (onto_directory) {
            if (Status removed = node_remove_dir(machine, to); !removed) {
                return removed;
            }
        }
    }
    if (fs.type == "overlay") {
        return overlay_rename(machine, fs, from.path, to.path);
    }
    Inode* target = find_inode(fs, parent_path(to.path));
    if (target == nullptr) {
        return os_error(ENOENT, to.path);
    }
    if (target->info.type != FileType::directory) {
        return os_error(ENOTDIR, to.path);
    }
    const Ino ino = *find_ino(fs, from.path);
    drop_entry(fs, *target, std::string(last_name(to.path)));
    find_inode(fs, parent_path(from.path))->entries.erase(std::string(last_name(from.path)));
    target->entries[std::string(last_name(to.path))] = ino;
    return {};
}

Status node_link(Machine& machine, const Node& from, const Node& to) {
    if (from.fs != to.fs) {
        return os_error(EXDEV, to.path);
    }
    FileSystem& fs = *TRY(fs_of(machine, from));
    if (is_synthetic(fs) || TRY(node_info(machine, from)).type == FileType::directory) {
        return os_error(EPERM, from.path);
    }
    if (fs.type == "overlay") {
        return overlay_link(machine, fs, from.path, to.path);
    }
    Inode* target = find_inode(fs, parent_path(to.path));
    if (target == nullptr) {
        return os_error(ENOENT, to.path);
    }
    if (target->entries.contains(std::string(last_name(to.path)))) {
        return os_error(EEXIST, to.path);
    }
    const Ino ino = *find_ino(fs, from.path);
    target->entries[std::string(last_name(to.path))] = ino;
    ++fs.inodes.at(ino).links;
    return {};
}

Status node_change(Machine& machine, const Node& node, const std::function<void(Inode&)>& change) {
    change(inode_at(machine, TRY(node_inode(machine, node, true))));
    return {};
}

}  // namespace cutaway::model
