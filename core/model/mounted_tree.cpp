// SPDX-License-Identifier: Apache-2.0
#include "core/model/mounted_tree.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/model/errors.h"

namespace cutaway::model {
namespace {

using world::FileInfo;
using world::FileType;

class TextSource final : public world::Source {
public:
    explicit TextSource(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), bytes_.size() - at_);
        if (count > 0) {
            std::memcpy(into.data(), bytes_.data() + at_, count);
        }
        at_ += count;
        return count;
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

class RootedReader final : public world::TreeReader {
public:
    RootedReader(Machine& machine, View root) : machine_(machine), root_(std::move(root)) {}

    Result<FileInfo> stat(std::string_view path) override { return file_info(machine_, root_, inner(path), false); }
    Result<std::vector<world::DirEntry>> list(std::string_view path) override {
        return node_list(machine_, TRY(at(path)));
    }
    Result<std::unique_ptr<world::Source>> open(std::string_view path) override {
        const Node node = TRY(at(path));
        if (TRY(node_info(machine_, node)).type != FileType::regular) {
            return fail(Errc::invalid, std::string(path) + " is no regular file");
        }
        return source_of(TRY(node_text(machine_, node)));
    }
    Result<std::string> other_names(std::string_view path) override {
        const Node node = TRY(at(path));
        if (is_synthetic(machine_.state.filesystems.at(node.fs))) {
            return std::string();
        }
        const Branch branch = TRY(node_inode(machine_, node, false));
        const Inode& inode = machine_.state.filesystems.at(branch.fs).inodes.at(branch.ino);
        const bool one = inode.links < 2 || inode.info.type == FileType::directory;
        return one ? std::string() : std::to_string(branch.fs) + ":" + std::to_string(branch.ino);
    }

private:
    static std::string inner(std::string_view path) { return "/" + std::string(path); }
    Result<Node> at(std::string_view path) {
        return node_of(machine_, root_, TRY(walk(machine_, root_, inner(path), false)));
    }

    Machine& machine_;
    View root_;
};

// A regular file is made once its bytes are known, so that whoever watches sees one change.
class MountedWriter final : public world::TreeWriter {
public:
    MountedWriter(Machine& machine, View root) : machine_(machine), root_(std::move(root)) {}

    Status add(const world::TreeEntry& entry) override {
        TRY(close());
        const std::string path = TRY(place(entry.path));
        const Result<FileInfo> there = file_info(machine_, root_, path, false);
        const bool directory = entry.hardlink.empty() && entry.info.type == FileType::directory;
        if (there && directory && there->type == FileType::directory) {
            return node_change(machine_, TRY(at(path)), [&](Inode& inode) { inode.info = entry.info; });
        }
        if (path == "/") {
            return fail(Errc::invalid, "an archive replaces the root of its tree");
        }
        TRY(remove_tree(machine_, root_, path));
        if (!entry.hardlink.empty()) {
            const Node target = TRY(at(TRY(place(entry.hardlink))));
            return node_link(machine_, target, node_of(machine_, root_, TRY(walk_new(machine_, root_, path))));
        }
        open_ = Pending{path, entry.info, {}};
        return entry.info.type == FileType::regular ? Status() : close();
    }
    Status write(std::string_view bytes) override {
        if (!open_) {
            return fail(Errc::invalid, "write to an entry that has no bytes");
        }
        open_->bytes += bytes;
        return {};
    }
    Status whiteout(std::string_view path) override { return os_error(EOPNOTSUPP, path); }
    Status opaque(std::string_view directory) override { return os_error(EOPNOTSUPP, directory); }
    Status finish() override { return close(); }

private:
    struct Pending {
        std::string path;
        FileInfo info;
        std::string bytes;
    };

    Result<Node> at(const std::string& path) {
        return node_of(machine_, root_, TRY(walk(machine_, root_, path, false)));
    }

    // The entry's path beneath the root, its parents made.
    Result<std::string> place(std::string_view path) {
        std::string so_far;
        std::vector<std::string> names = split_path(path);
        names.erase(std::remove(names.begin(), names.end(), "."), names.end());
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == "..") {
                return fail(Errc::denied, "entry " + std::string(path) + ": leaves its directory");
            }
            so_far += "/" + names[i];
            const Result<FileInfo> info = file_info(machine_, root_, so_far, false);
            if (i + 1 == names.size()) {
                break;
            }
            if (info && info->type == FileType::symlink) {
                return fail(Errc::denied, "entry " + std::string(path) + ": passes through a symbolic link");
            }
            TRY(make_dirs(machine_, root_, so_far, 0755));
        }
        return so_far.empty() ? "/" : so_far;
    }

    Status close() {
        if (!open_) {
            return {};
        }
        const Pending done = std::move(*open_);
        open_.reset();
        const Spot spot = TRY(walk_new(machine_, root_, done.path));
        if (is_read_only(machine_, root_, spot)) {
            return os_error(EROFS, done.path);
        }
        Inode inode;
        inode.info = done.info;
        inode.info.size = 0;
        inode.content = Content(done.bytes);
        return node_make(machine_, node_of(machine_, root_, spot), std::move(inode));
    }

    Machine& machine_;
    View root_;
    std::optional<Pending> open_;
};

}  // namespace

std::unique_ptr<world::Source> source_of(std::string bytes) { return std::make_unique<TextSource>(std::move(bytes)); }

Result<std::unique_ptr<world::TreeReader>> make_tree_reader(Machine& machine, const View& root) {
    return std::unique_ptr<world::TreeReader>(std::make_unique<RootedReader>(machine, root));
}

Result<std::unique_ptr<world::TreeWriter>> make_mounted_writer(Machine& machine, const View& root) {
    return std::unique_ptr<world::TreeWriter>(std::make_unique<MountedWriter>(machine, root));
}

}  // namespace cutaway::model
