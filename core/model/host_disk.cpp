// SPDX-License-Identifier: Apache-2.0
#include "core/model/host_disk.h"

#include <algorithm>

#include "core/model/errors.h"
#include "core/model/mounted_tree.h"
#include "core/model/tree_writer.h"
#include "core/model/vfs.h"

namespace cutaway::model {
namespace {

constexpr std::size_t read_limit = std::size_t{64} << 20U;

class FileSink final : public world::Sink {
public:
    FileSink(Machine& machine, std::string path) : machine_(machine), path_(std::move(path)) {}
    Status write(std::string_view bytes) override {
        bytes_ += bytes;
        return {};
    }
    Status commit() override {
        const View view = host_view(machine_);
        if (Status made = make_dirs(machine_, view, parent_path(path_), 0755); !made) {
            return made;
        }
        return file_save(machine_, view, path_, std::move(bytes_), 0644);
    }

private:
    Machine& machine_;
    std::string path_;
    std::string bytes_;
};

class HeldLock final : public world::DiskLock {
public:
    HeldLock(Machine& machine, std::string path) : machine_(machine), path_(std::move(path)) {}
    ~HeldLock() override { machine_.state.locks.erase(path_); }

private:
    Machine& machine_;
    std::string path_;
};

}  // namespace

Result<std::string> HostDisk::read(std::string_view path) {
    std::string text = TRY_IN("read", file_text(machine_, host_view(machine_), path));
    if (text.size() > read_limit) {
        return os_error(EFBIG, path);
    }
    return text;
}

Result<std::unique_ptr<world::Source>> HostDisk::open(std::string_view path) {
    std::unique_ptr<world::Source> source = source_of(TRY_IN("open", file_text(machine_, host_view(machine_), path)));
    return source;
}

Result<world::FileInfo> HostDisk::stat(std::string_view path) {
    return file_info(machine_, host_view(machine_), path, false);
}

Result<std::vector<world::DirEntry>> HostDisk::list(std::string_view path) {
    const View view = host_view(machine_);
    return node_list(machine_, node_of(machine_, view, TRY(walk(machine_, view, path, true))));
}

Status HostDisk::save(std::string_view path, std::string_view bytes, world::Durability) {
    FileSink sink(machine_, std::string(path));
    TRY(sink.write(bytes));
    return sink.commit();
}

Status HostDisk::append(std::string_view path, std::string_view bytes) {
    const View view = host_view(machine_);
    Result<Spot> spot = walk(machine_, view, path, true);
    if (!spot) {
        return save(path, bytes, world::Durability::durable);
    }
    Status edited;
    const Status changed = node_change(machine_, node_of(machine_, view, *spot), [&](Inode& inode) {
        Result<std::string*> text = inode.content.edit(machine_.objects);
        if (text) {
            (*text)->append(bytes);
        } else {
            edited = text.error();
        }
    });
    return changed ? edited : changed;
}

Status HostDisk::overwrite(std::string_view path, std::string_view bytes) {
    const View view = host_view(machine_);
    return file_save(machine_, view, path, std::string(bytes), 0644);
}

Result<std::unique_ptr<world::Sink>> HostDisk::create(std::string_view path) {
    std::unique_ptr<world::Sink> sink = std::make_unique<FileSink>(machine_, std::string(path));
    return sink;
}

Status HostDisk::make_dir(std::string_view path, std::uint32_t mode) {
    return make_dirs(machine_, host_view(machine_), path, mode);
}

Status HostDisk::rename(std::string_view from, std::string_view to) {
    return rename_path(machine_, host_view(machine_), from, to);
}

Status HostDisk::remove(std::string_view path) { return remove_tree(machine_, host_view(machine_), path); }

Result<std::unique_ptr<world::TreeWriter>> HostDisk::tree(std::string_view root) {
    const View view = host_view(machine_);
    TRY(make_dirs(machine_, view, root, 0755));
    const Spot spot = TRY(walk(machine_, view, root, true));
    const Node node = node_of(machine_, view, spot);
    if (machine_.state.filesystems.at(node.fs).type == "overlay") {
        return make_mounted_writer(machine_, View{view.space, spot, spot});
    }
    return make_tree_writer(machine_, node);
}

Result<std::unique_ptr<world::TreeReader>> HostDisk::reader(std::string_view root) {
    const View view = host_view(machine_);
    const Spot spot = TRY(walk(machine_, view, root, true));
    return make_tree_reader(machine_, View{view.space, spot, spot});
}

Result<std::unique_ptr<world::DiskLock>> HostDisk::lock(std::string_view path) {
    const std::string name(path);
    while (machine_.state.locks.contains(name)) {
        if (!wait_) {
            return fail(Errc::conflict, "lock " + name + ": held");
        }
        TRY_IN("lock " + name, wait_());
    }
    machine_.state.locks[name] = owner_;
    std::unique_ptr<world::DiskLock> held = std::make_unique<HeldLock>(machine_, name);
    return held;
}

}  // namespace cutaway::model
