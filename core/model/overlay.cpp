// SPDX-License-Identifier: Apache-2.0
// Overlay as Documentation/filesystems/overlayfs.rst has it: the topmost name wins, directories merge, a whiteout ends
// the search, an opaque directory hides what is below it, and a change first copies the whole file up.
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {
namespace {

using world::FileType;

Inode* branch_inode(Machine& machine, const Branch& branch) {
    FileSystem* fs = machine.state.filesystems.find(branch.fs);
    if (fs == nullptr) {
        return nullptr;
    }
    const auto inode = fs->inodes.find(branch.ino);
    return inode == fs->inodes.end() ? nullptr : &inode->second;
}

// `name` in each directory of `directories`, topmost first, as far as it can be seen.
std::vector<OverlayHit> look_in(Machine& machine, const std::vector<OverlayHit>& directories, const std::string& name) {
    std::vector<OverlayHit> hits;
    for (const OverlayHit& directory : directories) {
        const Inode* inode = branch_inode(machine, directory.branch);
        if (inode == nullptr) {
            continue;
        }
        const auto entry = inode->entries.find(name);
        if (entry == inode->entries.end()) {
            continue;
        }
        const OverlayHit hit{Branch{directory.branch.fs, entry->second}, directory.upper};
        const Inode* found = branch_inode(machine, hit.branch);
        if (found == nullptr || is_whiteout(*found)) {
            break;
        }
        const bool is_directory = found->info.type == FileType::directory;
        if (!hits.empty() && !is_directory) {
            break;
        }
        hits.push_back(hit);
        if (!is_directory || is_opaque(*found)) {
            break;
        }
    }
    return hits;
}

std::vector<OverlayHit> roots(const FileSystem& fs) {
    std::vector<OverlayHit> hits;
    for (const Branch& branch : fs.upper) {
        hits.push_back({branch, true});
    }
    for (const Branch& branch : fs.lower) {
        hits.push_back({branch, false});
    }
    return hits;
}

bool below_shows(Machine& machine, const FileSystem& fs, const std::string& path) {
    std::vector<OverlayHit> directories = overlay_find(machine, fs, parent_path(path));
    directories.erase(
        std::remove_if(directories.begin(), directories.end(), [](const OverlayHit& hit) { return hit.upper; }),
        directories.end());
    return !look_in(machine, directories, std::string(last_name(path))).empty();
}

void changed(Machine& machine, const FileSystem& fs, const std::string& path, std::string_view what,
             std::uint64_t size) {
    if (!fs.container.empty()) {
        see(machine, world::Actor::kernel, world::FileChanged{fs.container, path, std::string(what), "upper", size});
    }
}

Inode whiteout() {
    Inode inode;
    inode.info.type = FileType::character;
    inode.info.mode = 0;
    return inode;
}

// The upper directory that holds `path`'s last name, copied up if it must be.
Result<Branch> upper_parent(Machine& machine, FileSystem& fs, const std::string& path) {
    if (fs.upper.empty()) {
        return os_error(EROFS, path);
    }
    return overlay_copy_up(machine, fs, parent_path(path));
}

Ino put_in(Machine& machine, const Branch& directory, const std::string& name, Inode inode) {
    FileSystem& real = machine.state.filesystems.at(directory.fs);
    Inode& holder = real.inodes.at(directory.ino);
    drop_entry(real, holder, name);  // a whiteout
    const Ino ino = real.next++;
    holder.info.mtime_ns = std::max(holder.info.mtime_ns, inode.info.mtime_ns);
    holder.entries[name] = ino;
    real.inodes.emplace(ino, std::move(inode));
    return ino;
}

void hide_or_drop(Machine& machine, FileSystem& fs, const std::string& path, const Branch& directory, bool hide) {
    const std::string name(last_name(path));
    FileSystem& real = machine.state.filesystems.at(directory.fs);
    if (hide) {
        (void)put_in(machine, directory, name, whiteout());
        changed(machine, fs, path, "whiteout", 0);
    } else {
        drop_entry(real, real.inodes.at(directory.ino), name);
        changed(machine, fs, path, "removed", 0);
    }
}

}  // namespace

std::vector<OverlayHit> overlay_find(Machine& machine, const FileSystem& fs, std::string_view path) {
    std::vector<OverlayHit> hits = roots(fs);
    for (const std::string& name : split_path(path)) {
        if (hits.empty()) {
            return hits;
        }
        hits = look_in(machine, hits, name);
    }
    return hits;
}

Result<Branch> overlay_copy_up(Machine& machine, FileSystem& fs, const std::string& path) {
    if (fs.upper.empty()) {
        return os_error(EROFS, path);
    }
    if (path.empty()) {
        return fs.upper.front();
    }
    const std::vector<OverlayHit> hits = overlay_find(machine, fs, path);
    if (hits.empty()) {
        return os_error(ENOENT, path);
    }
    if (hits.front().upper) {
        return hits.front().branch;
    }
    const Branch directory = TRY(overlay_copy_up(machine, fs, parent_path(path)));
    Inode copy = *branch_inode(machine, hits.front().branch);
    copy.entries.clear();
    copy.links = 1;
    const bool is_file = copy.info.type != FileType::directory;
    const std::uint64_t size = copy.content.size();
    const Ino ino = put_in(machine, directory, std::string(last_name(path)), std::move(copy));
    if (is_file) {
        changed(machine, fs, path, "copied_up", size);
    }
    return Branch{directory.fs, ino};
}

Result<Branch> overlay_make(Machine& machine, FileSystem& fs, const std::string& path, Inode inode) {
    if (!overlay_find(machine, fs, path).empty()) {
        return os_error(EEXIST, path);
    }
    const Branch directory = TRY(upper_parent(machine, fs, path));
    if (branch_inode(machine, directory)->info.type != FileType::directory) {
        return os_error(ENOTDIR, path);
    }
    const bool opaque = inode.info.type == FileType::directory && below_shows(machine, fs, path);
    if (opaque) {
        inode.info.xattrs.push_back({"trusted.overlay.opaque", "y"});
    }
    const std::uint64_t size = inode.content.size();
    const Ino ino = put_in(machine, directory, std::string(last_name(path)), std::move(inode));
    changed(machine, fs, path, opaque ? "opaque" : "added", size);
    return Branch{directory.fs, ino};
}

Status overlay_remove(Machine& machine, FileSystem& fs, const std::string& path) {
    if (overlay_find(machine, fs, path).empty()) {
        return os_error(ENOENT, path);
    }
    const Branch directory = TRY(upper_parent(machine, fs, path));
    hide_or_drop(machine, fs, path, directory, below_shows(machine, fs, path));
    return {};
}

Status overlay_rename(Machine& machine, FileSystem& fs, const std::string& from, const std::string& to) {
    const std::vector<OverlayHit> hits = overlay_find(machine, fs, from);
    if (hits.empty()) {
        return os_error(ENOENT, from);
    }
    const bool is_directory = branch_inode(machine, hits.front().branch)->info.type == FileType::directory;
    const bool below = below_shows(machine, fs, from);
    if (is_directory && (below || !hits.front().upper)) {
        return os_error(EXDEV, from);  // redirect_dir is off
    }
    const Branch source = TRY(overlay_copy_up(machine, fs, from));
    const Branch source_parent = TRY(upper_parent(machine, fs, from));
    const Branch target_parent = TRY(upper_parent(machine, fs, to));
    const bool over_lower = below_shows(machine, fs, to);
    FileSystem& real = machine.state.filesystems.at(source.fs);
    drop_entry(real, real.inodes.at(target_parent.ino), std::string(last_name(to)));
    real.inodes.at(source_parent.ino).entries.erase(std::string(last_name(from)));
    real.inodes.at(target_parent.ino).entries[std::string(last_name(to))] = source.ino;
    Inode& moved = real.inodes.at(source.ino);
    if (is_directory && over_lower && !is_opaque(moved)) {
        moved.info.xattrs.push_back({"trusted.overlay.opaque", "y"});
    }
    hide_or_drop(machine, fs, from, source_parent, below);
    changed(machine, fs, to, over_lower ? "modified" : "added", real.inodes.at(source.ino).content.size());
    return {};
}

Status overlay_link(Machine& machine, FileSystem& fs, const std::string& from, const std::string& to) {
    if (!overlay_find(machine, fs, to).empty()) {
        return os_error(EEXIST, to);
    }
    const Branch source = TRY(overlay_copy_up(machine, fs, from));
    const Branch parent = TRY(upper_parent(machine, fs, to));
    FileSystem& real = machine.state.filesystems.at(source.fs);
    drop_entry(real, real.inodes.at(parent.ino), std::string(last_name(to)));
    real.inodes.at(parent.ino).entries[std::string(last_name(to))] = source.ino;
    ++real.inodes.at(source.ino).links;
    changed(machine, fs, to, "added", real.inodes.at(source.ino).content.size());
    return {};
}

std::map<std::string, FileType> overlay_names(Machine& machine, const FileSystem& fs, std::string_view path) {
    std::map<std::string, FileType> names;
    std::map<std::string, bool> hidden;
    for (const OverlayHit& hit : overlay_find(machine, fs, path)) {
        const Inode* directory = branch_inode(machine, hit.branch);
        for (const auto& [name, ino] : directory->entries) {
            const Inode* inode = branch_inode(machine, Branch{hit.branch.fs, ino});
            if (inode == nullptr || names.contains(name) || hidden.contains(name)) {
                continue;
            }
            if (is_whiteout(*inode)) {
                hidden[name] = true;
            } else {
                names[name] = inode->info.type;
            }
        }
    }
    return names;
}

}  // namespace cutaway::model
