// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "core/model/programs/text.h"
#include "tests/model_programs/fake_process_sys.h"
#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {

using world::FileType;

FakeMachine::FakeMachine() {
    for (const char* directory : {"/", "/bin", "/etc", "/tmp", "/root", "/dev", "/usr", "/usr/bin", "/proc", "/var"}) {
        files[directory].info.type = FileType::directory;
        files[directory].info.mode = 0755;
    }
    file("/dev/null", "", 0666);
    files["/dev/null"].info.type = FileType::character;
    file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx:/:/bin/false\n");
    file("/etc/group", "root:x:0:\nnginx:x:101:\n");
    file("/etc/hosts", "127.0.0.1 localhost\n");
    programs("/bin");
    FakeProcess init;
    init.pid = 1;
    init.argv = {"init"};
    processes[1] = std::move(init);
}

void FakeMachine::file(const std::string& path, const std::string& bytes, std::uint32_t mode) {
    for (std::string up = programs::dir_name(path); up != "/" && !files.contains(up); up = programs::dir_name(up)) {
        files[up].info.type = FileType::directory;
        files[up].info.mode = 0755;
    }
    FakeFile made;
    made.bytes = bytes;
    made.info.mode = mode;
    made.info.size = bytes.size();
    files[path] = made;
}

void FakeMachine::link(const std::string& path, const std::string& target) {
    file(path, "", 0777);
    files[path].info.type = FileType::symlink;
    files[path].info.link = target;
}

void FakeMachine::programs(const std::string& directory) {
    for (const std::string_view name : program_names()) {
        file(directory + "/" + std::string(name), "#!cutaway-program " + std::string(name) + "\n", 0755);
    }
}

std::string FakeMachine::read(const std::string& path) const {
    const auto found = files.find(resolve("/", path, true));
    return found == files.end() ? "" : found->second.bytes;
}

std::string FakeMachine::resolve(const std::string& cwd, std::string_view path, bool follow) const {
    std::string made = path.starts_with("/") ? "/" : cwd;
    int links = 0;
    std::vector<std::string> parts = programs::split(path, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].empty() || parts[i] == ".") {
            continue;
        }
        if (parts[i] == "..") {
            made = programs::dir_name(made);
            continue;
        }
        const std::string next = programs::join_path(made, parts[i]);
        const auto found = files.find(next);
        const bool last = i + 1 == parts.size();
        if (found != files.end() && found->second.info.type == FileType::symlink && (follow || !last) && ++links < 20) {
            std::vector<std::string> rest = programs::split(found->second.info.link, '/');
            made = found->second.info.link.starts_with("/") ? "/" : made;
            rest.insert(rest.end(), parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, parts.end());
            parts = rest;
            i = static_cast<std::size_t>(-1);
            continue;
        }
        made = next;
    }
    return made;
}

Result<std::unique_ptr<Program>> FakeMachine::load_file(FakeProcess& process, const std::string& path,
                                                        std::vector<std::string>& argv, int depth) {
    const std::string real = resolve(process.cwd, path, true);
    const auto found = files.find(real);
    if (found == files.end()) {
        return Error{Errc::not_found, ENOENT, "execve " + path};
    }
    if (found->second.info.type != FileType::regular || (found->second.info.mode & 0111U) == 0) {
        return Error{Errc::denied, EACCES, "execve " + path};
    }
    const std::string& bytes = found->second.bytes;
    const std::string line = bytes.substr(0, bytes.find('\n'));
    if (line.starts_with("#!cutaway-program ")) {
        auto program = standard_programs().make(line.substr(18));
        if (program == nullptr) {
            return Error{Errc::invalid, ENOEXEC, "execve " + path};
        }
        return program;
    }
    if (line.starts_with("#!") && depth < 4) {
        const auto words = programs::split_blank(line.substr(2));
        std::vector<std::string> made = words;
        made.push_back(path);
        made.insert(made.end(), argv.begin() + 1, argv.end());
        argv = made;
        return load_file(process, words[0], argv, depth + 1);
    }
    return Error{Errc::invalid, ENOEXEC, "execve " + path};
}

Pid FakeMachine::start(const std::vector<std::string>& argv, const std::string& input, bool terminal) {
    FakeProcess process;
    process.pid = next_pid_++;
    process.parent = 1;
    process.argv = argv;
    process.env = env;
    const auto open = [&](FakeOpen::What what, std::shared_ptr<std::string> bytes) {
        auto made = std::make_shared<FakeOpen>();
        made->what = what;
        made->bytes = std::move(bytes);
        made->terminal = terminal;
        return made;
    };
    process.fds[0] = open(FakeOpen::What::input, std::make_shared<std::string>(input));
    process.fds[1] = open(FakeOpen::What::sink, out_);
    process.fds[2] = open(FakeOpen::What::sink, err_);
    std::string path = argv[0];
    if (path.find('/') == std::string::npos) {
        path = "/bin/" + path;
    }
    auto program = load_file(process, path, process.argv);
    const Pid pid = process.pid;
    if (!program) {
        codes_[pid] = errno_text_code(program.error());
        return pid;
    }
    process.program = std::move(*program);
    process.title = process.argv[0];
    processes[pid] = std::move(process);
    return pid;
}

FakeMachine::Ended FakeMachine::run(const std::vector<std::string>& argv, const std::string& input) {
    out_->clear();
    err_->clear();
    const Pid pid = start(argv, input);
    for (int i = 0; i < 20000 && alive(pid); ++i) {
        const bool moved = step_all();
        if (!moved) {
            std::int64_t next = -1;
            for (const auto& [other, process] : processes) {
                const std::int64_t at = process.waiting.until_ns;
                if (process.program != nullptr && !process.zombie && at >= 0 && (next < 0 || at < next)) {
                    next = at;
                }
            }
            if (next < 0) {
                break;
            }
            now_ns = std::max(now_ns, next);
        }
    }
    return Ended{*out_, *err_, alive(pid) ? -1 : code(pid)};
}

void FakeMachine::settle(std::int64_t until_ns) {
    for (int i = 0; i < 20000; ++i) {
        if (step_all()) {
            continue;
        }
        std::int64_t next = -1;
        for (const auto& [pid, process] : processes) {
            const std::int64_t at = process.waiting.until_ns;
            if (process.program != nullptr && !process.zombie && at >= 0 && at <= until_ns && (next < 0 || at < next)) {
                next = at;
            }
        }
        if (next < 0) {
            break;
        }
        now_ns = std::max(now_ns, next);
    }
    now_ns = std::max(now_ns, until_ns);
}

bool FakeMachine::alive(Pid pid) const {
    const auto found = processes.find(pid);
    return found != processes.end() && !found->second.zombie;
}

int FakeMachine::code(Pid pid) const {
    const auto found = codes_.find(pid);
    return found == codes_.end() ? -1 : found->second;
}

bool FakeMachine::readable(const FakeOpenRef& open) const {
    switch (open->what) {
        case FakeOpen::What::pipe_read: return !open->bytes->empty() || *open->writers == 0;
        case FakeOpen::What::stream: return !open->bytes->empty() || *open->peer_closed;
        case FakeOpen::What::input: return !open->terminal || !open->bytes->empty();
        case FakeOpen::What::listener: {
            const auto found = listeners_.find(open->name);
            return found != listeners_.end() && !found->second->empty();
        }
        default: return true;
    }
}

bool FakeMachine::ready(const FakeProcess& process) const {
    if (process.program == nullptr || process.zombie) {
        return false;
    }
    const Step& step = process.waiting;
    if (step.what == Step::What::again || !process.signals.empty() || (step.child && process.child_event) ||
        (step.until_ns >= 0 && now_ns >= step.until_ns)) {
        return true;
    }
    for (const int fd : step.readable) {
        const auto open = process.fds.find(fd);
        if (open == process.fds.end() || readable(open->second)) {
            return true;
        }
    }
    for (const int fd : step.writable) {
        const auto open = process.fds.find(fd);
        if (open == process.fds.end() || open->second->what != FakeOpen::What::pipe_write ||
            open->second->bytes->size() < 65536 || *open->second->readers == 0) {
            return true;
        }
    }
    return false;
}

bool FakeMachine::step_all() {
    bool moved = false;
    std::vector<Pid> pids;
    for (const auto& [pid, process] : processes) {
        pids.push_back(pid);
    }
    for (const Pid pid : pids) {
        const auto found = processes.find(pid);
        if (found == processes.end() || !ready(found->second)) {
            continue;
        }
        moved = true;
        FakeProcess& process = found->second;
        process.child_event = false;
        if (reload) {
            std::string saved;
            process.program->save(saved);
            const std::string name(process.program->name());
            process.program = standard_programs().load(name, saved);
            if (process.program == nullptr) {
                *err_ += "cannot load " + name + "\n";
                finish(process, 255, 0);
                continue;
            }
        }
        FakeSys sys(*this, pid);
        const Step step = process.program->step(sys);
        FakeProcess& after = processes[pid];
        if (after.zombie) {
            continue;
        }
        if (after.next != nullptr) {
            after.program = std::move(after.next);
            after.waiting = Step::again();
        } else if (step.what == Step::What::exited) {
            finish(after, step.code & 0xFF, 0);
        } else {
            after.waiting = step;
        }
    }
    return moved;
}

void FakeMachine::release(const FakeOpenRef& open) {
    if (open.use_count() > 2) {  // the caller's and the table's
        return;
    }
    if (open->readers && open->what == FakeOpen::What::pipe_read) {
        --*open->readers;
    }
    if (open->writers && open->what == FakeOpen::What::pipe_write) {
        --*open->writers;
    }
    if (open->closed) {
        *open->closed = true;
    }
    if (open->what == FakeOpen::What::listener) {
        listeners_.erase(open->name);
    }
}

void FakeMachine::finish(FakeProcess& process, int code, int signal) {
    std::vector<FakeOpenRef> open;
    for (auto& [fd, ref] : process.fds) {
        open.push_back(ref);
    }
    process.fds.clear();
    for (FakeOpenRef& ref : open) {
        FakeOpenRef mine = ref;
        ref.reset();
        const FakeOpenRef& last = mine;
        if (mine.use_count() == 1) {
            FakeOpenRef second = mine;
            release(last);
        }
    }
    process.zombie = true;
    process.code = code;
    process.signal = signal;
    codes_[process.pid] = code;
    for (auto& [pid, other] : processes) {
        if (other.parent == process.pid) {
            other.parent = 1;
        }
    }
    const auto parent = processes.find(process.parent);
    if (parent != processes.end()) {
        parent->second.child_event = true;
    }
    if (process.parent == 1 || parent == processes.end()) {
        process.program.reset();
    }
}

Status FakeMachine::deliver(Pid pid, int signal) {
    const auto found = processes.find(pid);
    if (found == processes.end() || (found->second.zombie && found->second.parent == 1)) {
        return Error{Errc::not_found, ESRCH, "kill"};
    }
    FakeProcess& process = found->second;
    if (signal == 0 || process.zombie || process.program == nullptr) {
        return {};
    }
    const Disposition disposition =
        process.dispositions.contains(signal) ? process.dispositions[signal] : Disposition::standard;
    if (signal != 9 && disposition == Disposition::ignore) {
        return {};
    }
    if (signal != 9 && disposition == Disposition::handle) {
        process.signals.push_back(signal);
        return {};
    }
    if (signal != 17 && signal != 18 && signal != 28) {
        finish(process, 128 + signal, signal);
    }
    return {};
}

}  // namespace cutaway::model
