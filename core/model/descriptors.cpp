// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::FileInfo;
using world::FileType;

constexpr std::size_t pipe_capacity = 65536;  // pipe(7)
constexpr std::size_t socket_capacity = 262144;
constexpr char end_of_input = '\x04';

Inode& inode_of(Machine& machine, const OpenFile& file) {
    return machine.state.filesystems.at(file.fs).inodes.at(file.ino);
}

// The file's last descriptor is closed.
void close_object(Machine& machine, const OpenFile& file) {
    MachineState& state = machine.state;
    if (file.kind == FileKind::pipe) {
        Pipe& pipe = state.pipes.at(file.object);
        std::uint32_t& count = file.second ? pipe.writers : pipe.readers;
        --count;
        if (pipe.readers == 0 && pipe.writers == 0) {
            state.pipes.erase(file.object);
        }
    } else if (file.kind == FileKind::listener) {
        const Listener& listener = state.listeners.at(file.object);
        if (!listener.address.starts_with("/")) {
            see(machine, world::Actor::kernel, world::SocketClosed{listener.container, "tcp", listener.port});
        }
        for (const ObjectId waiting : listener.backlog) {
            if (const auto stream = state.streams.find(waiting); stream != state.streams.end()) {
                stream->second.second_gone = true;
            }
        }
        state.listeners.erase(file.object);
    } else if (file.kind == FileKind::stream) {
        Stream& stream = state.streams.at(file.object);
        (file.second ? stream.second_gone : stream.first_gone) = true;
        if (stream.first_gone && stream.second_gone) {
            state.streams.erase(file.object);
        }
    } else if (file.kind == FileKind::message) {
        MessageQueue& queue = state.messages.at(file.object);
        (file.second ? queue.second_gone : queue.first_gone) = true;
        if (queue.first_gone && queue.second_gone) {
            state.messages.erase(file.object);
        }
    }
}

bool allowed(const Process& process, const FileInfo& info, bool read, bool write) {
    if (process.uid == 0) {
        return true;
    }
    unsigned shift = 0;
    if (process.uid == info.uid) {
        shift = 6;
    } else if (process.gid == info.gid ||
               std::find(process.groups.begin(), process.groups.end(), info.gid) != process.groups.end()) {
        shift = 3;
    }
    const std::uint32_t bits = (info.mode >> shift) & 7U;
    return (!read || (bits & 4U) != 0) && (!write || (bits & 2U) != 0);
}

Result<FileKind> device_kind(const FileInfo& info, std::string_view path) {
    if (info.major == 1 && info.minor == 3) {
        return FileKind::null;
    }
    if (info.major == 1 && (info.minor == 5 || info.minor == 7)) {
        return FileKind::zero;
    }
    if (info.major == 1 && (info.minor == 8 || info.minor == 9)) {
        return FileKind::random;
    }
    return os_error(ENODEV, path);
}

// /proc/PID/fd/N leads to the open file itself, not to a name.
ObjectId through_proc(Machine& machine, const FileSystem& fs, const std::string& path) {
    const std::vector<std::string> names = split_path(path);
    if (fs.type != "proc" || names.size() != 3 || names[1] != "fd") {
        return 0;
    }
    const Pid inner = std::strtoll(names[0].c_str(), nullptr, 10);
    Process* process = find_process(machine, host_pid(machine, fs.pid_space, inner));
    if (process == nullptr) {
        return 0;
    }
    const auto descriptor = process->descriptors.find(static_cast<int>(std::strtol(names[2].c_str(), nullptr, 10)));
    return descriptor == process->descriptors.end() ? 0 : descriptor->second.file;
}

Status create_file(Machine& machine, const Process& process, const Node& node, std::uint32_t mode) {
    Inode inode;
    inode.info.mode = mode & ~process.umask;
    inode.info.uid = process.uid;
    inode.info.gid = process.gid;
    return node_make(machine, node, std::move(inode));
}

Result<OpenFile> open_node(Machine& machine, const Node& node, const FileInfo& info, OpenFlags flags,
                           std::string_view path) {
    const FileSystem& fs = machine.state.filesystems.at(node.fs);
    OpenFile file;
    file.read = flags.read;
    file.write = flags.write;
    file.append = flags.append;
    file.path = path;
    if (info.type == FileType::directory) {
        if (flags.write) {
            return os_error(EISDIR, path);
        }
        file.kind = FileKind::directory;
        return file;
    }
    if (flags.directory) {
        return os_error(ENOTDIR, path);
    }
    if (info.type == FileType::character) {
        file.kind = TRY(device_kind(info, path));
        return file;
    }
    if (is_synthetic(fs)) {
        file.kind = flags.write ? FileKind::cgroup : FileKind::text;
        file.fs = node.fs;
        file.path = flags.write ? node.path : std::string(path);
        if (flags.read) {
            file.text = TRY(node_text(machine, node));
        }
        return file;
    }
    const Branch branch = TRY(node_inode(machine, node, flags.write));
    file.kind = FileKind::regular;
    file.fs = branch.fs;
    file.ino = branch.ino;
    if (flags.truncate && flags.write) {
        inode_of(machine, file).content = Content();
    }
    return file;
}

}  // namespace

ObjectId new_object(Machine& machine) { return machine.state.next_object++; }

ObjectId add_file(Machine& machine, OpenFile file) {
    const ObjectId id = new_object(machine);
    machine.state.files.emplace(id, std::move(file));
    return id;
}

int install(Process& process, ObjectId file, bool close_on_exec, int at) {
    int fd = at;
    if (fd < 0) {
        for (fd = 0; process.descriptors.contains(fd);) {
            ++fd;
        }
    }
    process.descriptors[fd] = Descriptor{file, close_on_exec};
    return fd;
}

void share_file(Machine& machine, ObjectId file) { ++machine.state.files.at(file).refs; }

void release_file(Machine& machine, ObjectId file) {
    const auto found = machine.state.files.find(file);
    if (found == machine.state.files.end() || --found->second.refs > 0) {
        return;
    }
    const OpenFile closed = std::move(found->second);
    machine.state.files.erase(found);
    close_object(machine, closed);
    ++machine.change;
}

OpenFile* file_of(Machine& machine, Process& process, int fd) {
    const auto descriptor = process.descriptors.find(fd);
    return descriptor == process.descriptors.end() ? nullptr : &machine.state.files.at(descriptor->second.file);
}

WatchedFile watched_file(const Machine& machine, const OpenFile* file) {
    WatchedFile watched{file, nullptr, nullptr};
    if (file != nullptr && file->kind == FileKind::pipe) {
        watched.pipe = &machine.state.pipes.at(file->object);
    } else if (file != nullptr && file->kind == FileKind::message) {
        watched.queue = &machine.state.messages.at(file->object);
    }
    return watched;
}

namespace {

bool has_some(const Pipe& pipe) { return !pipe.buffer.empty() || pipe.writers == 0; }

bool has_some(const MessageQueue& queue, bool second) {
    return second ? (!queue.to_second.empty() || queue.first_gone) : (!queue.to_first.empty() || queue.second_gone);
}

}  // namespace

bool is_readable(Machine& machine, const WatchedFile& watched) {
    return watched.pipe != nullptr    ? has_some(*watched.pipe)
           : watched.queue != nullptr ? has_some(*watched.queue, watched.file->second)
                                      : is_readable(machine, *watched.file);
}

bool is_readable(Machine& machine, const OpenFile& file) {
    MachineState& state = machine.state;
    switch (file.kind) {
        case FileKind::pipe: return has_some(state.pipes.at(file.object));
        case FileKind::listener: return !state.listeners.at(file.object).backlog.empty();
        case FileKind::stream: {
            const Stream& stream = state.streams.at(file.object);
            return file.second ? (!stream.to_second.empty() || stream.first_gone)
                               : (!stream.to_first.empty() || stream.second_gone);
        }
        case FileKind::message: return has_some(state.messages.at(file.object), file.second);
        case FileKind::door: return state.doors.contains(file.object) && !state.doors.at(file.object).waiting.empty();
        default: return true;
    }
}

bool is_writable(Machine& machine, const OpenFile& file) {
    if (file.kind == FileKind::pipe) {
        const Pipe& pipe = machine.state.pipes.at(file.object);
        return pipe.buffer.size() < pipe_capacity || pipe.readers == 0;
    }
    if (file.kind == FileKind::stream) {
        const Stream& stream = machine.state.streams.at(file.object);
        return file.second ? (stream.to_first.size() < socket_capacity || stream.first_gone)
                           : (stream.to_second.size() < socket_capacity || stream.second_gone);
    }
    return true;
}

Result<std::string> read_file(Machine& machine, OpenFile& file, std::size_t most) {
    const auto take = [&](std::string& buffer) {
        std::string got = buffer.substr(0, most);
        buffer.erase(0, got.size());
        ++machine.change;
        return got;
    };
    // Of a terminal: what was typed as far as its end of input (termios(3), VEOF), which is read as nothing at all.
    const auto take_typed = [&](std::string& buffer) {
        const std::size_t end = std::min(buffer.find(end_of_input), most);
        std::string got = buffer.substr(0, end);
        buffer.erase(0, end < buffer.size() && buffer[end] == end_of_input ? end + 1 : got.size());
        ++machine.change;
        return got;
    };
    switch (file.kind) {
        case FileKind::regular: {
            const std::string_view bytes = TRY(inode_of(machine, file).content.view(machine.objects));
            const std::size_t from = std::min(static_cast<std::size_t>(file.offset), bytes.size());
            std::string got(bytes.substr(from, most));
            file.offset += got.size();
            return got;
        }
        case FileKind::text:
        case FileKind::cgroup: {
            const std::size_t from = std::min(static_cast<std::size_t>(file.offset), file.text.size());
            std::string got = file.text.substr(from, most);
            file.offset += got.size();
            return got;
        }
        case FileKind::null: return std::string();
        case FileKind::zero: return std::string(std::min(most, pipe_capacity), '\0');
        case FileKind::random: {
            std::string got;
            while (got.size() < std::min(most, pipe_capacity)) {
                got.push_back(static_cast<char>(random_number(machine) & 0xffU));
            }
            return got;
        }
        case FileKind::directory: return os_error(EISDIR, "read");
        case FileKind::pipe:
        case FileKind::stream: break;
        default: return os_error(EINVAL, "read");
    }
    if (!is_readable(machine, file)) {
        return os_error(EAGAIN, "read");
    }
    if (file.kind == FileKind::pipe) {
        if (file.second) {
            return os_error(EBADF, "read");
        }
        return take(machine.state.pipes.at(file.object).buffer);
    }
    Stream& stream = machine.state.streams.at(file.object);
    std::string& buffer = file.second ? stream.to_second : stream.to_first;
    return file.terminal ? take_typed(buffer) : take(buffer);
}

Result<std::size_t> write_file(Machine& machine, OpenFile& file, std::string_view bytes) {
    const auto put_some = [&](std::string& buffer, std::size_t capacity, bool gone) -> Result<std::size_t> {
        if (gone) {
            return os_error(EPIPE, "write");
        }
        if (buffer.size() >= capacity) {
            return os_error(EAGAIN, "write");
        }
        const std::size_t count = std::min(bytes.size(), capacity - buffer.size());
        buffer.append(bytes.substr(0, count));
        ++machine.change;
        return count;
    };
    if (file.kind == FileKind::pipe && file.second) {
        Pipe& pipe = machine.state.pipes.at(file.object);
        return put_some(pipe.buffer, pipe_capacity, pipe.readers == 0);
    }
    if (file.kind == FileKind::stream) {
        Stream& stream = machine.state.streams.at(file.object);
        return file.second ? put_some(stream.to_first, socket_capacity, stream.first_gone)
                           : put_some(stream.to_second, socket_capacity, stream.second_gone);
    }
    if (file.kind == FileKind::null || file.kind == FileKind::zero || file.kind == FileKind::random) {
        return bytes.size();
    }
    if (!file.write) {
        return os_error(EBADF, "write");
    }
    if (file.kind == FileKind::cgroup) {
        const FileSystem& fs = machine.state.filesystems.at(file.fs);
        const Status written =
            fs.type == "proc" ? proc_write(machine, fs, file.path, bytes) : cgroup_write(machine, fs, file.path, bytes);
        return written ? Result<std::size_t>(bytes.size()) : Result<std::size_t>(written.error());
    }
    Inode& inode = inode_of(machine, file);
    std::string& content = *TRY(inode.content.edit(machine.objects));
    const std::size_t at = file.append ? content.size() : static_cast<std::size_t>(file.offset);
    if (at > content.size()) {
        content.resize(at, '\0');
    }
    content.replace(at, std::min(bytes.size(), content.size() - at), bytes);
    file.offset = at + bytes.size();
    inode.info.mtime_ns = machine.state.boot_wall_ns + machine.state.now_ns;
    return bytes.size();
}

Result<ObjectId> open_file(Machine& machine, Pid pid, std::string_view path, OpenFlags flags, std::uint32_t mode) {
    const Process& process = machine.state.processes.at(pid);
    const View view = view_of(process);
    Result<Spot> spot = walk(machine, view, path, true);
    if (!spot && spot.error().sys_errno == ENOENT && flags.create) {
        spot = walk_new(machine, view, path);
    }
    if (!spot) {
        return os_error(spot.error().sys_errno, path);
    }
    const Node node = node_of(machine, view, *spot);
    if (const ObjectId same = through_proc(machine, machine.state.filesystems.at(node.fs), node.path); same != 0) {
        return same;
    }
    Result<FileInfo> info = node_info(machine, node);
    if (info && flags.create && flags.exclusive) {
        return os_error(EEXIST, path);
    }
    const bool writes_disk = flags.write && (!info || info->type == FileType::regular);
    if (writes_disk && is_read_only(machine, view, *spot)) {
        return os_error(EROFS, path);
    }
    if (!info) {
        const Result<FileInfo> directory = node_info(machine, Node{node.fs, parent_path(node.path)});
        if (directory && !allowed(process, *directory, false, true)) {
            return os_error(EACCES, path);
        }
        if (Status made = create_file(machine, process, node, mode); !made) {
            return os_error(made.error().sys_errno, path);
        }
        info = TRY(node_info(machine, node));
    } else if (!allowed(process, *info, flags.read, flags.write)) {
        return os_error(EACCES, path);
    }
    return add_file(machine, TRY(open_node(machine, node, *info, flags, path)));
}

std::pair<ObjectId, ObjectId> make_pipe(Machine& machine) {
    const ObjectId id = new_object(machine);
    Pipe pipe;
    pipe.readers = 1;
    pipe.writers = 1;
    machine.state.pipes.emplace(id, pipe);
    OpenFile end;
    end.kind = FileKind::pipe;
    end.object = id;
    end.read = true;
    end.path = "pipe:[" + std::to_string(id) + "]";
    const ObjectId reading = add_file(machine, end);
    end.read = false;
    end.write = true;
    end.second = true;
    return {reading, add_file(machine, end)};
}

ObjectId message_end(Machine& machine, ObjectId queue, bool second) {
    OpenFile end;
    end.kind = FileKind::message;
    end.object = queue;
    end.second = second;
    end.read = true;
    end.write = true;
    end.path = "socket:[" + std::to_string(queue) + "]";
    return add_file(machine, end);
}

}  // namespace cutaway::model
