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
    {"path resolution inside a root (openat2)", &try_openat2, true, "this takes Linux 5.6"},
    {"process descriptors (pidfd_open)", &try_pidfd, true, "this takes Linux 5.3"},
    {"seccomp filters", &try_seccomp, false, newer},
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

Status may_act() {
    if (::geteuid() == 0) {
        return {};
    }
    return fail(Errc::denied,
                "the real world takes root: run it with sudo, ask an engine that has it (--engine; sudo cutaway engine "
                "--socket " +
                    std::string(usual_socket) + " starts one), or leave out --world real");
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

std::string found_in_path(const char* program) {
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    while (!rest.empty()) {
        const std::string_view folder = rest.substr(0, rest.find(':'));
        std::string file = std::string(folder) + "/" + program;
        if (::access(file.c_str(), X_OK) == 0) {
            return file;
        }
        rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    }
    return {};
}

Check check_either(const char* name, std::span<const char* const> programs, const char* remedy) {
    std::string absent;
    for (const char* program : programs) {
        if (const std::string file = found_in_path(program); !file.empty()) {
            return {name, true, false, file, ""};
        }
        absent += (absent.empty() ? "" : " and ") + std::string(program);
    }
    return {name, false, false, "not in PATH: " + absent, remedy};
}

Check check_own_range() {
    const std::string text = read_file("/etc/subuid").value_or("");
    const std::string number = std::to_string(::geteuid());
    for (const std::string& who : {user_name(::geteuid()), number}) {
        if (("\n" + text).find("\n" + who + ":") != std::string::npos) {
            return {"a range of subordinate ids", true, false, "/etc/subuid has one for " + who, ""};
        }
    }
    return {
        "a range of subordinate ids", false, false, "/etc/subuid has none for " + user_name(::geteuid()),
        "usermod --add-subuids 100000-165535 --add-subgids 100000-165535; with one id alone a container has one user"};
}

Check check_delegation() {
    const std::string text = read_file("/proc/self/cgroup").value_or("");
    const std::size_t at = ("\n" + text).find("\n0::");
    const std::string own = at == std::string::npos ? "" : text.substr(at + 3, text.find('\n', at) - at - 3);
    const bool ours = !own.empty() && ::access(("/sys/fs/cgroup" + own + "/cgroup.procs").c_str(), W_OK) == 0;
    return {"a cgroup of one's own (v2, delegated)", ours, false,
            ours          ? own
            : own.empty() ? "there is no unified hierarchy"
                          : own + " belongs to somebody else",
            ours ? "" : "log in through systemd, or systemd-run --user --scope; without it there are no limits"};
}

}  // namespace

std::vector<Check> examine_rootless() {
    constexpr std::array<const char*, 1> mapper{"newuidmap"};
    constexpr std::array<const char*, 2> network{"pasta", "slirp4netns"};
    return {
        run({"an overlay in a user namespace", &try_overlay_as_root_of_ones_own, false,
             "sysctl user.max_user_namespaces must allow one, and the kernel be 5.11 or newer"}),
        check_own_range(),
        check_either("a program that maps the range", mapper, "install uidmap; without it a container has one user"),
        check_delegation(),
        check_either("a network without root", network, "install passt; without it there is --network none")};
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
