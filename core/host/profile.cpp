// SPDX-License-Identifier: Apache-2.0
#include "core/host/profile.h"

#include <linux/magic.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "core/host/nft_rule.h"
#include "core/host/syscall.h"
#include "core/host/user_facts.h"

namespace cutaway::host {

namespace {

// uname(2)'s machine as image platforms name it.
void set_architecture(const std::string& machine, world::MachineProfile& profile) {
    struct Name {
        std::string_view uname;
        std::string_view architecture;
        std::string_view variant;
    };
    for (const Name& name : {Name{"x86_64", "amd64", ""}, Name{"aarch64", "arm64", "v8"}, Name{"armv7l", "arm", "v7"},
                             Name{"armv6l", "arm", "v6"}, Name{"i686", "386", ""}, Name{"riscv64", "riscv64", ""},
                             Name{"ppc64le", "ppc64le", ""}, Name{"s390x", "s390x", ""}}) {
        if (name.uname == machine) {
            profile.architecture = name.architecture;
            profile.variant = name.variant;
        }
    }
}

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> found;
    for (std::string word; in >> word;) {
        found.push_back(word);
    }
    return found;
}

bool is_v2(const std::string& path) {
    struct statfs seen {};
    return ::statfs(path.c_str(), &seen) == 0 && static_cast<unsigned long>(seen.f_type) == CGROUP2_SUPER_MAGIC;
}

// v1 controllers by the directory that they are mounted on, which is what a path needs.
std::vector<std::string> mounted_v1() {
    std::vector<std::string> found;
    std::istringstream lines(read_file("/proc/self/mounts").value_or(""));
    const std::string root = "/sys/fs/cgroup/";
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> fields = words(line);
        const bool v1 = fields.size() > 3 && fields[2] == "cgroup" && fields[1].rfind(root, 0) == 0;
        if (v1 && fields[3].find("name=") == std::string::npos) {
            found.push_back(fields[1].substr(root.size()));
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void set_cgroups(world::MachineProfile& profile) {
    if (is_v2("/sys/fs/cgroup")) {
        profile.cgroup = world::CgroupLayout::v2;
        profile.controllers = words(read_file("/sys/fs/cgroup/cgroup.controllers").value_or(""));
        return;
    }
    profile.cgroup = is_v2("/sys/fs/cgroup/unified") ? world::CgroupLayout::hybrid : world::CgroupLayout::v1;
    profile.controllers = mounted_v1();
}

// Whether nf_tables answers; nobody but root may ask, so for others a program that drives it speaks for it.
std::string firewall() {
    if (const Status there = find_nf_tables()) {
        return "nft";
    } else if (there.error().sys_errno != EPERM) {
        return "none";
    }
    for (const char* path : {"/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"}) {
        if (::access(path, X_OK) == 0) {
            return "nft";
        }
    }
    return "none";
}

// Root inside is this user, and nobody else is there.
void set_user(world::MachineProfile& profile) {
    if (::geteuid() == 0) {
        return;
    }
    profile.uids = {{0, ::geteuid(), 1}};
    profile.gids = {{0, ::getegid(), 1}};
    profile.user_network = network_program();
}

}  // namespace

world::MachineProfile host_profile(const std::string& data_root, const std::string& run_root) {
    world::MachineProfile profile;
    utsname name{};
    if (::uname(&name) == 0) {
        profile.hostname = name.nodename;
        profile.kernel = name.release;
        set_architecture(name.machine, profile);
    }
    struct sysinfo memory {};
    if (::sysinfo(&memory) == 0) {
        profile.memory = static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
        profile.swap = static_cast<std::uint64_t>(memory.totalswap) * memory.mem_unit;
    }
    profile.cpus = static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    set_cgroups(profile);
    profile.firewall = firewall();
    set_user(profile);
    profile.data_root = data_root;
    profile.run_root = run_root;
    return profile;
}

}  // namespace cutaway::host
