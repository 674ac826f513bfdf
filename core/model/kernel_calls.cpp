// SPDX-License-Identifier: Apache-2.0
// Every call as the simulated kernel performs it for one process. What is no kernel's business (HTTP, the API, a
// shim's start, files whose bytes are in the store) is refused as unsupported.
#include <algorithm>

#include "core/model/errors.h"
#include "core/model/network.h"
#include "core/model/process_sys.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

using world::Reply;
using ReplyOr = Result<Reply>;

// A name without a slash is looked for along the new environment's PATH, as execvpe(3) does.
std::vector<std::string> candidates(const world::Execute& call) {
    if (call.path.find('/') != std::string::npos) {
        return {call.path};
    }
    std::string search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (const std::string& variable : call.env) {
        if (variable.rfind("PATH=", 0) == 0) {
            search = variable.substr(5);
        }
    }
    std::vector<std::string> paths;
    for (std::size_t at = 0; at <= search.size();) {
        const std::size_t end = std::min(search.find(':', at), search.size());
        paths.push_back(join_path(end == at ? "." : search.substr(at, end - at), call.path));
        at = end + 1;
    }
    return paths;
}

struct Performer {
    Machine& machine;
    Pid pid;
    const std::map<int, int>& next_child;

    [[nodiscard]] Process& me() const { return machine.state.processes.at(pid); }
    [[nodiscard]] View view() const { return view_of(me()); }
    [[nodiscard]] SpaceId net() const { return me().spaces.net; }
    [[nodiscard]] Pid outer(Pid inner) const { return host_pid(machine, me().spaces.pid, inner); }

    static ReplyOr reply(Status status) {
        if (!status) {
            return std::move(status).error();
        }
        return Reply{};
    }

    ReplyOr operator()(const world::Clone& call) const {
        const Birth birth{pid, call.spaces, next_child, std::string(init_program)};
        const Pid child_pid = TRY(fork_process(machine, birth));
        Process& child = machine.state.processes.at(child_pid);
        child.comm = init_program;
        child.title = std::string(init_program) + " " + call.what;
        child.executable = "/proc/self/exe";
        child.argv = {std::string(init_program), call.what};
        const ObjectId queue = new_object(machine);
        machine.state.messages.emplace(queue, MessageQueue{});
        const ObjectId mine = message_end(machine, queue, false);
        const ObjectId its = message_end(machine, queue, true);
        share_file(machine, mine);
        share_file(machine, its);
        if (const auto taken = child.descriptors.find(channel_descriptor); taken != child.descriptors.end()) {
            release_file(machine, taken->second.file);
        }
        install(child, its, true, channel_descriptor);
        const int fd = install(me(), mine, true, -1);
        announce(machine, child_pid);
        Reply reply;
        reply.value = number_in(child, me().spaces.pid);
        reply.details.push_back({"channel", std::to_string(fd)});
        for (const world::Space space : call.spaces) {
            reply.details.push_back({std::string(to_name(space)), std::to_string(space_id(child, space))});
        }
        return reply;
    }
    ReplyOr operator()(const world::Unshare& call) const {
        enter_new_spaces(machine, me(), call.spaces);
        Reply reply;
        for (const world::Space space : call.spaces) {
            const SpaceId id = space == world::Space::pid ? me().spaces.pid_for_children : space_id(me(), space);
            reply.details.push_back({std::string(to_name(space)), std::to_string(id)});
        }
        return reply;
    }
    ReplyOr operator()(const world::SetNamespace& call) const {
        // By a pidfd, made where the host's numbers are known.
        return reply(join_spaces(machine, pid, call.pid, call.spaces));
    }
    ReplyOr operator()(const world::Execute& call) const {
        Status executed = os_error(ENOENT, call.path);
        for (const std::string& path : candidates(call)) {
            executed = exec_process(machine, pid, {path, call.argv, call.env});
            const int error = executed ? 0 : executed.error().sys_errno;
            if (error != ENOENT && error != ENOTDIR && error != EACCES) {
                break;
            }
        }
        if (!executed) {
            return std::move(executed).error();
        }
        see(machine, world::Actor::kernel, world::ProcessChanged{me().container, pid, me().title, me().uid});
        return Reply{};
    }
    ReplyOr operator()(const world::SendSignal& call) const {
        const std::optional<int> signal = signal_number(call.signal);
        if (!signal.has_value()) {
            return os_error(EINVAL, "kill " + call.signal);
        }
        const Pid target = outer(call.pid);
        if (target == 0) {
            return os_error(ESRCH, "kill " + std::to_string(call.pid));
        }
        send_signal(machine, pid, target, *signal);
        return Reply{};
    }
    ReplyOr operator()(const world::AwaitExit& call) const {  // never waits here: see DaemonKernel
        const Process* process = find_process(machine, outer(call.pid));
        Reply reply;
        reply.value = process == nullptr || process->life == Life::zombie ? 1 : 0;
        return reply;
    }
    ReplyOr operator()(const world::Mount& call) const { return reply(mount(machine, view(), call, me().container)); }
    ReplyOr operator()(const world::Unmount& call) const { return reply(unmount(machine, view(), call.target)); }
    ReplyOr operator()(const world::PivotRoot& call) const { return reply(pivot_root(machine, pid, call.new_root)); }
    ReplyOr operator()(const world::MakeDir& call) const {
        return reply(make_dirs(machine, view(), call.path, call.mode));
    }
    ReplyOr operator()(const world::MakeNode& call) const {
        world::FileInfo info;
        info.type = world::FileType::character;
        info.mode = call.mode;
        info.major = call.major;
        info.minor = call.minor;
        return reply(make_node(machine, view(), call.path, info));
    }
    ReplyOr operator()(const world::MakeSymlink& call) const {
        world::FileInfo info;
        info.type = world::FileType::symlink;
        info.mode = 0777;
        info.link = call.target;
        return reply(make_node(machine, view(), call.path, info));
    }
    ReplyOr operator()(const world::ChangeDir& call) const {
        const Spot spot = TRY(walk(machine, view(), call.path, true));
        if (TRY(node_info(machine, node_of(machine, view(), spot))).type != world::FileType::directory) {
            return os_error(ENOTDIR, "chdir " + call.path);
        }
        me().cwd = spot;
        return Reply{};
    }
    ReplyOr operator()(const world::RemovePath& call) const { return reply(remove_tree(machine, view(), call.path)); }
    ReplyOr operator()(const world::RenamePath& call) const {
        return reply(rename_path(machine, view(), call.from, call.to));
    }
    ReplyOr operator()(const world::SetHostname& call) const {
        if (call.name.size() > 64) {
            return os_error(EINVAL, "sethostname");
        }
        machine.state.plain_spaces.at(me().spaces.uts).hostname = call.name;
        return Reply{};
    }
    ReplyOr operator()(const world::SetUser& call) const {
        me().groups = call.groups;
        me().uid = call.uid;
        me().gid = call.gid;
        see(machine, world::Actor::kernel, world::ProcessChanged{me().container, pid, me().title, me().uid});
        return Reply{};
    }
    ReplyOr operator()(const world::SetCapabilities& call) const {
        // An empty list is that of a process which nobody has limited.
        me().capabilities = call.keep.empty() ? std::vector<std::string>{"none"} : call.keep;
        return Reply{};
    }
    ReplyOr operator()(const world::NoNewPrivileges&) const {
        me().no_new_privs = true;
        return Reply{};
    }
    ReplyOr operator()(const world::LoadSeccomp& call) const {
        me().seccomp = call.profile;
        return Reply{};
    }
    // The pair is the process's standard input and output since the clone, which is when the model gives those out.
    ReplyOr operator()(const world::OpenTerminal& call) const {
        (void)TRY(file_info(machine, view(), "/dev/pts", true));
        if (call.console) {
            world::FileInfo info;
            info.type = world::FileType::character;
            info.mode = 0620;
            info.uid = call.uid;
            info.major = 136;
            (void)TRY(make_node(machine, view(), "/dev/console", info));
        }
        return Reply{};
    }
    ReplyOr operator()(const world::CloseDescriptors& call) const {
        for (auto& [fd, descriptor] : me().descriptors) {
            if (fd >= 0 && static_cast<std::uint32_t>(fd) >= call.first) {
                descriptor.close_on_exec = true;
            }
        }
        return Reply{};
    }
    ReplyOr operator()(const world::MakeCgroup& call) const {
        return reply(make_dirs(machine, view(), call.path, 0755));
    }
    ReplyOr operator()(const world::WriteCgroup& call) const {
        const std::string path = join_path(call.path, call.file);
        (void)TRY(file_info(machine, view(), path, true));
        return reply(file_save(machine, view(), path, call.value, 0644));
    }
    ReplyOr operator()(const world::RemoveCgroup& call) const {
        const Spot spot = TRY(walk(machine, view(), call.path, false));
        return reply(node_remove_dir(machine, node_of(machine, view(), spot)));
    }
    ReplyOr operator()(const world::MakeBridge& call) const { return reply(make_bridge(machine, net(), call.name)); }
    ReplyOr operator()(const world::MakeVeth& call) const {
        return reply(make_veth(machine, net(), call.name, call.peer));
    }
    ReplyOr operator()(const world::MoveLink& call) const {
        const Process* target = find_process(machine, outer(call.pid));
        if (target == nullptr || target->life == Life::zombie) {
            return os_error(ESRCH, "link " + call.link);
        }
        return reply(move_link(machine, net(), call.link, target->spaces.net, call.as));
    }
    ReplyOr operator()(const world::AttachLink& call) const {
        return reply(attach_link(machine, net(), call.link, call.bridge));
    }
    ReplyOr operator()(const world::RaiseLink& call) const { return reply(raise_link(machine, net(), call.link)); }
    ReplyOr operator()(const world::AddAddress& call) const {
        return reply(add_address(machine, net(), call.link, call.address));
    }
    ReplyOr operator()(const world::AddRoute& call) const {
        return reply(add_route(machine, net(), Route{call.to, call.via, call.link}));
    }
    ReplyOr operator()(const world::RemoveLink& call) const { return reply(remove_link(machine, net(), call.link)); }
    ReplyOr operator()(const world::AddNat& call) const {
        return reply(add_nat(machine, net(), NatEntry{call.container, call.rule}));
    }
    ReplyOr operator()(const world::RemoveNat& call) const {
        return reply(remove_nat(machine, net(), NatEntry{call.container, call.rule}));
    }
    // What the shim answers is in names.cpp: nothing of it goes over a wire here. The rule that sends it there does.
    ReplyOr operator()(const world::OpenResolver& call) const {
        const Process* target = find_process(machine, outer(call.pid));
        if (target == nullptr || target->life == Life::zombie) {
            return os_error(ESRCH, "open the name server");
        }
        return reply(open_resolver(machine, target->spaces.net, target->container, call.address));
    }
    ReplyOr operator()(const world::SetUpLink& call) const {
        const Process* target = find_process(machine, outer(call.pid));
        if (target == nullptr || target->life == Life::zombie) {
            return os_error(ESRCH, "link " + call.link);
        }
        const SpaceId there = target->spaces.net;
        if (!call.address.empty()) {
            TRY(add_address(machine, there, call.link, call.address));
            TRY(raise_link(machine, there, call.link));
        }
        if (!call.via.empty()) {
            TRY(add_route(machine, there, Route{"default", call.via, call.link}));
        }
        return Reply{};
    }
    ReplyOr operator()(const world::WriteSysctl& call) const {
        machine.state.net_spaces.at(net()).sysctls[call.key] = call.value;
        return Reply{};
    }
    template <class Other>
    ReplyOr operator()(const Other&) const {
        return os_error(ENOSYS, std::string(Other::kind));
    }
};

// What a call costs on the model's clock, in the order of what Linux takes.
std::int64_t cost_of(const world::Call& call) {
    const std::string_view kind = kind_of(call);
    if (kind == "clone") {
        return 900000;
    }
    if (kind == "execve") {
        return 400000;
    }
    if (kind == "mount" || kind == "cgroup_create" || kind == "nat_add" || kind == "bridge" || kind == "veth") {
        return 60000;
    }
    return 12000;
}

}  // namespace

Result<Reply> ProcessKernel::perform(const world::Call& call) {
    if (find_process(machine_, pid_) == nullptr) {
        return os_error(ESRCH, std::string(kind_of(call)));
    }
    const Pid before = machine_.caller;
    machine_.caller = pid_;
    Result<Reply> result = std::visit(Performer{machine_, pid_, next_child_}, call);
    machine_.caller = before;
    pass(machine_, cost_of(call));
    if (!result) {
        return in_context(kind_of(call), std::move(result).error());
    }
    return result;
}

}  // namespace cutaway::model
