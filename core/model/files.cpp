// SPDX-License-Identifier: Apache-2.0
#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {

using world::FileInfo;
using world::FileType;

Result<FileInfo> file_info(Machine& machine, const View& view, std::string_view path, bool follow) {
    return node_info(machine, node_of(machine, view, TRY(walk(machine, view, path, follow))));
}

Result<std::string> file_text(Machine& machine, const View& view, std::string_view path) {
    return node_text(machine, node_of(machine, view, TRY(walk(machine, view, path, true))));
}

Status file_save(Machine& machine, const View& view, std::string_view path, std::string bytes, std::uint32_t mode) {
    Result<Spot> spot = walk(machine, view, path, true);
    if (!spot && spot.error().sys_errno == ENOENT) {
        spot = walk_new(machine, view, path);
    }
    if (!spot) {
        return spot.error();
    }
    if (is_read_only(machine, view, *spot)) {
        return os_error(EROFS, path);
    }
    const Node node = node_of(machine, view, *spot);
    const FileSystem& fs = machine.state.filesystems.at(node.fs);
    if (fs.type == "proc") {
        return proc_write(machine, fs, node.path, bytes);
    }
    if (is_synthetic(fs)) {
        return cgroup_write(machine, fs, node.path, bytes);
    }
    const Result<FileInfo> info = node_info(machine, node);
    if (!info) {
        Inode inode;
        inode.info.mode = mode;
        inode.content = Content(std::move(bytes));
        return node_make(machine, node, std::move(inode));
    }
    if (info->type == FileType::directory) {
        return os_error(EISDIR, path);
    }
    const std::int64_t now = machine.state.boot_wall_ns + machine.state.now_ns;
    return node_change(machine, node, [&](Inode& inode) {
        inode.content = Content(std::move(bytes));
        inode.info.mtime_ns = now;
    });
}

Status make_dirs(Machine& machine, const View& view, std::string_view path, std::uint32_t mode) {
    if (const Result<FileInfo> there = file_info(machine, view, path, true);
        there && there->type == FileType::directory) {
        return {};
    }
    std::string so_far = path.empty() || path.front() != '/' ? "." : "";
    for (const std::string& name : split_path(path)) {
        so_far += "/" + name;
        const Result<FileInfo> info = file_info(machine, view, so_far, true);
        if (info && info->type != FileType::directory) {
            return os_error(ENOTDIR, so_far);
        }
        if (info) {
            continue;
        }
        const Result<Spot> spot = walk_new(machine, view, so_far);
        if (!spot) {
            return spot.error();
        }
        if (is_read_only(machine, view, *spot)) {
            return os_error(EROFS, so_far);
        }
        Inode inode;
        inode.info.type = FileType::directory;
        inode.info.mode = mode;
        if (Status made = node_make(machine, node_of(machine, view, *spot), std::move(inode)); !made) {
            return made;
        }
    }
    return {};
}

Status remove_tree(Machine& machine, const View& view, std::string_view path) {
    const Result<Spot> spot = walk(machine, view, path, false);
    if (!spot) {
        return spot.error().sys_errno == ENOENT ? Status() : Status(spot.error());
    }
    if (is_mount_point(machine, view, *spot)) {
        return os_error(EBUSY, path);
    }
    if (is_read_only(machine, view, *spot)) {
        return os_error(EROFS, path);
    }
    const Node node = node_of(machine, view, *spot);
    FileSystem& fs = machine.state.filesystems.at(node.fs);
    if (TRY(node_info(machine, node)).type != FileType::directory) {
        return node_unlink(machine, node);
    }
    if (fs.type != "overlay" && !is_synthetic(fs)) {
        drop_tree(fs, node.path);
        return {};
    }
    for (const world::DirEntry& entry : TRY(node_list(machine, node))) {
        if (is_synthetic(fs) && entry.type != FileType::directory) {
            continue;
        }
        if (Status removed = remove_tree(machine, view, join_path(path, entry.name)); !removed) {
            return removed;
        }
    }
    return node_remove_dir(machine, node);
}

Status make_node(Machine& machine, const View& view, std::string_view path, const FileInfo& info) {
    const Result<Spot> spot = walk_new(machine, view, path);
    if (!spot) {
        return spot.error();
    }
    if (is_read_only(machine, view, *spot)) {
        return os_error(EROFS, path);
    }
    const Node node = node_of(machine, view, *spot);
    if (node_info(machine, node).has_value()) {
        return os_error(EEXIST, path);
    }
    Inode inode;
    inode.info = info;
    return node_make(machine, node, std::move(inode));
}

Status rename_path(Machine& machine, const View& view, std::string_view from, std::string_view to) {
    const Result<Spot> source = walk(machine, view, from, false);
    if (!source) {
        return source.error();
    }
    const Result<Spot> target = walk_new(machine, view, to);
    if (!target) {
        return target.error();
    }
    if (is_mount_point(machine, view, *source) || is_mount_point(machine, view, *target)) {
        return os_error(EBUSY, from);
    }
    if (is_read_only(machine, view, *source)) {
        return os_error(EROFS, from);
    }
    if (source->mount != target->mount) {
        return os_error(EXDEV, from);
    }
    return node_rename(machine, node_of(machine, view, *source), node_of(machine, view, *target));
}

}  // namespace cutaway::model
