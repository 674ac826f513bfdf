// SPDX-License-Identifier: Apache-2.0
#include "core/model/processes.h"

#include <algorithm>

#include "core/model/errors.h"

namespace cutaway::model {
namespace {

constexpr std::int64_t base_memory = 512 * 1024;  // what a process weighs before it asks for anything
constexpr std::string_view magic = "#!cutaway-program ";
constexpr int signal_child = 17;
constexpr int signal_kill = 9;

struct Target {
    std::string program;
    std::string path;
    std::vector<std::string> argv;
};

bool may_execute(const Process& process, const world::FileInfo& info) {
    if (process.uid == 0) {
        return (info.mode & 0111U) != 0;
    }
    if (process.uid == info.uid) {
        return (info.mode & 0100U) != 0;
    }
    const bool in_group = process.gid == info.gid ||
                          std::find(process.groups.begin(), process.groups.end(), info.gid) != process.groups.end();
    return (info.mode & (in_group ? 0010U : 0001U)) != 0;
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, std::min({text.find('\n'), text.size(), std::size_t{255}})));
}

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    const std::size_t end = text.find_last_not_of(" \t\r");
    return begin == std::string_view::npos ? std::string() : std::string(text.substr(begin, end - begin + 1));
}

// "#!" lines up to the kernel's depth of four (execve(2), interpreter scripts).
Result<Target> find_target(Machine& machine, const Process& process, const Executed& what, int depth) {
    const View view = view_of(process);
    const Spot spot = TRY(walk(machine, view, what.path, true));
    const Node node = node_of(machine, view, spot);
    const world::FileInfo info = TRY(node_info(machine, node));
    if (info.type != world::FileType::regular || !may_execute(process, info)) {
        return os_error(EACCES, what.path);
    }
    const std::vector<std::string>& options = machine.state.mount_spaces.at(view.space).mounts.at(spot.mount).options;
    if (std::find(options.begin(), options.end(), "noexec") != options.end()) {
        return os_error(EACCES, what.path);
    }
    const std::string line = first_line(TRY(node_text(machine, node)));
    if (line.rfind(magic, 0) == 0) {
        return Target{trimmed(line.substr(magic.size())), spot_path(machine, view, spot), what.argv};
    }
    if (line.rfind("#!", 0) != 0) {
        return os_error(ENOEXEC, what.path);
    }
    if (depth >= 4) {
        return os_error(ELOOP, what.path);
    }
    const std::string rest = trimmed(std::string_view(line).substr(2));
    const std::size_t space = rest.find_first_of(" \t");
    Executed script{rest.substr(0, space), {}, {}};
    script.argv.push_back(script.path);
    if (space != std::string::npos) {
        script.argv.push_back(trimmed(std::string_view(rest).substr(space)));
    }
    script.argv.push_back(what.path);
    if (what.argv.size() > 1) {
        script.argv.insert(script.argv.end(), what.argv.begin() + 1, what.argv.end());
    }
    return find_target(machine, process, script, depth + 1);
}

void inherit_descriptors(Machine& machine, Process& parent, Process& child, const Birth& birth) {
    child.descriptors.clear();
    if (!birth.descriptors.has_value()) {
        child.descriptors = parent.descriptors;
    } else {
        for (const auto& [to, from] : *birth.descriptors) {
            const auto found = parent.descriptors.find(from);
            if (found != parent.descriptors.end()) {
                child.descriptors[to] = Descriptor{found->second.file, false};
            }
        }
    }
    for (const auto& [fd, descriptor] : child.descriptors) {
        share_file(machine, descriptor.file);
    }
}

// Its reaper: the nearest ancestor that asked to be one, else number 1 of its pid namespace (prctl(2)).
Pid reaper_of(Machine& machine, const Process& dead) {
    Pid at = dead.parent;
    while (const Process* ancestor = find_process(machine, at)) {
        if (ancestor->life != Life::zombie && ancestor->spaces.pid == dead.spaces.pid &&
            (ancestor->subreaper || is_number_one(*ancestor))) {
            return at;
        }
        at = ancestor->parent;
    }
    const Pid one = host_pid(machine, dead.spaces.pid, 1);
    const Process* init = find_process(machine, one);
    // Nobody is his own parent: a namespace's number one goes to the host's.
    return init != nullptr && init != &dead && init->life != Life::zombie ? one : 1;
}

void reap(Machine& machine, Pid pid) {
    const Process* process = find_process(machine, pid);
    see(machine, world::Actor::kernel, world::ProcessReaped{process->container, pid});
    for (const Numbered& number : process->numbers) {
        const auto space = machine.state.pid_spaces.find(number.space);
        if (space != machine.state.pid_spaces.end()) {
            space->second.members.erase(number.pid);
        }
    }
    machine.state.processes.erase(pid);
    machine.live.erase(pid);
    machine.next.erase(pid);
    forget_empty_spaces(machine);
}

void reparent_children(Machine& machine, Pid pid) {
    std::vector<Pid> orphans;
    for (auto& [other_pid, other] : machine.state.processes) {
        if (other.parent == pid) {
            orphans.push_back(other_pid);
        }
    }
    for (const Pid orphan : orphans) {
        Process& child = machine.state.processes.at(orphan);
        const Pid reaper = reaper_of(machine, child);
        child.parent = reaper;
        const Process* adopter = find_process(machine, reaper);
        if (child.life == Life::zombie && adopter != nullptr && reaper == 1) {
            reap(machine, orphan);
        }
    }
}

void tell_parent(Machine& machine, Pid pid) {
    const Pid parent_pid = machine.state.processes.at(pid).parent;
    Process* parent = find_process(machine, parent_pid);
    if (parent == nullptr || parent_pid == 1 || parent->life == Life::zombie) {
        reap(machine, pid);  // the kernel's own process 1 waits for everybody at once
        return;
    }
    const auto disposition = parent->dispositions.find(signal_child);
    if (disposition != parent->dispositions.end() && disposition->second == Disposition::ignore) {
        reap(machine, pid);  // SIGCHLD ignored: no zombies (wait(2), notes)
        return;
    }
    if (disposition != parent->dispositions.end() && disposition->second == Disposition::handle) {
        send_signal(machine, 0, parent_pid, signal_child);
    }
    ++machine.change;
}

}  // namespace

Process* find_process(Machine& machine, Pid pid) {
    const auto found = machine.state.processes.find(pid);
    return found == machine.state.processes.end() ? nullptr : &found->second;
}

const Process* find_process(const Machine& machine, Pid pid) {
    const auto found = machine.state.processes.find(pid);
    return found == machine.state.processes.end() ? nullptr : &found->second;
}

Pid number_in(const Process& process, SpaceId pid_space) {
    for (const Numbered& number : process.numbers) {
        if (number.space == pid_space) {
            return number.pid;
        }
    }
    return 0;
}

Pid host_pid(const Machine& machine, SpaceId pid_space, Pid inner) {
    const auto space = machine.state.pid_spaces.find(pid_space);
    if (space == machine.state.pid_spaces.end()) {
        return 0;
    }
    const auto member = space->second.members.find(inner);
    return member == space->second.members.end() ? 0 : member->second;
}

Result<Pid> fork_process(Machine& machine, const Birth& birth) {
    Process& parent = machine.state.processes.at(birth.parent);
    (void)TRY(may_fork(machine, parent));
    const auto into = machine.state.pid_spaces.find(parent.spaces.pid_for_children);
    if (into != machine.state.pid_spaces.end() && into->second.dead) {
        return os_error(ENOMEM, "fork");  // pid_namespaces(7): its init is gone
    }
    const Pid pid = machine.state.next_pid++;
    Process child = parent;
    child.parent = birth.parent;
    child.numbers.clear();
    child.pending.clear();
    child.caught.clear();
    child.life = Life::ready;
    child.waits = Step{};
    child.memory = base_memory;
    child.cpu_ns = 0;
    child.busy_until_ns = machine.state.now_ns;
    child.started_ns = machine.state.now_ns;
    child.turn = machine.state.next_turn++;
    child.subreaper = false;
    child.door = 0;
    child.saved = {};
    child.watched = {};
    child.program = birth.program;
    inherit_descriptors(machine, parent, child, birth);
    child.spaces.pid = child.spaces.pid_for_children;
    enter_new_spaces(machine, child, birth.spaces);
    child.spaces.pid = child.spaces.pid_for_children;
    number_process(machine, pid, child, child.spaces.pid);
    machine.state.processes.emplace(pid, std::move(child));
    ++machine.change;
    return pid;
}

void announce(Machine& machine, Pid pid) {
    const Process& process = machine.state.processes.at(pid);
    world::ProcessStarted seen{process.container, pid, process.parent, process.numbers.front().pid, process.title,
                               process.uid,       {}};
    for (const world::Space space : {world::Space::mount, world::Space::pid, world::Space::net, world::Space::ipc,
                                     world::Space::uts, world::Space::cgroup, world::Space::user}) {
        seen.spaces.push_back({std::string(to_name(space)), std::to_string(space_id(process, space))});
    }
    see(machine, world::Actor::kernel, std::move(seen));
}

Status exec_process(Machine& machine, Pid pid, const Executed& what) {
    Process& process = machine.state.processes.at(pid);
    const Target target = TRY(find_target(machine, process, what, 0));
    std::unique_ptr<Program> program = machine.programs->make(target.program);
    if (program == nullptr) {
        return os_error(ENOEXEC, what.path);
    }
    process.program = target.program;
    process.saved = {};
    process.executable = target.path;
    process.argv = target.argv;
    process.env = what.env;
    process.comm = std::string(last_name(what.path)).substr(0, 15);
    process.title.clear();
    for (const std::string& argument : target.argv) {
        process.title += (process.title.empty() ? "" : " ") + argument;
    }
    for (auto fd = process.descriptors.begin(); fd != process.descriptors.end();) {
        if (fd->second.close_on_exec) {
            release_file(machine, fd->second.file);
            fd = process.descriptors.erase(fd);
        } else {
            ++fd;
        }
    }
    for (auto disposition = process.dispositions.begin(); disposition != process.dispositions.end();) {
        disposition = disposition->second == Disposition::handle ? process.dispositions.erase(disposition)
                                                                 : std::next(disposition);
    }
    process.caught.clear();
    process.life = Life::ready;
    process.memory = base_memory;
    machine.next[pid] = std::move(program);
    ++machine.change;
    return {};
}

void end_process(Machine& machine, Pid pid, int code, int signal) {
    Process* process = find_process(machine, pid);
    if (process == nullptr || process->life == Life::zombie) {
        return;
    }
    process->life = Life::zombie;
    ++machine.change;
    process->code = code;
    process->signal = signal;
    process->memory = 0;
    process->pending.clear();
    process->caught.clear();
    const std::map<int, Descriptor> open = std::move(process->descriptors);
    process->descriptors.clear();
    for (const auto& [fd, descriptor] : open) {
        release_file(machine, descriptor.file);
    }
    if (process->door != 0) {
        machine.state.doors.erase(process->door);
    }
    if (is_number_one(*process)) {  // the kernel kills whoever is left in the namespace
        PidSpace& space = machine.state.pid_spaces.at(process->spaces.pid);
        space.dead = true;
        const std::map<Pid, Pid> members = space.members;
        for (const auto& [inner, member] : members) {
            if (member != pid) {
                end_process(machine, member, 128 + signal_kill, signal_kill);
            }
        }
        for (const auto& [inner, member] : members) {
            if (const Process* left = find_process(machine, member);
                member != pid && left != nullptr && left->parent == pid) {
                reap(machine, member);
            }
        }
    }
    process = find_process(machine, pid);
    see(machine, world::Actor::kernel,
        world::ProcessExited{process->container, pid, code, signal == 0 ? std::string() : signal_name(signal), true});
    reparent_children(machine, pid);
    tell_parent(machine, pid);
}

Result<std::optional<WaitResult>> wait_process(Machine& machine, Pid parent, Pid child) {
    bool any = false;
    for (const auto& [pid, process] : machine.state.processes) {
        if (process.parent != parent || (child > 0 && pid != child)) {
            continue;
        }
        any = true;
        if (process.life == Life::zombie) {
            WaitResult result;
            result.pid = number_in(process, machine.state.processes.at(parent).spaces.pid);
            result.code = process.code;
            result.signal = process.signal;
            reap(machine, pid);
            return std::optional<WaitResult>(result);
        }
    }
    if (!any) {
        return os_error(ECHILD, "wait");
    }
    return std::optional<WaitResult>();
}

Program* program_of(Machine& machine, Pid pid) {
    if (const auto next = machine.next.find(pid); next != machine.next.end()) {
        machine.live[pid] = std::move(next->second);
        machine.next.erase(next);
    }
    if (const auto live = machine.live.find(pid); live != machine.live.end()) {
        return live->second.get();
    }
    const Process& process = machine.state.processes.at(pid);
    if (process.program.empty()) {
        return nullptr;
    }
    const Result<std::string_view> saved = process.saved.view(machine.objects);
    if (!saved) {
        machine.damage = saved.error().doing;
        return nullptr;
    }
    std::unique_ptr<Program> program =
        saved->empty() ? machine.programs->make(process.program) : machine.programs->load(process.program, *saved);
    Program* raw = program.get();
    if (raw != nullptr) {
        machine.live[pid] = std::move(program);
    }
    return raw;
}

void save_programs(Machine& machine) {
    for (auto& [pid, process] : machine.state.processes) {
        const auto next = machine.next.find(pid);
        const auto live = machine.live.find(pid);
        const Program* program = next != machine.next.end()   ? next->second.get()
                                 : live != machine.live.end() ? live->second.get()
                                                              : nullptr;
        if (program != nullptr) {  // else it was not looked at since it was saved last
            std::string saved;
            program->save(saved);
            process.saved = Content(std::move(saved));
        }
    }
}

}  // namespace cutaway::model
