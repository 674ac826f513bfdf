// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/vfs.h"

namespace cutaway::model {

using world::FileType;

std::string parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string_view last_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (slash > 0) {
            names.emplace_back(path.substr(0, slash));
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return names;
}

std::string join_path(std::string_view directory, std::string_view name) {
    std::string joined(directory);
    if (joined.empty() || joined.back() != '/') {
        joined += '/';
    }
    joined += name;
    return joined;
}

FsId new_filesystem(Machine& machine, std::string_view type, std::uint32_t root_mode) {
    FileSystem fs;
    fs.id = machine.state.next_fs++;
    fs.type = type;
    Inode root;
    root.info.type = FileType::directory;
    root.info.mode = root_mode;
    root.info.mtime_ns = machine.state.boot_wall_ns + machine.state.now_ns;
    fs.inodes.emplace(1, std::move(root));
    const FsId id = fs.id;
    machine.state.filesystems.emplace(id, std::move(fs));
    return id;
}

std::optional<Ino> find_ino(const FileSystem& fs, std::string_view path) {
    Ino at = 1;
    while (!path.empty()) {
        const std::size_t begin = path.front() == '/' ? 1 : 0;
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const auto inode = fs.inodes.find(at);
        if (inode == fs.inodes.end()) {
            return std::nullopt;
        }
        const auto entry = inode->second.entries.find(path.substr(begin, end - begin));
        if (entry == inode->second.entries.end()) {
            return std::nullopt;
        }
        at = entry->second;
        path.remove_prefix(end);
    }
    return at;
}

Inode* find_inode(FileSystem& fs, std::string_view path) {
    const std::optional<Ino> ino = find_ino(fs, path);
    if (!ino.has_value()) {
        return nullptr;
    }
    const auto found = fs.inodes.find(*ino);
    return found == fs.inodes.end() ? nullptr : &found->second;
}

Result<Ino> add_inode(FileSystem& fs, std::string_view path, Inode inode) {
    Inode* directory = find_inode(fs, parent_path(path));
    if (directory == nullptr) {
        return os_error(ENOENT, path);
    }
    if (directory->info.type != FileType::directory) {
        return os_error(ENOTDIR, path);
    }
    const std::string name(last_name(path));
    if (name.empty() || directory->entries.contains(name)) {
        return os_error(EEXIST, path);
    }
    if (name.size() > 255) {
        return os_error(ENAMETOOLONG, path);
    }
    const Ino ino = fs.next++;
    directory->entries.emplace(name, ino);
    directory->info.mtime_ns = std::max(directory->info.mtime_ns, inode.info.mtime_ns);
    fs.inodes.emplace(ino, std::move(inode));
    return ino;
}

void drop_entry(FileSystem& fs, Inode& directory, const std::string& name) {
    const auto entry = directory.entries.find(name);
    if (entry == directory.entries.end()) {
        return;
    }
    const Ino ino = entry->second;
    directory.entries.erase(entry);
    const auto found = fs.inodes.find(ino);
    if (found == fs.inodes.end()) {
        return;
    }
    if (found->second.info.type == FileType::directory) {
        fs.inodes.erase(found);
    } else if (found->second.links > 0) {
        --found->second.links;  // at 0 it stays for whoever has it open; sweep_inodes takes it away
    }
}

void sweep_inodes(Machine& machine) {
    std::map<FsId, std::vector<Ino>> open;
    for (const auto& [id, file] : machine.state.files) {
        open[file.fs].push_back(file.ino);
    }
    for (auto& [id, folded] : machine.state.filesystems.parts()) {
        if (!folded.is_unfolded() && !folded.gist().has_nameless) {
            continue;
        }
        FileSystem& fs = folded.look();
        const std::vector<Ino>& kept = open[id];
        for (auto inode = fs.inodes.begin(); inode != fs.inodes.end();) {
            const bool gone =
                inode->second.links == 0 && std::find(kept.begin(), kept.end(), inode->first) == kept.end();
            inode = gone ? fs.inodes.erase(inode) : std::next(inode);
        }
    }
}

FileSystem::Gist gist_of(const FileSystem& fs) {
    FileSystem::Gist gist;
    for (const std::vector<Branch>* branches : {&fs.lower, &fs.upper}) {
        for (const Branch& branch : *branches) {
            gist.beneath.push_back(branch.fs);
        }
    }
    for (const auto& [ino, inode] : fs.inodes) {
        gist.has_nameless = gist.has_nameless || inode.links == 0;
        if (inode.content.is_long()) {
            gist.contents.push_back(inode.content.digest());
        }
    }
    return gist;
}

void drop_tree(FileSystem& fs, std::string_view path) {
    Inode* inode = find_inode(fs, path);
    if (inode == nullptr) {
        return;
    }
    std::vector<std::string> names;
    for (const auto& [name, ino] : inode->entries) {
        names.push_back(name);
    }
    for (const std::string& name : names) {
        drop_tree(fs, std::string(path) + "/" + name);
    }
    if (!path.empty()) {
        if (Inode* directory = find_inode(fs, parent_path(path)); directory != nullptr) {
            drop_entry(fs, *directory, std::string(last_name(path)));
        }
    }
}

bool is_whiteout(const Inode& inode) {  // Documentation/filesystems/overlayfs.rst
    return inode.info.type == FileType::character && inode.info.major == 0 && inode.info.minor == 0;
}

bool is_opaque(const Inode& inode) {
    return std::any_of(inode.info.xattrs.begin(), inode.info.xattrs.end(), [](const world::Pair& attribute) {
        return attribute.name == "trusted.overlay.opaque" && attribute.value == "y";
    });
}

}  // namespace cutaway::model
