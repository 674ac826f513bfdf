// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/sandbox.h"

#include <algorithm>

namespace cutaway::sandbox {

namespace {

using plan::Place;
using plan::PlannedCall;
using world::Call;
using world::Phase;
using world::Space;

struct Line {
    Phase phase = Phase::none;
    std::string step;
    std::string why;
};

PlannedCall planned(Place place, const Line& line, Call call) {
    PlannedCall one;
    one.place = place;
    one.actor = world::Actor::runtime;
    one.phase = line.phase;
    one.step = line.step;
    one.why = line.why;
    one.call = std::move(call);
    return one;
}

// capabilities(7), in the kernel's order.
const std::vector<std::string>& all_capabilities() {
    static const std::vector<std::string> all{"CAP_CHOWN",
                                              "CAP_DAC_OVERRIDE",
                                              "CAP_DAC_READ_SEARCH",
                                              "CAP_FOWNER",
                                              "CAP_FSETID",
                                              "CAP_KILL",
                                              "CAP_SETGID",
                                              "CAP_SETUID",
                                              "CAP_SETPCAP",
                                              "CAP_LINUX_IMMUTABLE",
                                              "CAP_NET_BIND_SERVICE",
                                              "CAP_NET_BROADCAST",
                                              "CAP_NET_ADMIN",
                                              "CAP_NET_RAW",
                                              "CAP_IPC_LOCK",
                                              "CAP_IPC_OWNER",
                                              "CAP_SYS_MODULE",
                                              "CAP_SYS_RAWIO",
                                              "CAP_SYS_CHROOT",
                                              "CAP_SYS_PTRACE",
                                              "CAP_SYS_PACCT",
                                              "CAP_SYS_ADMIN",
                                              "CAP_SYS_BOOT",
                                              "CAP_SYS_NICE",
                                              "CAP_SYS_RESOURCE",
                                              "CAP_SYS_TIME",
                                              "CAP_SYS_TTY_CONFIG",
                                              "CAP_MKNOD",
                                              "CAP_LEASE",
                                              "CAP_AUDIT_WRITE",
                                              "CAP_AUDIT_CONTROL",
                                              "CAP_SETFCAP",
                                              "CAP_MAC_OVERRIDE",
                                              "CAP_MAC_ADMIN",
                                              "CAP_SYSLOG",
                                              "CAP_WAKE_ALARM",
                                              "CAP_BLOCK_SUSPEND",
                                              "CAP_AUDIT_READ",
                                              "CAP_PERFMON",
                                              "CAP_BPF",
                                              "CAP_CHECKPOINT_RESTORE"};
    return all;
}

bool among(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

Result<std::string> capability_name(const std::string& given) {
    std::string name = given;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (name == "ALL") {
        return name;
    }
    if (!name.starts_with("CAP_")) {
        name = "CAP_" + name;
    }
    if (!among(all_capabilities(), name)) {
        return fail(Errc::invalid, "unknown capability: \"" + name + "\"");
    }
    return name;
}

Result<bool> has_all(const std::vector<std::string>& given, std::vector<std::string>& names) {
    bool all = false;
    for (const std::string& one : given) {
        const std::string name = TRY(capability_name(one));
        all = all || name == "ALL";
        names.push_back(name);
    }
    return all;
}

}  // namespace

const std::vector<std::string>& default_capabilities() {
    static const std::vector<std::string> caps{
        "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
        "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
        "CAP_KILL",    "CAP_AUDIT_WRITE"};
    return caps;
}

Result<std::vector<std::string>> capabilities(const std::vector<std::string>& add,
                                              const std::vector<std::string>& drop) {
    std::vector<std::string> added;
    std::vector<std::string> dropped;
    const bool add_all = TRY(has_all(add, added));
    const bool drop_all = TRY(has_all(drop, dropped));
    std::vector<std::string> keep;
    for (const std::string& cap : all_capabilities()) {
        const bool base = add_all || (!drop_all && among(default_capabilities(), cap));
        if ((base && !among(dropped, cap)) || among(added, cap)) {
            keep.push_back(cap);
        }
    }
    return keep;
}

PlannedCall plan_clone(const Config& config) {
    if (!config.uids.empty()) {
        std::vector<Space> spaces{Space::user};  // the others are its: that is why no root is needed for them
        spaces.insert(spaces.end(), config.spaces.begin(), config.spaces.end());
        return planned(
            Place::shim,
            {Phase::namespaces, "clone a process into new namespaces",
             "in a user namespace of its own it may do to its other namespaces what only root may elsewhere"},
            world::Clone{spaces, "init"});
    }
    return planned(
        Place::shim,
        {Phase::namespaces, "clone a process into new namespaces",
         "from here on it sees its own process list, mounts, network, host name and IPC: this is the container"},
        world::Clone{config.spaces, "init"});
}

std::vector<PlannedCall> plan_ids(const Config& config) {
    if (config.uids.empty()) {
        return {};
    }
    const Line line{Phase::namespaces, "say who is who in its user namespace",
                    "root inside is the ordinary user outside: what it may not do there, it may not do here"};
    return {planned(Place::shim, line, world::MapIds{plan::init_pid, config.uids, config.gids})};
}

std::vector<PlannedCall> plan_identity(const Config& config) {
    std::vector<PlannedCall> calls;
    const Line line{Phase::namespaces, "give the container its own name and cgroup view",
                    "the host name lives in the UTS namespace, so the host keeps its own"};
    if (config.cgroup_space) {
        calls.push_back(planned(Place::init, line, world::Unshare{{Space::cgroup}}));
    }
    calls.push_back(planned(Place::init, line, world::SetHostname{config.hostname}));
    return calls;
}

std::vector<PlannedCall> plan_program(const Config& config) {
    const Line give_up{Phase::exec, "give up what the program must not be able to do",
                       "root in a container is not root on the host: most capabilities and many system calls are gone"};
    const Line run{Phase::exec, "become the program",
                   "execve keeps the process and its number and replaces the program in it"};
    std::vector<PlannedCall> calls;
    if (config.terminal) {
        const Line open{Phase::exec, "open a terminal for it",
                        "a pair of ends in the container's own /dev/pts: one for the program, one for whoever types"};
        calls.push_back(planned(Place::init, open, world::OpenTerminal{config.uid, config.console}));
    }
    calls.push_back(planned(Place::init, give_up, world::ChangeDir{config.working_dir}));
    if (config.no_new_privileges) {
        calls.push_back(planned(Place::init, give_up, world::NoNewPrivileges{}));
    }
    // Without no_new_privs a filter needs CAP_SYS_ADMIN: it loads while we still hold it (seccomp(2)).
    if (!config.seccomp.empty()) {
        calls.push_back(planned(Place::init, give_up, world::LoadSeccomp{config.seccomp, config.seccomp_filter}));
    }
    calls.push_back(planned(Place::init, give_up, world::SetUser{config.uid, config.gid, config.groups}));
    calls.push_back(planned(Place::init, give_up, world::SetCapabilities{config.capabilities}));
    calls.push_back(planned(Place::init, run, world::CloseDescriptors{3}));
    calls.push_back(planned(Place::init, run,
                            world::Execute{config.argv.empty() ? "" : config.argv.front(), config.argv, config.env}));
    return calls;
}

std::vector<PlannedCall> plan_exec(const Config& config, std::int64_t pid) {
    const Line join{Phase::running, "join the container's namespaces",
                    "exec starts no container: a new process enters the rooms that are there"};
    std::vector<PlannedCall> calls;
    std::vector<Space> first{Space::pid};
    if (!config.uids.empty()) {  // in there whoever owns it may join the others, and not from outside
        first.insert(first.begin(), Space::user);
    }
    calls.push_back(planned(Place::shim, join, world::SetNamespace{pid, first}));
    calls.push_back(planned(Place::shim, join, world::Clone{{}, "exec"}));
    std::vector<Space> spaces{Space::ipc, Space::uts, Space::net};
    if (config.cgroup_space) {
        spaces.push_back(Space::cgroup);
    }
    spaces.push_back(Space::mount);  // last: behind it the host's /proc is out of sight
    calls.push_back(planned(Place::init, join, world::SetNamespace{pid, spaces}));
    for (PlannedCall& call : plan_program(config)) {
        call.phase = Phase::running;
        calls.push_back(std::move(call));
    }
    return calls;
}

}  // namespace cutaway::sandbox
