// SPDX-License-Identifier: Apache-2.0
#include "tests/model_programs/fake_process_sys.h"

#include <algorithm>
#include <cerrno>

#include "core/model/programs/text.h"

namespace cutaway::model {

using world::FileType;

namespace {

Error failed(int number, std::string doing) {
    return Error{number == ENOENT ? Errc::not_found : Errc::io, number, std::move(doing)};
}

}  // namespace

int errno_text_code(const Error& error) { return error.sys_errno == ENOENT ? 127 : 126; }

Status FakeSys::set_user(std::uint32_t uid, std::uint32_t gid) {
    me().uid = uid;
    me().gid = gid;
    return {};
}

int FakeSys::place(FakeOpenRef open, int as) {
    int fd = as;
    if (fd < 0) {
        fd = 0;
        while (me().fds.contains(fd)) {
            ++fd;
        }
    }
    me().fds[fd] = std::move(open);
    return fd;
}

Result<int> FakeSys::open(std::string_view path, OpenFlags flags, std::uint32_t mode) {
    const std::string at = real(path, true);
    if (at == "/dev/stdout" || at == "/dev/stderr") {
        return duplicate(at == "/dev/stdout" ? 1 : 2, -1);
    }
    const auto found = machine_.files.find(at);
    if (found == machine_.files.end()) {
        if (!flags.create || !machine_.files.contains(programs::dir_name(at))) {
            return failed(ENOENT, "open " + at);
        }
        machine_.file(at, "", mode & ~022U);
    } else if (found->second.info.type == FileType::directory) {
        return failed(EISDIR, "open " + at);
    }
    auto open = std::make_shared<FakeOpen>();
    open->what = at == "/dev/null" ? FakeOpen::What::null : FakeOpen::What::file;
    open->path = at;
    open->append = flags.append;
    if (flags.truncate) {
        machine_.files[at].bytes.clear();
        machine_.files[at].info.size = 0;
    }
    return place(open);
}

Result<std::string> FakeSys::read(int fd, std::size_t most) {
    const auto found = me().fds.find(fd);
    if (found == me().fds.end()) {
        return failed(EBADF, "read");
    }
    FakeOpen& open = *found->second;
    switch (open.what) {
        case FakeOpen::What::file: {
            const std::string& bytes = machine_.files[open.path].bytes;
            const std::string got = open.offset < bytes.size() ? bytes.substr(open.offset, most) : "";
            open.offset += got.size();
            return got;
        }
        case FakeOpen::What::pipe_read:
        case FakeOpen::What::stream:
        case FakeOpen::What::input: {
            if (open.bytes->empty() && !machine_.readable(found->second)) {
                return failed(EAGAIN, "read");
            }
            std::size_t size = std::min(most, open.bytes->size());
            if (open.terminal) {
                size = std::min(size, open.bytes->find('\n') + 1);
                if (open.bytes->starts_with("\x04")) {
                    return std::string();
                }
            }
            const std::string got = open.bytes->substr(0, size);
            open.bytes->erase(0, size);
            return got;
        }
        default: return std::string();
    }
}

Result<std::size_t> FakeSys::write(int fd, std::string_view bytes) {
    const auto found = me().fds.find(fd);
    if (found == me().fds.end()) {
        return failed(EBADF, "write");
    }
    FakeOpen& open = *found->second;
    if (open.what == FakeOpen::What::pipe_write) {
        if (*open.readers == 0) {
            (void)machine_.deliver(pid_, 13);
            return failed(EPIPE, "write");
        }
        if (open.bytes->size() >= 65536) {
            return failed(EAGAIN, "write");
        }
        bytes = bytes.substr(0, 65536 - open.bytes->size());
        open.bytes->append(bytes);
    } else if (open.what == FakeOpen::What::stream) {
        if (*open.peer_closed) {
            return failed(EPIPE, "write");
        }
        open.outgoing->append(bytes);
    } else if (open.what == FakeOpen::What::sink) {
        open.bytes->append(bytes);
    } else if (open.what == FakeOpen::What::file) {
        std::string& all = machine_.files[open.path].bytes;
        open.offset = open.append ? all.size() : open.offset;
        all.resize(std::max(all.size(), open.offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), all.begin() + static_cast<std::ptrdiff_t>(open.offset));
        open.offset += bytes.size();
        machine_.files[open.path].info.size = all.size();
    }
    return bytes.size();
}

Status FakeSys::close(int fd) {
    const auto found = me().fds.find(fd);
    if (found == me().fds.end()) {
        return failed(EBADF, "close");
    }
    const FakeOpenRef open = found->second;
    machine_.release(open);
    me().fds.erase(fd);
    return {};
}

Result<int> FakeSys::duplicate(int fd, int as) {
    const auto found = me().fds.find(fd);
    if (found == me().fds.end()) {
        return failed(EBADF, "dup");
    }
    const FakeOpenRef open = found->second;
    if (as >= 0 && as != fd && me().fds.contains(as)) {
        (void)close(as);
    }
    return place(open, as);
}

Result<std::pair<int, int>> FakeSys::pipe() {
    auto in = std::make_shared<FakeOpen>();
    auto out = std::make_shared<FakeOpen>();
    in->what = FakeOpen::What::pipe_read;
    out->what = FakeOpen::What::pipe_write;
    in->bytes = out->bytes = std::make_shared<std::string>();
    in->readers = out->readers = std::make_shared<int>(1);
    in->writers = out->writers = std::make_shared<int>(1);
    const int first = place(in);
    return std::pair(first, place(out));
}

bool FakeSys::is_terminal(int fd) const {
    const auto found = me().fds.find(fd);
    return found != me().fds.end() && found->second->terminal;
}

Result<world::FileInfo> FakeSys::stat(std::string_view path, bool follow) {
    const std::string at = real(path, follow);
    const auto found = machine_.files.find(at);
    if (found == machine_.files.end()) {
        return failed(ENOENT, "stat " + at);
    }
    return found->second.info;
}

Result<std::vector<world::DirEntry>> FakeSys::list(std::string_view path) {
    const std::string at = real(path, true);
    const auto found = machine_.files.find(at);
    if (found == machine_.files.end()) {
        return failed(ENOENT, "list " + at);
    }
    if (found->second.info.type != FileType::directory) {
        return failed(ENOTDIR, "list " + at);
    }
    std::vector<world::DirEntry> entries;
    for (const auto& [name, file] : machine_.files) {
        if (name != "/" && programs::dir_name(name) == at) {
            entries.push_back({std::string(programs::base_name(name)), file.info.type});
        }
    }
    return entries;
}

Status FakeSys::make_dir(std::string_view path, std::uint32_t mode) {
    const std::string at = real(path, true);
    if (machine_.files.contains(at)) {
        return failed(EEXIST, "mkdir");
    }
    if (!machine_.files.contains(programs::dir_name(at))) {
        return failed(ENOENT, "mkdir");
    }
    machine_.files[at].info.type = FileType::directory;
    machine_.files[at].info.mode = mode & ~022U;
    return {};
}

Status FakeSys::unlink(std::string_view path) {
    return machine_.files.erase(real(path, false)) != 0 ? Status{} : Status{failed(ENOENT, "unlink")};
}

Status FakeSys::remove_dir(std::string_view path) {
    const auto entries = list(path);
    if (!entries) {
        return entries.error();
    }
    if (!entries->empty()) {
        return failed(ENOTEMPTY, "rmdir");
    }
    machine_.files.erase(real(path, false));
    return {};
}

Status FakeSys::rename(std::string_view from, std::string_view to) {
    const auto found = machine_.files.find(real(from, false));
    if (found == machine_.files.end()) {
        return failed(ENOENT, "rename");
    }
    const std::string before = found->first;
    const std::string after = real(to, false);
    std::map<std::string, FakeFile> moved;  // a directory with all that is in it
    for (const auto& [name, file] : machine_.files) {
        if (name == before || name.starts_with(before + "/")) {
            moved[after + name.substr(before.size())] = file;
        }
    }
    std::erase_if(machine_.files,
                  [&](const auto& file) { return file.first == before || file.first.starts_with(before + "/"); });
    machine_.files.merge(moved);
    return {};
}

Status FakeSys::symlink(std::string_view target, std::string_view path) {
    machine_.link(real(path, false), std::string(target));
    return {};
}

Status FakeSys::hardlink(std::string_view from, std::string_view to) {
    machine_.files[real(to, false)] = machine_.files[real(from, false)];
    return {};
}

Status FakeSys::change_mode(std::string_view path, std::uint32_t mode) {
    const auto found = machine_.files.find(real(path, true));
    if (found == machine_.files.end()) {
        return failed(ENOENT, "chmod");
    }
    found->second.info.mode = mode;
    return {};
}

Status FakeSys::change_owner(std::string_view path, std::uint32_t uid, std::uint32_t gid) {
    const auto found = machine_.files.find(real(path, true));
    if (found == machine_.files.end()) {
        return failed(ENOENT, "chown");
    }
    found->second.info.uid = uid;
    found->second.info.gid = gid;
    return {};
}

Status FakeSys::touch(std::string_view path) {
    const auto found = machine_.files.find(real(path, true));
    if (found == machine_.files.end()) {
        return failed(ENOENT, "touch");
    }
    found->second.info.mtime_ns = wall_ns();
    return {};
}

Status FakeSys::change_dir(std::string_view path) {
    const std::string at = real(path, true);
    const auto found = machine_.files.find(at);
    if (found == machine_.files.end() || found->second.info.type != FileType::directory) {
        return failed(found == machine_.files.end() ? ENOENT : ENOTDIR, "chdir");
    }
    me().cwd = at;
    return {};
}

Result<Pid> FakeSys::start(FakeProcess child, const std::map<int, int>& descriptors) {
    child.pid = machine_.next_pid_++;
    child.parent = pid_;
    child.uid = me().uid;
    child.gid = me().gid;
    child.cwd = me().cwd;
    for (const auto& [fd, from] : descriptors) {
        if (me().fds.contains(from)) {
            child.fds[fd] = me().fds[from];
        }
    }
    const Pid pid = child.pid;
    machine_.processes[pid] = std::move(child);
    return pid;
}

Result<Pid> FakeSys::spawn(const SpawnRequest& request) {
    FakeProcess child;
    child.argv = request.argv;
    child.env = request.env;
    child.cwd = me().cwd;
    auto program = machine_.load_file(child, request.path, child.argv);
    if (!program) {
        return program.error();
    }
    child.program = std::move(*program);
    child.title = child.argv[0];
    for (const auto& [signal, disposition] : me().dispositions) {
        if (disposition == Disposition::ignore) {
            child.dispositions[signal] = disposition;
        }
    }
    return start(std::move(child), request.descriptors);
}

Result<Pid> FakeSys::fork(std::unique_ptr<Program> program, const std::map<int, int>& descriptors) {
    FakeProcess child;
    child.argv = me().argv;
    child.env = me().env;
    child.title = me().title;
    child.dispositions = me().dispositions;
    child.program = std::move(program);
    return start(std::move(child), descriptors);
}

Status FakeSys::execute(std::string_view path, const std::vector<std::string>& argv,
                        const std::vector<std::string>& env) {
    std::vector<std::string> given = argv;
    auto program = machine_.load_file(me(), std::string(path), given);
    if (!program) {
        return program.error();
    }
    me().next = std::move(*program);
    me().argv = given;
    me().env = env;
    me().title = given[0];
    std::erase_if(me().dispositions, [](const auto& one) { return one.second == Disposition::handle; });
    return {};
}

Result<std::optional<WaitResult>> FakeSys::wait(Pid pid) {
    bool any = false;
    for (auto& [other, process] : machine_.processes) {
        if (process.parent != pid_ || (pid > 0 && other != pid)) {
            continue;
        }
        any = true;
        if (process.zombie) {
            WaitResult result{other, process.code, process.signal, false};
            machine_.processes.erase(other);
            return std::optional(result);
        }
    }
    if (!any) {
        return failed(ECHILD, "wait");
    }
    return std::optional<WaitResult>();
}

Status FakeSys::on_signal(int signal, Disposition disposition) {
    me().dispositions[signal] = disposition;
    return {};
}

std::optional<int> FakeSys::take_signal() {
    if (me().signals.empty()) {
        return std::nullopt;
    }
    const int signal = me().signals.front();
    me().signals.pop_front();
    return signal;
}

std::vector<Pid> FakeSys::visible_processes() {
    std::vector<Pid> pids;
    for (const auto& [pid, process] : machine_.processes) {
        pids.push_back(pid);
    }
    return pids;
}

FakeOpenRef FakeSys::stream(std::shared_ptr<std::string> in, std::shared_ptr<std::string> out,
                            std::shared_ptr<bool> mine, std::shared_ptr<bool> other) {
    auto made = std::make_shared<FakeOpen>();
    made->what = FakeOpen::What::stream;
    made->bytes = std::move(in);
    made->outgoing = std::move(out);
    made->closed = std::move(mine);
    made->peer_closed = std::move(other);
    return made;
}

Result<int> FakeSys::listen(std::string_view address, std::uint16_t port) {
    const bool local = address.starts_with("/");
    const std::string name = local ? std::string(address) : std::to_string(port);
    if (machine_.listeners_.contains(name) || (local && machine_.files.contains(real(address, false)))) {
        return failed(EADDRINUSE, "bind");
    }
    if (local) {
        machine_.file(real(address, false), "", 0755);
    }
    machine_.listeners_[name] = std::make_shared<std::deque<FakeOpenRef>>();
    auto open = std::make_shared<FakeOpen>();
    open->what = FakeOpen::What::listener;
    open->name = name;
    return place(open);
}

Result<int> FakeSys::accept(int fd) {
    const auto found = machine_.listeners_.find(me().fds[fd]->name);
    if (found == machine_.listeners_.end() || found->second->empty()) {
        return failed(EAGAIN, "accept");
    }
    const FakeOpenRef open = found->second->front();
    found->second->pop_front();
    return place(open);
}

Result<int> FakeSys::connect(std::string_view address, std::uint16_t port) {
    const bool local = address.starts_with("/");
    if (local && !machine_.files.contains(real(address, true))) {
        return failed(ENOENT, "connect");
    }
    const auto found = machine_.listeners_.find(local ? std::string(address) : std::to_string(port));
    if (found == machine_.listeners_.end()) {
        return failed(ECONNREFUSED, "connect");
    }
    auto up = std::make_shared<std::string>();
    auto down = std::make_shared<std::string>();
    auto client = std::make_shared<bool>(false);
    auto server = std::make_shared<bool>(false);
    const FakeOpenRef end = stream(up, down, server, client);
    end->peer = local ? "" : (address.starts_with("127.") ? "127.0.0.1:40000" : "172.17.0.9:40000");
    found->second->push_back(end);
    return place(stream(down, up, client, server));
}

Result<std::string> FakeSys::resolve(std::string_view name) {
    if (name == "db") {
        return std::string("172.17.0.2");
    }
    if (name == "localhost" || name == "127.0.0.1" || name == "box") {
        return std::string("127.0.0.1");
    }
    return fail(Errc::not_found, "no such name");
}

}  // namespace cutaway::model
