// SPDX-License-Identifier: Apache-2.0
#include "core/model/errors.h"
#include "core/model/process_sys.h"
#include "core/model/processes.h"

namespace cutaway::model {

namespace {

Result<Node> writable_name(Machine& machine, const Process& process, std::string_view path, bool may_miss) {
    const View view = view_of(process);
    const Spot spot = TRY(may_miss ? walk_new(machine, view, path) : walk(machine, view, path, false));
    if (is_read_only(machine, view, spot)) {
        return os_error(EROFS, path);
    }
    const Node node = node_of(machine, view, spot);
    if (process.uid != 0) {
        const world::FileInfo directory = TRY(node_info(machine, Node{node.fs, parent_path(node.path)}));
        const bool own = directory.uid == process.uid && (directory.mode & 0200U) != 0;
        if (!own && (directory.mode & 0002U) == 0) {
            return os_error(EACCES, path);
        }
    }
    return node;
}

}  // namespace

Result<int> ProcessSys::open(std::string_view path, OpenFlags flags, std::uint32_t mode) {
    const ObjectId file = TRY(open_file(machine_, pid_, path, flags, mode));
    share_file(machine_, file);
    return install(me(), file, false, -1);
}

Result<std::string> ProcessSys::read(int fd, std::size_t most) {
    OpenFile* file = file_of(machine_, me(), fd);
    if (file == nullptr || !file->read) {
        return os_error(EBADF, "read");
    }
    return read_file(machine_, *file, most);
}

Result<std::size_t> ProcessSys::write(int fd, std::string_view bytes) {
    OpenFile* file = file_of(machine_, me(), fd);
    if (file == nullptr || !file->write) {
        return os_error(EBADF, "write");
    }
    Result<std::size_t> written = write_file(machine_, *file, bytes);
    if (!written && written.error().sys_errno == EPIPE) {
        send_signal(machine_, pid_, pid_, 13);
    }
    return written;
}

Status ProcessSys::close(int fd) {
    const auto descriptor = me().descriptors.find(fd);
    if (descriptor == me().descriptors.end()) {
        return os_error(EBADF, "close");
    }
    const ObjectId file = descriptor->second.file;
    me().descriptors.erase(descriptor);
    release_file(machine_, file);
    return {};
}

Result<int> ProcessSys::duplicate(int fd, int as) {
    const auto descriptor = me().descriptors.find(fd);
    if (descriptor == me().descriptors.end()) {
        return os_error(EBADF, "dup");
    }
    const ObjectId file = descriptor->second.file;
    if (fd == as) {
        return fd;
    }
    share_file(machine_, file);
    if (as >= 0 && me().descriptors.contains(as)) {
        (void)close(as);
    }
    return install(me(), file, false, as);
}

Result<std::pair<int, int>> ProcessSys::pipe() {
    const auto [reading, writing] = make_pipe(machine_);
    share_file(machine_, reading);
    share_file(machine_, writing);
    const int in = install(me(), reading, false, -1);
    return std::pair<int, int>(in, install(me(), writing, false, -1));
}

bool ProcessSys::is_terminal(int fd) const {
    const OpenFile* file = file_of(machine_, me(), fd);
    return file != nullptr && file->terminal;
}

Result<world::FileInfo> ProcessSys::stat(std::string_view path, bool follow) {
    return file_info(machine_, view_of(me()), path, follow);
}

Result<std::vector<world::DirEntry>> ProcessSys::list(std::string_view path) {
    const View view = view_of(me());
    const Node node = node_of(machine_, view, TRY(walk(machine_, view, path, true)));
    const world::FileInfo info = TRY(node_info(machine_, node));
    if (me().uid != 0 && me().uid != info.uid && (info.mode & 0004U) == 0) {
        return os_error(EACCES, path);
    }
    return node_list(machine_, node);
}

Status ProcessSys::make_dir(std::string_view path, std::uint32_t mode) {
    const Node node = TRY(writable_name(machine_, me(), path, true));
    if (node_info(machine_, node).has_value()) {
        return os_error(EEXIST, path);
    }
    Inode inode;
    inode.info.type = world::FileType::directory;
    inode.info.mode = mode & ~me().umask;
    inode.info.uid = me().uid;
    inode.info.gid = me().gid;
    return node_make(machine_, node, std::move(inode));
}

Status ProcessSys::unlink(std::string_view path) {
    const View view = view_of(me());
    if (is_mount_point(machine_, view, TRY(walk(machine_, view, path, false)))) {
        return os_error(EBUSY, path);
    }
    return node_unlink(machine_, TRY(writable_name(machine_, me(), path, false)));
}

Status ProcessSys::remove_dir(std::string_view path) {
    const View view = view_of(me());
    if (is_mount_point(machine_, view, TRY(walk(machine_, view, path, false)))) {
        return os_error(EBUSY, path);
    }
    return node_remove_dir(machine_, TRY(writable_name(machine_, me(), path, false)));
}

Status ProcessSys::rename(std::string_view from, std::string_view to) {
    (void)TRY(writable_name(machine_, me(), from, false));
    (void)TRY(writable_name(machine_, me(), to, true));
    return rename_path(machine_, view_of(me()), from, to);
}

Status ProcessSys::symlink(std::string_view target, std::string_view path) {
    const Node node = TRY(writable_name(machine_, me(), path, true));
    if (node_info(machine_, node).has_value()) {
        return os_error(EEXIST, path);
    }
    Inode inode;
    inode.info.type = world::FileType::symlink;
    inode.info.mode = 0777;
    inode.info.link = target;
    inode.info.uid = me().uid;
    inode.info.gid = me().gid;
    return node_make(machine_, node, std::move(inode));
}

Status ProcessSys::hardlink(std::string_view from, std::string_view to) {
    const View view = view_of(me());
    const Spot source = TRY(walk(machine_, view, from, false));
    const Node node = TRY(writable_name(machine_, me(), to, true));
    return node_link(machine_, node_of(machine_, view, source), node);
}

Status ProcessSys::changed_name(std::string_view path, bool follow, const std::function<void(Inode&)>& change) {
    const View view = view_of(me());
    const Spot spot = TRY(walk(machine_, view, path, follow));
    if (is_read_only(machine_, view, spot)) {
        return os_error(EROFS, path);
    }
    const Node node = node_of(machine_, view, spot);
    if (me().uid != 0 && TRY(node_info(machine_, node)).uid != me().uid) {
        return os_error(EPERM, path);
    }
    return node_change(machine_, node, change);
}

Status ProcessSys::change_mode(std::string_view path, std::uint32_t mode) {
    return changed_name(path, true, [mode](Inode& inode) { inode.info.mode = mode & 07777U; });
}

Status ProcessSys::change_owner(std::string_view path, std::uint32_t uid, std::uint32_t gid) {
    if (!may("CAP_CHOWN")) {
        return os_error(EPERM, path);
    }
    return changed_name(path, true, [uid, gid](Inode& inode) {
        inode.info.uid = uid;
        inode.info.gid = gid;
    });
}

Status ProcessSys::touch(std::string_view path) {
    const std::int64_t now = wall_ns();
    return changed_name(path, true, [now](Inode& inode) { inode.info.mtime_ns = now; });
}

Status ProcessSys::change_dir(std::string_view path) {
    const View view = view_of(me());
    const Spot spot = TRY(walk(machine_, view, path, true));
    if (TRY(node_info(machine_, node_of(machine_, view, spot))).type != world::FileType::directory) {
        return os_error(ENOTDIR, path);
    }
    me().cwd = spot;
    return {};
}

std::string ProcessSys::working_dir() const { return spot_path(machine_, view_of(me()), me().cwd); }

void ProcessSys::set_umask(std::uint32_t mask) { me().umask = mask & 0777U; }

// unix(7): a name in the file system leads to whoever listens on it, through every mount that shows it.
Result<ObjectId> ProcessSys::listen_at(std::string_view path) {
    const Node node = TRY(writable_name(machine_, me(), path, true));
    if (node_info(machine_, node).has_value()) {
        return os_error(EADDRINUSE, path);
    }
    const ObjectId id = new_object(machine_);
    Inode inode;
    inode.info.type = world::FileType::socket;
    inode.info.mode = 0777U & ~me().umask;
    inode.info.uid = me().uid;
    inode.info.gid = me().gid;
    inode.content = Content(std::to_string(id));
    if (Status made = node_make(machine_, node, std::move(inode)); !made) {
        return made.error();
    }
    Listener listener;
    listener.address = path;
    listener.container = me().container;
    machine_.state.listeners.emplace(id, std::move(listener));
    return id;
}

Result<ObjectId> ProcessSys::connect_at(std::string_view path) {
    const View view = view_of(me());
    const Node node = node_of(machine_, view, TRY(walk(machine_, view, path, true)));
    const world::FileInfo info = TRY(node_info(machine_, node));
    if (me().uid != 0 && me().uid != info.uid && (info.mode & 0002U) == 0) {
        return os_error(EACCES, path);
    }
    if (info.type != world::FileType::socket) {
        return os_error(ECONNREFUSED, path);
    }
    const std::string holder = TRY(node_text(machine_, node));
    for (auto& [id, listener] : machine_.state.listeners) {
        if (std::to_string(id) == holder) {
            const ObjectId stream = new_object(machine_);
            machine_.state.streams.emplace(stream, Stream());
            listener.backlog.push_back(stream);
            ++machine_.change;
            return stream;
        }
    }
    return os_error(ECONNREFUSED, path);
}

}  // namespace cutaway::model
