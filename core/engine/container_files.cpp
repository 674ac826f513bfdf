// SPDX-License-Identifier: Apache-2.0
#include "core/engine/container_files.h"

#include <algorithm>
#include <cerrno>
#include <deque>

#include "core/base/binary.h"
#include "core/engine/lifecycle.h"
#include "core/engine/rootless.h"
#include "core/engine/speak.h"
#include "core/rootfs/rootfs.h"
#include "core/store/containers.h"

namespace cutaway::engine {

using world::FileType;

namespace {

constexpr int most_links = 40;  // as the kernel, path_resolution(7)

std::deque<std::string> parts_of(std::string_view path) {
    std::deque<std::string> parts;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0 && path.substr(0, end) != ".") {
            parts.emplace_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

std::string parent_of(const std::string& path) { return path.substr(0, std::min(path.rfind('/'), path.size())); }

std::string without_slash(std::string_view path) { return std::string(path.starts_with('/') ? path.substr(1) : path); }

Error no_directory(std::string_view path) { return {Errc::invalid, ENOTDIR, std::string(path) + ": not a directory"}; }

}  // namespace

Result<Found> resolve(world::TreeReader& reader, std::string_view path, LastLink last) {
    std::deque<std::string> rest = parts_of(path);
    Found found;
    found.info = TRY(reader.stat(""));
    int links = 0;
    while (!rest.empty()) {
        const std::string part = std::move(rest.front());
        rest.pop_front();
        if (!found.info || found.info->type != FileType::directory) {
            return found.info ? no_directory(path)
                              : Error{Errc::not_found, ENOENT, std::string(path) + ": no such file or directory"};
        }
        const std::string next = part == ".." ? parent_of(found.path) : found.path + "/" + part;
        Result<world::FileInfo> info = reader.stat(without_slash(next));
        if (!info && info.error().code != Errc::not_found) {
            return std::move(info).error();
        }
        const bool link = info && info->type == FileType::symlink && (!rest.empty() || last == LastLink::followed);
        if (!link) {
            found.path = next;
            found.info = info ? std::optional<world::FileInfo>(std::move(*info)) : std::nullopt;
            continue;
        }
        if (++links > most_links) {
            return Error{Errc::invalid, ELOOP, std::string(path) + ": too many levels of symbolic links"};
        }
        if (info->link.starts_with('/')) {
            found.path.clear();
        }
        const std::deque<std::string> target = parts_of(info->link);
        rest.insert(rest.begin(), target.begin(), target.end());
        found.info = TRY(reader.stat(without_slash(found.path)));
    }
    return found;
}

// --- reading --------------------------------------------------------------------------------------------------------

Status ContainerFiles::add(std::string target, const std::string& source, bool read_only) {
    while (target.size() > 1 && target.back() == '/') {
        target.pop_back();
    }
    Root root{target == "/" ? "" : std::move(target), source, "", read_only, nullptr};
    const Result<world::FileInfo> info = world_.disk.stat(source);
    if (!info && info.error().code == Errc::not_found) {
        return {};  // a bind's source that went away
    }
    if (info && info->type == FileType::regular) {
        root.file = source.substr(source.rfind('/') + 1);
        root.source = parent_of(source);
    }
    root.reader = TRY(world_.disk.reader(root.source));
    roots_.push_back(std::move(root));
    return {};
}

Result<std::unique_ptr<ContainerFiles>> ContainerFiles::open(world::World& world,
                                                             const store::ContainerRecord& record) {
    std::unique_ptr<ContainerFiles> files(new ContainerFiles(world));
    TRY_IN("look at the files of container " + record.name, files->add("", record.merged, record.host.read_only));
    if (files->roots_.empty()) {
        return fail(Errc::internal, "the files of container " + record.name + " are not mounted");
    }
    for (const store::MountPoint& mount : record.mounts) {
        if (mount.type != "tmpfs") {
            TRY(files->add(mount.target, mount.source, mount.read_only));
        }
    }
    TRY(files->add("/etc/resolv.conf", record.resolv_conf_path, false));
    TRY(files->add("/etc/hostname", record.hostname_path, false));
    TRY(files->add("/etc/hosts", record.hosts_path, false));
    return files;
}

// The innermost mount that the path lies in.
ContainerFiles::Place ContainerFiles::place(std::string_view path) {
    const std::string whole = path.empty() ? "" : "/" + without_slash(path);
    Place best{&roots_.front(), without_slash(whole)};
    for (Root& root : roots_) {
        const bool at = whole == root.target;
        const bool in = whole.starts_with(root.target + "/") && root.file.empty();
        if ((at || in) && root.target.size() >= best.root->target.size()) {
            best.root = &root;
            best.beneath = root.file.empty() ? without_slash(whole.substr(root.target.size())) : root.file;
        }
    }
    return best;
}

Result<world::FileInfo> ContainerFiles::stat(std::string_view path) {
    const Place at = place(path);
    return at.root->reader->stat(at.beneath);
}

Result<std::vector<world::DirEntry>> ContainerFiles::list(std::string_view path) {
    const Place at = place(path);
    return at.root->reader->list(at.beneath);
}

Result<std::unique_ptr<world::Source>> ContainerFiles::open(std::string_view path) {
    const Place at = place(path);
    return at.root->reader->open(at.beneath);
}

Result<std::string> ContainerFiles::other_names(std::string_view path) {
    const Place at = place(path);
    const std::string file = TRY(at.root->reader->other_names(at.beneath));
    return file.empty() ? file : at.root->target + ":" + file;
}

// --- writing --------------------------------------------------------------------------------------------------------

// An archive's entries, each to the mount that it lies in.
class RoutedWriter final : public world::TreeWriter {
public:
    RoutedWriter(ContainerFiles& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

    Status add(const world::TreeEntry& entry) override {
        const std::string path = TRY(inside(entry.path));
        ContainerFiles::Place at = files_.place(path);
        if (at.root->read_only) {
            return fail(Errc::denied, at.root->target.empty() ? "container rootfs is marked read-only"
                                                              : "mounted volume is marked read-only");
        }
        TRY(check_kind(path, entry));
        if (!at.root->file.empty()) {
            return fail(Errc::unsupported, "unlinkat " + path + ": device or resource busy");  // a mounted file
        }
        world::TreeEntry there = entry;
        there.path = at.beneath.empty() ? "." : at.beneath;
        if (!entry.hardlink.empty()) {
            const ContainerFiles::Place first = files_.place(TRY(inside(entry.hardlink)));
            if (first.root != at.root) {
                return Error{Errc::invalid, EXDEV, "link " + path + ": invalid cross-device link"};
            }
            there.hardlink = first.beneath;
        }
        std::unique_ptr<world::TreeWriter>& writer = writers_[at.root];
        if (writer == nullptr) {
            writer = TRY(files_.world_.disk.tree(at.root->source));
        }
        open_ = writer.get();
        return open_->add(there);
    }
    Status write(std::string_view bytes) override {
        return open_ == nullptr ? Status(fail(Errc::internal, "no regular file was begun")) : open_->write(bytes);
    }
    Status whiteout(std::string_view) override { return fail(Errc::internal, "a container's files know no whiteout"); }
    Status opaque(std::string_view) override { return {}; }
    Status finish() override {
        for (const auto& [root, writer] : writers_) {
            TRY(writer->finish());
        }
        return {};
    }

private:
    // "a/b" of the archive as a path of the container, links above the last name followed.
    Result<std::string> inside(std::string_view name) {
        std::deque<std::string> parts = parts_of(name);
        if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
            return fail(Errc::denied, "the name \"" + std::string(name) + "\" leads out of the archive");
        }
        if (parts.empty()) {
            return directory_;
        }
        const std::string last = parts.back();
        parts.pop_back();
        std::string above;
        for (const std::string& part : parts) {
            above += "/" + part;
        }
        if (above != above_ || parent_.empty()) {
            Result<Found> found = resolve(files_, directory_ + above, LastLink::followed);
            const bool absent = !found && found.error().code == Errc::not_found;
            if (!found && !absent) {
                return std::move(found).error();
            }
            above_ = above;
            parent_ = absent ? directory_ + above : found->path;
        }
        return parent_ + "/" + last;
    }

    Status check_kind(const std::string& path, const world::TreeEntry& entry) {
        const Result<world::FileInfo> there = files_.stat(without_slash(path));
        if (!there) {
            return there.error().code == Errc::not_found ? Status() : Status(there.error());
        }
        const bool was = there->type == FileType::directory;
        const bool will = entry.hardlink.empty() && entry.info.type == FileType::directory;
        if (was == will) {
            return {};
        }
        const std::string at = directory_.empty() ? "/" : directory_;
        return fail(Errc::invalid,
                    was ? "cannot overwrite directory \"" + path + "\" with non-directory \"" + at + "\""
                        : "cannot overwrite non-directory \"" + path + "\" with directory \"" + at + "\"");
    }

    ContainerFiles& files_;
    std::string directory_;
    std::string above_;
    std::string parent_;
    std::map<ContainerFiles::Root*, std::unique_ptr<world::TreeWriter>> writers_;
    world::TreeWriter* open_ = nullptr;
};

Result<std::unique_ptr<world::TreeWriter>> ContainerFiles::writer(const std::string& directory) {
    const Place at = place(directory);
    if (at.root->read_only) {
        return fail(Errc::denied, at.root->target.empty() ? "container rootfs is marked read-only"
                                                          : "mounted volume is marked read-only");
    }
    return std::unique_ptr<world::TreeWriter>(std::make_unique<RoutedWriter>(*this, directory));
}

// --- there to be read -----------------------------------------------------------------------------------------------

namespace {

rootfs::Config overlay_of(const store::ContainerRecord& record, std::vector<std::string> lower) {
    rootfs::Config config;
    config.lower = std::move(lower);
    config.upper = record.upper;
    config.work = record.work;
    config.merged = record.merged;
    return config;
}

}  // namespace

Status mount_files(world::World& world, store::ContainerRecord& record) {
    if (is_rootless(world.machine)) {
        return fail(Errc::unsupported,
                    "an ordinary user's containers show their files inside alone: cutaway exec reads and writes them, "
                    "a volume (-v) shares them");
    }
    if (store::is_up(record)) {
        return {};
    }
    world::SpanStart step =
        step_span(world::Phase::overlay, record.id, "join the layers, so that the files can be seen");
    return world::within(world.narrator, step, [&]() -> Status {
        TRY(release(world, record.id, world::Phase::overlay));  // what was killed in here before
        const std::vector<std::string> lower = TRY(layer_trees(world, record));
        const std::vector<store::MountPoint> before = record.mounts;
        TRY(prepare_mounts(world, record, lower));
        if (record.mounts != before) {
            TRY(store::save_container(world, record));
        }
        plan::Plan plan;
        plan.calls = rootfs::plan_overlay(overlay_of(record, lower));
        const auto count = static_cast<std::uint32_t>(plan.calls.size());
        TRY(world.disk.save(undo_path(world, record.id), binary::encode(plan::undo_of(plan, count)),
                            world::Durability::runtime));
        for (const plan::PlannedCall& call : plan.calls) {
            if (Result<world::Reply> done = world.kernel.perform(call.call); !done) {
                static_cast<void>(
                    release(world, record.id, world::Phase::overlay));  // the first error is the one to tell
                return std::move(done).error();
            }
        }
        return {};
    });
}

Status unmount_files(world::World& world, const store::ContainerRecord& record) {
    return store::is_up(record) ? Status() : release(world, record.id, world::Phase::overlay);
}

}  // namespace cutaway::engine
