// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/start.h"

#include <algorithm>
#include <array>

#include "core/bundle/mounts.h"
#include "core/bundle/record.h"
#include "core/sandbox/seccomp.h"

namespace cutaway::bundle {

namespace {

using plan::Place;
using plan::PlannedCall;
using world::Call;
using world::Phase;
using world::Space;

struct Line {
    Place place = Place::init;
    Phase phase = Phase::none;
    const char* step = "";
    const char* why = "";
};

PlannedCall planned(const Line& line, Call call) {
    PlannedCall one;
    one.place = line.place;
    one.actor = world::Actor::runtime;
    one.phase = line.phase;
    one.step = line.step;
    one.why = line.why;
    one.call = std::move(call);
    return one;
}

struct SpaceName {
    std::string_view type;
    Space space;
};
constexpr auto space_names = std::to_array<SpaceName>({
    {"pid", Space::pid},
    {"network", Space::net},
    {"ipc", Space::ipc},
    {"uts", Space::uts},
    {"mount", Space::mount},
    {"cgroup", Space::cgroup},
});

Space space_of(const std::string& type) {
    const auto* const found =
        std::find_if(space_names.begin(), space_names.end(), [&](const SpaceName& one) { return one.type == type; });
    return found->space;  // the reader lets no others through
}

bool has(const oci::RuntimeSpec& spec, std::string_view type) {
    const auto& all = spec.on_linux.namespaces;
    return std::any_of(all.begin(), all.end(), [&](const oci::SpecNamespace& one) { return one.type == type; });
}

// A setting that belongs to a namespace must not change the host's.
Status check_sysctl(const oci::RuntimeSpec& spec, const std::string& key) {
    constexpr auto of_ipc =
        std::to_array<std::string_view>({"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
                                         "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"});
    const bool ipc = std::find(of_ipc.begin(), of_ipc.end(), key) != of_ipc.end() || key.starts_with("fs.mqueue.");
    const std::string_view wanted = ipc                          ? "ipc"
                                    : key.starts_with("net.")    ? "network"
                                    : key == "kernel.domainname" ? "uts"
                                                                 : "";
    if (wanted.empty()) {
        return fail(Errc::unsupported, "config.json: linux.sysctl: " + key + " would change the host's");
    }
    if (!has(spec, wanted)) {
        return fail(Errc::invalid, "config.json: linux.sysctl: " + key + " needs a " + std::string(wanted) +
                                       " namespace, else it would change the host's");
    }
    return {};
}

Status check(const oci::RuntimeSpec& spec) {
    for (const oci::SpecNamespace& one : spec.on_linux.namespaces) {
        if (one.type == "mount" && !one.path.empty()) {
            return fail(Errc::unsupported,
                        "config.json: linux.namespaces: a mount namespace that is there already is "
                        "not supported");
        }
    }
    if (!has(spec, "mount")) {
        return fail(Errc::unsupported,
                    "config.json: linux.namespaces: without a mount namespace the mounts would be the host's");
    }
    if ((!spec.hostname.empty() || !spec.domainname.empty()) && !has(spec, "uts")) {
        return fail(Errc::invalid,
                    "config.json: hostname and domainname need a uts namespace, else they would be the "
                    "host's");
    }
    for (const auto& [key, value] : spec.on_linux.sysctl) {
        TRY(check_sysctl(spec, key));
    }
    return {};
}

// What the process becomes and gives up; shared by a container's first process and those that join it.
class Program {
public:
    Program(const oci::SpecProcess& process, const Setting& setting, Phase phase)
        : process_(process), setting_(setting), phase_(phase) {}

    std::vector<PlannedCall> open(bool console) {
        add("give it a session of its own", "no terminal and no key of the caller's reaches inside",
            world::NewSession{setting_.new_keyring ? "_ses." + setting_.id : "", process_.terminal});
        if (process_.terminal) {
            add("open a terminal for it",
                "a pair of ends in the container's own /dev/pts: one for the program, one for whoever types",
                world::OpenTerminal{process_.user.uid, console});
        }
        for (const oci::SpecLimit& limit : process_.limits) {
            add("bound what one process may use", "limits of processes, beside those of the cgroup",
                world::SetLimit{limit.type, limit.soft, limit.hard});
        }
        add("look for the program", "what is missing is told now, not when it is to start",
            world::ChangeDir{process_.cwd});
        add("look for the program", "what is missing is told now, not when it is to start",
            world::FindProgram{process_.args.front(), process_.env});
        return std::move(calls_);
    }

    std::vector<PlannedCall> become() {
        const char* step = "give up what the program must not be able to do";
        const char* why = "what the bundle lists is kept; the rest is gone before the program runs";
        add(step, why, world::SetUmask{process_.user.umask.value_or(022)});
        if (process_.no_new_privileges) {
            add(step, why, world::NoNewPrivileges{});
        }
        // Without no_new_privs a filter needs CAP_SYS_ADMIN: it loads while we still hold it (seccomp(2)).
        if (!process_.no_new_privileges) {
            add_filter(step, why);
        }
        add(step, why, world::SetUser{process_.user.uid, process_.user.gid, process_.user.additional_gids});
        const oci::SpecCapabilities& sets = process_.capabilities;
        add(step, why,
            world::SetCapabilitySets{sets.bounding, sets.effective, sets.permitted, sets.inheritable, sets.ambient});
        const char* run = "become the program";
        const char* keeps = "execve keeps the process and its number and replaces the program in it";
        add(run, keeps, world::CloseDescriptors{static_cast<std::uint32_t>(3 + setting_.preserved)});
        if (process_.no_new_privileges) {
            add_filter(run, "a filter that needs no privilege is loaded last: what came before it is not judged");
        }
        add(run, keeps, world::Execute{process_.args.front(), process_.args, process_.env});
        return std::move(calls_);
    }

private:
    void add_filter(const char* step, const char* why) {
        if (!setting_.seccomp_filter.empty()) {
            add(step, why, world::LoadSeccomp{"config.json", setting_.seccomp_filter});
        }
    }
    void add(const char* step, const char* why, Call call) {
        calls_.push_back(planned({Place::init, phase_, step, why}, std::move(call)));
    }

    const oci::SpecProcess& process_;
    const Setting& setting_;
    Phase phase_;
    std::vector<PlannedCall> calls_;
};

class Creation {
public:
    Creation(const oci::RuntimeSpec& spec, const Setting& setting) : spec_(spec), setting_(setting) {}

    Result<Start> run() {
        TRY(check(spec_));
        TRY(make_groups());
        make_process();
        run_hooks();
        name_it();
        Tree tree{setting_.root, setting_.groups, has(spec_, "cgroup")};
        append(TRY(plan_tree(spec_, tree)));
        append(Program(spec_.process, setting_, Phase::exec).open(true));
        start_.gate = start_.plan.calls.size();
        append(Program(spec_.process, setting_, Phase::exec).become());
        start_.plan.container = setting_.id;
        return std::move(start_);
    }

private:
    void add(const Line& line, Call call) { start_.plan.calls.push_back(planned(line, std::move(call))); }
    void append(std::vector<PlannedCall> calls) {
        std::move(calls.begin(), calls.end(), std::back_inserter(start_.plan.calls));
    }

    Status make_groups() {
        const Line make{Place::engine, Phase::cgroup, "make a cgroup for the container",
                        "made before the container, so that no process of it ever runs uncounted"};
        for (const std::string& directory : directories(setting_.groups)) {
            add(make, world::MakeCgroup{directory});
            start_.plan.calls.back().undo = {world::RemoveCgroup{directory}};
        }
        const std::string cpuset = directory_of(setting_.groups, "cpuset");
        if (setting_.groups.layout != world::CgroupLayout::v2 && !cpuset.empty()) {
            for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
                add(make, world::WriteCgroup{cpuset, file, "$PARENT"});
            }
        }
        const Line limit{Place::engine, Phase::cgroup, "write the limits",
                         "the kernel enforces them from the first instruction on"};
        for (Call& call : TRY(limit_calls(setting_.groups, spec_.on_linux.resources))) {
            add(limit, std::move(call));
        }
        return {};
    }

    void join(Place place, const oci::SpecNamespace& space) {
        add({place, Phase::namespaces, "join the namespaces that are there already",
             "the bundle names them by a path; somebody else keeps them"},
            world::JoinNamespace{space_of(space.type), space.path});
    }

    // A pid namespace is joined by the parent: it takes only children in (pid_namespaces(7)).
    void make_process() {
        std::vector<Space> fresh;
        for (const oci::SpecNamespace& space : spec_.on_linux.namespaces) {
            if (!space.path.empty() && space.type == "pid") {
                join(Place::shim, space);
            } else if (space.path.empty() && space.type != "cgroup") {
                fresh.push_back(space_of(space.type));
            }
        }
        add({Place::shim, Phase::namespaces, "clone a process into new namespaces",
             "from here on it sees its own process list, mounts, network, host name and IPC: this is the container"},
            world::Clone{fresh, "init"});
        for (const std::string& directory : directories(setting_.groups)) {
            add({Place::engine, Phase::cgroup, "put the new process into the cgroup",
                 "its children are born there; a process joins, a limit belongs to the group"},
                world::WriteCgroup{directory, "cgroup.procs", "$PID"});
        }
        for (const oci::SpecNamespace& space : spec_.on_linux.namespaces) {
            if (!space.path.empty() && space.type != "pid") {
                join(Place::init, space);
            } else if (space.path.empty() && space.type == "cgroup") {
                add({Place::init, Phase::namespaces, "give the container its own cgroup view",
                     "unshared behind the join, else the container sees the host's path"},
                    world::Unshare{{Space::cgroup}});
            }
        }
    }

    void run_hooks() {
        const std::string state = hook_state(setting_.id, setting_.bundle, "creating", "$PID", spec_.annotations);
        for (const auto& [name, hooks] :
             {std::pair{"prestart", &spec_.hooks.prestart}, std::pair{"createRuntime", &spec_.hooks.create_runtime}}) {
            for (world::RunHook& call : hook_calls(name, *hooks, state)) {
                add({Place::engine, Phase::namespaces, "run the bundle's hooks",
                     "programs of the host; the namespaces are there, the root is not yet turned"},
                    std::move(call));
            }
        }
    }

    void name_it() {
        const Line line{Place::init, Phase::namespaces, "give the container its own name and settings",
                        "they live in its namespaces, so the host keeps its own"};
        if (spec_.process.oom_score_adj) {
            add(line, world::SetOomScore{*spec_.process.oom_score_adj});
        }
        if (!spec_.hostname.empty()) {
            add(line, world::SetHostname{spec_.hostname});
        }
        if (!spec_.domainname.empty()) {
            add(line, world::WriteSysctl{"kernel.domainname", spec_.domainname});
        }
        for (const auto& [key, value] : spec_.on_linux.sysctl) {
            add(line, world::WriteSysctl{key, value});
        }
    }

    const oci::RuntimeSpec& spec_;
    const Setting& setting_;
    Start start_;
};

}  // namespace

Result<Start> plan_create(const oci::RuntimeSpec& spec, const Setting& setting) {
    return Creation(spec, setting).run();
}

Start plan_join(const oci::SpecProcess& program, std::int64_t pid, const Setting& setting) {
    Start start;
    plan::Plan& plan = start.plan;
    plan.container = setting.id;
    const auto add = [&](Place place, Call call) {
        plan.calls.push_back(planned({place, Phase::running, "join the container's namespaces",
                                      "exec starts no container: a new process enters the rooms that are there"},
                                     std::move(call)));
    };
    add(Place::shim, world::SetNamespace{pid, {Space::pid}});
    add(Place::shim, world::Clone{{}, "exec"});
    for (const std::string& directory : directories(setting.groups)) {
        add(Place::engine, world::WriteCgroup{directory, "cgroup.procs", "$PID"});
    }
    if (program.oom_score_adj) {
        add(Place::init, world::SetOomScore{*program.oom_score_adj});
    }
    // Mounts last: behind it the host's /proc is out of sight.
    add(Place::init, world::SetNamespace{pid, {Space::ipc, Space::uts, Space::net, Space::cgroup, Space::mount}});
    for (PlannedCall& call : Program(program, setting, Phase::running).open(false)) {
        plan.calls.push_back(std::move(call));
    }
    start.gate = plan.calls.size();
    for (PlannedCall& call : Program(program, setting, Phase::running).become()) {
        plan.calls.push_back(std::move(call));
    }
    return start;
}

Result<std::optional<std::string>> seccomp_rules_of(const std::string& seccomp, const world::MachineProfile& machine) {
    if (seccomp.empty()) {
        return std::optional<std::string>{};
    }
    sandbox::SeccompFor container;
    container.architecture = machine.architecture;
    container.kernel = machine.kernel;
    return std::optional<std::string>(TRY_IN("config.json: linux.seccomp", sandbox::seccomp_rules(seccomp, container)));
}

std::vector<world::RunHook> hook_calls(const char* name, const std::vector<oci::SpecHook>& hooks,
                                       const std::string& state) {
    constexpr std::int64_t second = 1'000'000'000;
    std::vector<world::RunHook> calls;
    calls.reserve(hooks.size());
    for (const oci::SpecHook& hook : hooks) {
        calls.push_back({name, hook.path, hook.args, hook.env, state, hook.timeout_s ? *hook.timeout_s * second : -1});
    }
    return calls;
}

}  // namespace cutaway::bundle
