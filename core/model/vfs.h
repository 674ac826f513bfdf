// SPDX-License-Identifier: Apache-2.0
// The simulated file systems: plain inodes, overlay, proc and cgroup, behind one set of operations on a Node, and
// mounts above them, walked as a process sees them (path_resolution(7)). Errors carry Linux's errno.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/machine.h"
#include "core/world/disk.h"

namespace cutaway::model {

// A name in a file system, there or not: "" is the root, then "/a/b".
struct Node {
    FsId fs = 0;
    std::string path;
};

std::string parent_path(std::string_view path);  // "/a/b" → "/a"; "/a" → ""
std::string_view last_name(std::string_view path);
std::vector<std::string> split_path(std::string_view path);
std::string join_path(std::string_view directory, std::string_view name);

// --- plain (inodes.cpp) ---
FsId new_filesystem(Machine& machine, std::string_view type, std::uint32_t root_mode);
Inode* find_inode(FileSystem& fs, std::string_view path);
std::optional<Ino> find_ino(const FileSystem& fs, std::string_view path);
Result<Ino> add_inode(FileSystem& fs, std::string_view path, Inode inode);
void drop_entry(FileSystem& fs, Inode& directory, const std::string& name);  // the inode goes with its last name
void drop_tree(FileSystem& fs, std::string_view path);
void sweep_inodes(Machine& machine);  // files without a name that nobody has open
bool is_whiteout(const Inode& inode);
bool is_opaque(const Inode& inode);

// --- overlay (overlay.cpp) ---
struct OverlayHit {
    Branch branch;
    bool upper = false;
};
std::vector<OverlayHit> overlay_find(Machine& machine, const FileSystem& fs, std::string_view path);
Result<Branch> overlay_copy_up(Machine& machine, FileSystem& fs, const std::string& path);
Result<Branch> overlay_make(Machine& machine, FileSystem& fs, const std::string& path, Inode inode);
Status overlay_remove(Machine& machine, FileSystem& fs, const std::string& path);
Status overlay_rename(Machine& machine, FileSystem& fs, const std::string& from, const std::string& to);
Status overlay_link(Machine& machine, FileSystem& fs, const std::string& from, const std::string& to);
std::map<std::string, world::FileType> overlay_names(Machine& machine, const FileSystem& fs, std::string_view path);

// --- proc and cgroup: synthesised (procfs.cpp, cgroupfs.cpp) ---
Result<world::FileInfo> proc_info(Machine& machine, const FileSystem& fs, const std::string& path);
Result<std::string> proc_text(Machine& machine, const FileSystem& fs, const std::string& path);
Result<std::vector<world::DirEntry>> proc_list(Machine& machine, const FileSystem& fs, const std::string& path);
Status proc_write(Machine& machine, const FileSystem& fs, const std::string& path, std::string_view text);
Result<world::FileInfo> cgroup_info(Machine& machine, const FileSystem& fs, const std::string& path);
Result<std::string> cgroup_text(Machine& machine, const FileSystem& fs, const std::string& path);
Result<std::vector<world::DirEntry>> cgroup_list(Machine& machine, const FileSystem& fs, const std::string& path);
Status cgroup_write(Machine& machine, const FileSystem& fs, const std::string& path, std::string_view text);
Status cgroup_make(Machine& machine, const FileSystem& fs, const std::string& path);
Status cgroup_remove(Machine& machine, const FileSystem& fs, const std::string& path);

// --- any file system (nodes.cpp) ---
bool is_synthetic(const FileSystem& fs);
Result<world::FileInfo> node_info(Machine& machine, const Node& node);
Result<std::string> node_text(Machine& machine, const Node& node);  // a regular file's bytes
Result<std::vector<world::DirEntry>> node_list(Machine& machine, const Node& node);
Result<Branch> node_inode(Machine& machine, const Node& node, bool for_writing);  // of a file that has one
Status node_make(Machine& machine, const Node& node, Inode inode);
Status node_unlink(Machine& machine, const Node& node);
Status node_remove_dir(Machine& machine, const Node& node);
Status node_rename(Machine& machine, const Node& from, const Node& to);
Status node_link(Machine& machine, const Node& from, const Node& to);
Status node_change(Machine& machine, const Node& node, const std::function<void(Inode&)>& change);

// --- mounts (mounts.cpp) ---
struct View {  // whose eyes: a process's mount namespace, root and working directory
    SpaceId space = 0;
    Spot root;
    Spot cwd;
};
View view_of(const Process& process);
View host_view(Machine& machine);

Result<Spot> walk(Machine& machine, const View& view, std::string_view path, bool follow_last);
Result<Spot> walk_new(Machine& machine, const View& view, std::string_view path);  // the last name may be absent
std::string spot_path(Machine& machine, const View& view, const Spot& spot);       // as getcwd(2) would say
Node node_of(Machine& machine, const View& view, const Spot& spot);
bool is_read_only(Machine& machine, const View& view, const Spot& spot);
bool is_mount_point(Machine& machine, const View& view, const Spot& spot);

Status mount(Machine& machine, const View& view, const world::Mount& call, const std::string& container);
Status unmount(Machine& machine, const View& view, std::string_view target);
Status pivot_root(Machine& machine, Pid pid, std::string_view new_root);
SpaceId copy_mounts(Machine& machine, SpaceId from);  // for CLONE_NEWNS; mount numbers stay
std::string mounts_text(Machine& machine, const View& view, bool mountinfo);

// --- by path, as one process's view (files.cpp) ---
Result<world::FileInfo> file_info(Machine& machine, const View& view, std::string_view path, bool follow);
Result<std::string> file_text(Machine& machine, const View& view, std::string_view path);
Status file_save(Machine& machine, const View& view, std::string_view path, std::string bytes, std::uint32_t mode);
Status make_dirs(Machine& machine, const View& view, std::string_view path, std::uint32_t mode);
Status remove_tree(Machine& machine, const View& view, std::string_view path);
Status make_node(Machine& machine, const View& view, std::string_view path, const world::FileInfo& info);
Status rename_path(Machine& machine, const View& view, std::string_view from, std::string_view to);

}  // namespace cutaway::model
