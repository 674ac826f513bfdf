// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/network.h"
#include "core/model/process_sys.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

// A message object behind a channel's descriptor; null: that descriptor is no channel.
MessageQueue* queue_of(Machine& machine, Process& process, int fd, bool& second) {
    const OpenFile* file = file_of(machine, process, fd);
    if (file == nullptr || file->kind != FileKind::message) {
        return nullptr;
    }
    second = file->second;
    const auto queue = machine.state.messages.find(file->object);
    return queue == machine.state.messages.end() ? nullptr : &queue->second;
}

int install_new(Machine& machine, Process& process, OpenFile file) {
    const ObjectId id = add_file(machine, std::move(file));
    share_file(machine, id);
    return install(process, id, false, -1);
}

OpenFile stream_end(ObjectId stream, bool second, bool terminal) {
    OpenFile file;
    file.kind = FileKind::stream;
    file.object = stream;
    file.second = second;
    file.terminal = terminal;
    file.read = true;
    file.write = true;
    file.path = terminal ? "/dev/pts/0" : "socket:[" + std::to_string(stream) + "]";
    return file;
}

}  // namespace

Process& ProcessSys::me() const { return machine_.state.processes.at(pid_); }
Pid ProcessSys::pid() const { return me().numbers.front().pid; }

Pid ProcessSys::parent() const {
    const Process* up = find_process(machine_, me().parent);
    return up == nullptr ? 0 : number_in(*up, me().spaces.pid);
}

std::uint32_t ProcessSys::uid() const { return me().uid; }
std::uint32_t ProcessSys::gid() const { return me().gid; }
const std::vector<std::string>& ProcessSys::argv() const { return me().argv; }
std::vector<std::string>& ProcessSys::env() { return me().env; }
std::string ProcessSys::hostname() const { return machine_.state.plain_spaces.at(me().spaces.uts).hostname; }
const world::MachineProfile& ProcessSys::machine() const { return machine_.state.profile; }
std::string ProcessSys::container() const { return me().container; }

void ProcessSys::set_title(std::string_view title) {
    me().title = title;
    see(machine_, world::Actor::kernel, world::ProcessChanged{me().container, pid_, me().title, me().uid});
}

bool ProcessSys::may(std::string_view capability) const {
    const std::vector<std::string>& kept = me().capabilities;
    return me().uid == 0 && (kept.empty() || std::find(kept.begin(), kept.end(), capability) != kept.end());
}

Status ProcessSys::set_user(std::uint32_t uid, std::uint32_t gid) {
    if (gid != me().gid && !may("CAP_SETGID")) {
        return os_error(EPERM, "setgid");
    }
    if (uid != me().uid && !may("CAP_SETUID")) {
        return os_error(EPERM, "setuid");
    }
    me().uid = uid;
    me().gid = gid;
    see(machine_, world::Actor::kernel, world::ProcessChanged{me().container, pid_, me().title, uid});
    return {};
}

Result<Pid> ProcessSys::spawn(const SpawnRequest& request) {
    Birth birth{pid_, {}, request.descriptors, me().program};
    const Pid child = TRY(fork_process(machine_, birth));
    Process& process = machine_.state.processes.at(child);
    if (request.background) {  // sh(1): a job without job control ignores these two
        process.dispositions[2] = Disposition::ignore;
        process.dispositions[3] = Disposition::ignore;
    }
    if (Status executed = exec_process(machine_, child, {request.path, request.argv, request.env}); !executed) {
        for (const auto& [fd, descriptor] : process.descriptors) {
            release_file(machine_, descriptor.file);
        }
        for (const Numbered& number : process.numbers) {
            machine_.state.pid_spaces.at(number.space).members.erase(number.pid);
        }
        machine_.state.processes.erase(child);
        return executed.error();
    }
    announce(machine_, child);
    return number_in(process, me().spaces.pid);
}

Result<Pid> ProcessSys::fork(std::unique_ptr<Program> child, const std::map<int, int>& descriptors) {
    const Pid pid = TRY(fork_process(machine_, Birth{pid_, {}, descriptors, std::string(child->name())}));
    machine_.next[pid] = std::move(child);
    announce(machine_, pid);
    return number_in(machine_.state.processes.at(pid), me().spaces.pid);
}

Status ProcessSys::execute(std::string_view path, const std::vector<std::string>& argv,
                           const std::vector<std::string>& env) {
    if (Status executed = exec_process(machine_, pid_, {std::string(path), argv, env}); !executed) {
        return executed;
    }
    see(machine_, world::Actor::kernel, world::ProcessChanged{me().container, pid_, me().title, me().uid});
    return {};
}

Result<std::optional<WaitResult>> ProcessSys::wait(Pid pid) {
    // In the caller's own numbering, also after setns(2) sent its children elsewhere.
    const Pid child = pid < 0 ? -1 : model::host_pid(machine_, me().spaces.pid, pid);
    if (pid >= 0 && child == 0) {
        return os_error(ECHILD, "wait");
    }
    return wait_process(machine_, pid_, child);
}

Status ProcessSys::kill(Pid pid, int signal) {
    std::vector<Pid> targets;
    if (pid == -1) {
        for (const auto& [inner, member] : machine_.state.pid_spaces.at(me().spaces.pid).members) {
            if (member != pid_ && inner != 1) {
                targets.push_back(member);
            }
        }
    } else if (const Pid target = model::host_pid(machine_, me().spaces.pid, pid); pid > 0 && target != 0) {
        targets.push_back(target);
    }
    if (targets.empty()) {
        return os_error(ESRCH, "kill");
    }
    for (const Pid target : targets) {
        const Process* process = find_process(machine_, target);
        if (process != nullptr && me().uid != 0 && me().uid != process->uid) {
            return os_error(EPERM, "kill");
        }
        send_signal(machine_, pid_, target, signal);
    }
    return {};
}

Status ProcessSys::on_signal(int signal, Disposition disposition) {
    if (signal < 1 || signal > 64 || signal == 9 || signal == 19) {
        return os_error(EINVAL, "sigaction");
    }
    me().dispositions[signal] = disposition;
    return {};
}

std::optional<int> ProcessSys::take_signal() {
    if (me().caught.empty()) {
        return std::nullopt;
    }
    const int signal = me().caught.front();
    me().caught.erase(me().caught.begin());
    return signal;
}

std::vector<Pid> ProcessSys::visible_processes() {
    std::vector<Pid> pids;
    for (const auto& [inner, member] : machine_.state.pid_spaces.at(me().spaces.pid).members) {
        pids.push_back(inner);
    }
    return pids;
}

std::int64_t ProcessSys::now_ns() const { return machine_.state.now_ns; }
std::int64_t ProcessSys::wall_ns() const { return machine_.state.boot_wall_ns + machine_.state.now_ns; }
Status ProcessSys::allocate(std::int64_t bytes) { return charge_memory(machine_, pid_, bytes); }
void ProcessSys::burn(std::int64_t cpu_ns) { burn_cpu(machine_, me(), cpu_ns); }
std::uint64_t ProcessSys::random() { return random_number(machine_); }

Result<int> ProcessSys::listen(std::string_view address, std::uint16_t port) {
    OpenFile file;
    file.kind = FileKind::listener;
    file.object =
        address.starts_with("/") ? TRY(listen_at(address)) : TRY(listen_on(machine_, pid_, std::string(address), port));
    file.path = "socket:[" + std::to_string(file.object) + "]";
    return install_new(machine_, me(), std::move(file));
}

Result<int> ProcessSys::accept(int fd) {
    const OpenFile* file = file_of(machine_, me(), fd);
    if (file == nullptr || file->kind != FileKind::listener) {
        return os_error(file == nullptr ? EBADF : EINVAL, "accept");
    }
    const ObjectId stream = TRY(accept_from(machine_, file->object));
    return install_new(machine_, me(), stream_end(stream, true, false));
}

Result<int> ProcessSys::connect(std::string_view address, std::uint16_t port) {
    const ObjectId stream = address.starts_with("/") ? TRY(connect_at(address))
                                                     : TRY(connect_to(machine_, pid_, std::string(address), port));
    return install_new(machine_, me(), stream_end(stream, false, false));
}

Result<std::string> ProcessSys::peer(int fd) {
    const OpenFile* file = file_of(machine_, me(), fd);
    if (file == nullptr || file->kind != FileKind::stream) {
        return os_error(file == nullptr ? EBADF : ENOTCONN, "getpeername");
    }
    const Stream& stream = machine_.state.streams.at(file->object);
    return file->second ? stream.first_name : stream.second_name;
}

Result<std::string> ProcessSys::resolve(std::string_view name) {
    return resolve_name(machine_, pid_, std::string(name));
}

Status ProcessSys::send(int channel, std::string_view message) {
    bool second = false;
    MessageQueue* queue = queue_of(machine_, me(), channel, second);
    if (queue == nullptr) {
        return os_error(EBADF, "send");
    }
    if (second ? queue->first_gone : queue->second_gone) {
        return fail(Errc::not_found, "send: the other side is gone");
    }
    (second ? queue->to_first : queue->to_second).emplace_back(message);
    ++machine_.change;
    return {};
}

Result<std::optional<std::string>> ProcessSys::receive(int channel) {
    bool second = false;
    MessageQueue* queue = queue_of(machine_, me(), channel, second);
    if (queue == nullptr) {
        return os_error(EBADF, "receive");
    }
    std::vector<std::string>& inbox = second ? queue->to_second : queue->to_first;
    if (!inbox.empty()) {
        std::optional<std::string> message(std::move(inbox.front()));
        inbox.erase(inbox.begin());
        return message;
    }
    if (second ? queue->first_gone : queue->second_gone) {
        return fail(Errc::not_found, "receive: the other side is gone");
    }
    return std::optional<std::string>();
}

bool ProcessSys::is_gone(int channel) {
    bool second = false;
    const MessageQueue* queue = queue_of(machine_, me(), channel, second);
    return queue == nullptr ||
           (second ? queue->first_gone && queue->to_second.empty() : queue->second_gone && queue->to_first.empty());
}

Result<int> ProcessSys::accept_engine() {
    const auto door = machine_.state.doors.find(me().door);
    if (door == machine_.state.doors.end() || door->second.waiting.empty()) {
        return os_error(EAGAIN, "accept");
    }
    const ObjectId queue = door->second.waiting.front();
    door->second.waiting.erase(door->second.waiting.begin());
    const ObjectId end = message_end(machine_, queue, true);
    share_file(machine_, end);
    return install(me(), end, true, -1);
}

Result<std::pair<int, int>> ProcessSys::terminal() {
    const ObjectId id = new_object(machine_);
    machine_.state.streams.emplace(id, Stream{});
    const int master = install_new(machine_, me(), stream_end(id, false, false));
    return std::pair<int, int>(master, install_new(machine_, me(), stream_end(id, true, true)));
}

void ProcessSys::become_subreaper() { me().subreaper = true; }

bool ProcessSys::was_oom_killed(Pid child) {
    const Process* process = find_process(machine_, model::host_pid(machine_, me().spaces.pid, child));
    return process != nullptr && process->oom;
}

void ProcessSys::observe(world::Observation what) { see(machine_, world::Actor::shim, std::move(what)); }

}  // namespace cutaway::model
