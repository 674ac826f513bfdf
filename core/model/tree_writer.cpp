// SPDX-License-Identifier: Apache-2.0
#include "core/model/tree_writer.h"

#include <algorithm>

#include "core/model/errors.h"

namespace cutaway::model {
namespace {

using world::FileType;

class LayerTree final : public world::TreeWriter {
public:
    LayerTree(Machine& machine, Node root) : machine_(machine), root_(std::move(root)) {}

    Status add(const world::TreeEntry& entry) override {
        const std::string path = TRY(place(entry.path));
        current_ = 0;
        if (path.empty()) {
            find_inode(fs(), root_.path)->info = entry.info;
            return {};
        }
        const std::string full = root_.path + path;
        if (!entry.hardlink.empty()) {
            return link(entry, full);
        }
        Inode* there = find_inode(fs(), full);
        if (there != nullptr && there->info.type == FileType::directory && entry.info.type == FileType::directory) {
            there->info = entry.info;
            return {};
        }
        drop_tree(fs(), full);
        Inode inode;
        inode.info = entry.info;
        inode.info.size = 0;
        current_ = TRY(add_inode(fs(), full, std::move(inode)));
        return {};
    }
    Status write(std::string_view bytes) override {
        if (current_ == 0) {
            return fail(Errc::invalid, "write to an entry that has no bytes");
        }
        TRY(fs().inodes.at(current_).content.edit(machine_.objects))->append(bytes);
        return {};
    }
    Status whiteout(std::string_view path) override {
        const std::string full = root_.path + TRY(place(path));
        if (full == root_.path) {
            return fail(Errc::invalid, "a whiteout of the root");
        }
        current_ = 0;
        if (find_inode(fs(), full) != nullptr) {
            return {};  // it hides lower layers only, and this layer has a name of its own there
        }
        Inode inode;
        inode.info.type = FileType::character;
        return add_inode(fs(), full, std::move(inode)).has_value() ? Status() : Status(os_error(ENOENT, path));
    }
    Status opaque(std::string_view directory) override {
        const std::string full = root_.path + TRY(place(directory));
        current_ = 0;
        Inode* inode = find_inode(fs(), full);
        if (inode == nullptr) {
            Inode made;
            made.info.type = FileType::directory;
            made.info.mode = 0755;
            (void)TRY(add_inode(fs(), full, std::move(made)));
            inode = find_inode(fs(), full);
        }
        if (inode->info.type != FileType::directory) {
            return os_error(ENOTDIR, directory);
        }
        if (!is_opaque(*inode)) {
            inode->info.xattrs.push_back({"trusted.overlay.opaque", "y"});
        }
        return {};
    }
    Status finish() override {
        current_ = 0;
        return {};
    }

private:
    FileSystem& fs() { return machine_.state.filesystems.at(root_.fs); }

    // The entry's path beneath the root ("" or "/a/b"), its parents made.
    Result<std::string> place(std::string_view path) {
        std::string so_far;
        std::vector<std::string> names = split_path(path);
        names.erase(std::remove(names.begin(), names.end(), "."), names.end());
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == "..") {
                return fail(Errc::denied, "entry " + std::string(path) + ": leaves its directory");
            }
            so_far += "/" + names[i];
            if (i + 1 == names.size()) {
                break;
            }
            const Inode* inode = find_inode(fs(), root_.path + so_far);
            if (inode == nullptr) {
                Inode made;
                made.info.type = FileType::directory;
                made.info.mode = 0755;
                (void)TRY(add_inode(fs(), root_.path + so_far, std::move(made)));
            } else if (inode->info.type == FileType::symlink) {
                return fail(Errc::denied, "entry " + std::string(path) + ": passes through a symbolic link");
            } else if (inode->info.type != FileType::directory) {
                return os_error(ENOTDIR, path);
            }
        }
        return so_far;
    }
    Status link(const world::TreeEntry& entry, const std::string& full) {
        const std::string target = root_.path + TRY(place(entry.hardlink));
        const std::optional<Ino> ino = find_ino(fs(), target);
        if (!ino.has_value()) {
            return os_error(ENOENT, entry.hardlink);
        }
        if (fs().inodes.at(*ino).info.type == FileType::directory) {
            return os_error(EPERM, entry.hardlink);
        }
        if (target == full) {
            return {};
        }
        drop_tree(fs(), full);
        return node_link(machine_, Node{root_.fs, target}, Node{root_.fs, full});
    }

    Machine& machine_;
    Node root_;
    Ino current_ = 0;
};

}  // namespace

Result<std::unique_ptr<world::TreeWriter>> make_tree_writer(Machine& machine, const Node& root) {
    if (is_synthetic(machine.state.filesystems.at(root.fs)) ||
        machine.state.filesystems.at(root.fs).type == "overlay") {
        return os_error(EOPNOTSUPP, root.path);
    }
    std::unique_ptr<world::TreeWriter> writer = std::make_unique<LayerTree>(machine, root);
    return writer;
}

}  // namespace cutaway::model
