// SPDX-License-Identifier: Apache-2.0
#include "core/host/doctor.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <span>
#include <string_view>

#include "core/host/engine_door.h"
#include "core/host/error.h"
#include "core/host/kernel.h"
#include "core/host/nft_rule.h"
#include "core/host/profile.h"
#include "core/host/sealed_program.h"
#include "core/host/syscall.h"
#include "core/host/user_facts.h"

namespace cutaway::host {

namespace {

// Tries something in a child; the answer is its errno, 0 for "it works". The child is a copy of a program that may have
// threads: it takes no lock of ours, and memory it may take, since glibc's fork leaves malloc in order.
using Attempt = int (*)();

int attempt(Attempt what) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(what());
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

template <int Flags>
int try_unshare() {
    return ::unshare(Flags) == 0 ? 0 : errno;
}

int own_mounts() {
    if (::unshare(CLONE_NEWNS) < 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
        ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) < 0) {
        return errno;
    }
    return 0;
}

int try_overlay() {
    if (const int error = own_mounts(); error != 0) {
        return error;
    }
    for (const char* folder : {"/tmp/l", "/tmp/u", "/tmp/w", "/tmp/m"}) {
        if (::mkdir(folder, 0755) < 0) {
            return errno;
        }
    }
    return ::mount("overlay", "/tmp/m", "overlay", 0, "lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w") == 0 ? 0
                                                                                                             : errno;
}

int try_openat2() {
    struct {
        std::uint64_t flags = O_PATH | O_CLOEXEC;
        std::uint64_t mode = 0;
        std::uint64_t resolve = 0x10;  // RESOLVE_IN_ROOT
    } how;
    return ::syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how) >= 0 ? 0 : errno;
}

int try_pidfd() { return ::syscall(SYS_pidfd_open, ::getpid(), 0) >= 0 ? 0 : errno; }

int try_seccomp() {
    const std::uint32_t action = SECCOMP_RET_ERRNO;
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? 0 : errno;
}

// Links are made through the room's own code, in a network namespace of the child's own.
template <int Which>
int try_link() {
    if (::unshare(CLONE_NEWNET) < 0) {
        return errno;
    }
    HostKernel kernel;
    const Result<world::Reply> made =
        Which == 0 ? kernel.perform(world::MakeBridge{"cut0"}) : kernel.perform(world::MakeVeth{"cut0", "cut1"});
    return made ? 0 : made.error().sys_errno == 0 ? EIO : made.error().sys_errno;
}

struct Probe {
    const char* name;
    Attempt what;
    bool required;
    const char* remedy;
    bool anybodys = false;  // needs no root
};

constexpr const char* as_root = "run it as root, on a machine or in a virtual machine that is yours";
constexpr const char* newer = "this takes a newer kernel, or one built with it";

constexpr auto probes = std::to_array<Probe>({
    {"mount namespaces", &try_unshare<CLONE_NEWNS>, true, as_root},
    {"pid namespaces", &try_unshare<CLONE_NEWPID>, true, as_root},
    {"network namespaces", &try_unshare<CLONE_NEWNET>, true, as_root},
    {"ipc namespaces", &try_unshare<CLONE_NEWIPC>, true, as_root},
    {"uts namespaces", &try_unshare<CLONE_NEWUTS>, true, as_root},
    {"cgroup namespaces", &try_unshare<CLONE_NEWCGROUP>, true, as_root},
    {"user namespaces", &try_unshare<CLONE_NEWUSER>, false,
     "sysctl user.max_user_namespaces (and kernel.unprivileged_userns_clone on Debian) must allow them"},
    {"overlay mounts", &try_overlay, true, "load the module overlay, or run as root"},
    {"path resolution inside a root (openat2)", &try_openat2, true, "this takes Linux 5.6", true},
    {"process descriptors (pidfd_open)", &try_pidfd, true, "this takes Linux 5.3", true},
    {"seccomp filters", &try_seccomp, false, newer, true},
    {"bridges", &try_link<0>, false,
     "load the module bridge, or run as root; containers with --network none need none"},
    {"veth pairs", &try_link<1>, false,
     "load the module veth, or run as root; containers with --network none need none"},
});

Check run(const Probe& probe) {
    const int error = attempt(probe.what);
    const std::string seen = error == 0 ? "works" : sys_error(error, errno_name(error)).doing;
    return {probe.name, error == 0, probe.required, seen, error == 0 ? "" : probe.remedy};
}

Check check_root() {
    const bool root = ::geteuid() == 0;
    return {"root", root, true, "user id " + std::to_string(::geteuid()), root ? "" : "run it with sudo"};
}

Check check_cgroups(const world::MachineProfile& profile) {
    std::string list;
    for (const std::string& name : profile.controllers) {
        list += (list.empty() ? "" : " ") + name;
    }
    const bool good = !list.empty() && ::access("/sys/fs/cgroup", W_OK) == 0;
    return {"cgroups", good, true,
            std::string(to_name(profile.cgroup)) + ": " + (list.empty() ? "no controllers" : list),
            good ? "" : "mount /sys/fs/cgroup and run as root"};
}

Check check_init() {
    const Result<std::string> path = find_program("cutaway-init", "CUTAWAY_INIT");
    return {"the program cutaway-init", path.has_value(), true, path ? *path : path.error().doing,
            path ? "" : "install it beside cutaway, or set CUTAWAY_INIT"};
}

Check check_subordinate_ids() {
    const std::string text = read_file("/etc/subuid").value_or("");
    return {"subordinate ids", !text.empty(), false, text.empty() ? "/etc/subuid is empty" : "/etc/subuid has entries",
            text.empty() ? "usermod --add-subuids; only rootless containers need them" : ""};
}

Check check_firewall() {
    const Status there = find_nf_tables();
    return {"address translation (nf_tables)", there.has_value(), false, there ? "works" : there.error().doing,
            there ? "" : "load the module nf_tables, or run as root; containers with --network none need none"};
}

Check check_seccomp_module() {
    const Result<std::string> path = find_program("libcutaway-seccomp.so", "CUTAWAY_SECCOMP");
    return {"the module libcutaway-seccomp.so", path.has_value(), false, path ? *path : path.error().doing,
            path ? "" : "install it beside cutaway; --security-opt seccomp=unconfined does without"};
}

}  // namespace

Status has_root(const std::string& what) {
    if (::geteuid() == 0) {
        return {};
    }
    return fail(Errc::denied, what +
                                  " takes root: run it with sudo, or ask an engine that has it (--engine; sudo "
                                  "cutaway engine --socket " +
                                  std::string(usual_socket) + " starts one)");
}

Status may_act() {
    if (::geteuid() == 0) {
        return {};
    }
    Status may = may_have_user_namespace();
    if (may) {
        return {};
    }
    Error error = std::move(may).error();
    error.doing +=
        ", so the real world takes root: run it with sudo, ask an engine that has it (--engine; sudo cutaway "
        "engine --socket " +
        std::string(usual_socket) + " starts one), or leave out --world real";
    return error;
}

namespace {

// A user namespace in which this user is root, and an overlay in it: what a rootless container would stand on.
int try_overlay_as_root_of_ones_own() {
    const std::string users = "0 " + std::to_string(::geteuid()) + " 1";
    const std::string groups = "0 " + std::to_string(::getegid()) + " 1";
    if (::unshare(CLONE_NEWUSER) < 0) {
        return errno;
    }
    if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", users) ||
        !write_file("/proc/self/gid_map", groups)) {
        return EPERM;
    }
    if (const int error = own_mounts(); error != 0) {
        return error;
    }
    for (const char* folder : {"/tmp/l", "/tmp/u", "/tmp/w", "/tmp/m"}) {
        if (::mkdir(folder, 0755) < 0) {
            return errno;
        }
    }
    const char* options = "userxattr,lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w";
    return ::mount("overlay", "/tmp/m", "overlay", 0, options) == 0 ? 0 : errno;
}

Check check_network_program() {
    const std::string usable = network_program();
    const bool there = !found_in_path("slirp4netns").empty();
    return {"a network without root", !usable.empty(), false,
            !usable.empty() ? usable
            : there         ? "/dev/net/tun is not for " + user_name(::geteuid())
                            : "not in PATH: slirp4netns",
            !usable.empty() ? ""
            : there         ? "chmod 666 /dev/net/tun; without it there is --network none"
                            : "install slirp4netns; without it there is --network none"};
}

Check check_users() {
    return {"several users in a container", false, false, "one is mapped: this one, who is root inside",
            "sudo, or an engine of root's (cutaway engine); without them --user is 0:0"};
}

Check check_limits() {
    return {"limits, pause and stats", false, false, "no cgroup is made for an ordinary user's containers",
            "sudo, or an engine of root's (cutaway engine)"};
}

}  // namespace

std::vector<Check> examine_rootless() {
    std::vector<Check> checks{check_init(),
                              run({"an overlay in a user namespace", &try_overlay_as_root_of_ones_own, true,
                                   "sysctl user.max_user_namespaces must allow one, and the kernel be 5.11 or newer"})};
    for (const Probe& probe : probes) {
        if (probe.anybodys) {
            checks.push_back(run(probe));
        }
    }
    for (Check& check :
         std::vector<Check>{check_seccomp_module(), check_users(), check_limits(), check_network_program()}) {
        checks.push_back(std::move(check));
    }
    return checks;
}

Check check_engine(const std::string& socket) {
    const Result<Fd> answered = knock_at_engine(socket);
    if (answered) {
        return {"an engine for an ordinary user", true, false, "listens at " + socket, ""};
    }
    return {"an engine for an ordinary user", false, false, answered.error().doing,
            "sudo cutaway engine --socket " + socket + "; only command lines of others than root need one"};
}

std::vector<Check> examine_machine() {
    const world::MachineProfile profile = host_profile("", "");
    std::vector<Check> checks{check_root(), check_init(), check_cgroups(profile)};
    for (const Probe& probe : probes) {
        checks.push_back(run(probe));
    }
    checks.push_back(check_seccomp_module());
    checks.push_back(check_firewall());
    checks.push_back(check_subordinate_ids());
    return checks;
}

}  // namespace cutaway::host
