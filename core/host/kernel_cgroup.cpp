// SPDX-License-Identifier: Apache-2.0
// Cgroups and sysctls: small files of pseudo file systems. Paths come absolute from the planner, for v1, v2 and hybrid
// alike; the file system's type is checked, so that nothing is ever written into a look-alike (CVE-2019-16884).
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

constexpr int removal_tries = 400;  // a killed process leaves its cgroup a little later
constexpr long removal_pause_ns = 5'000'000;

Status check_type(int fd, std::initializer_list<unsigned long> magics, const std::string& path) {
    struct statfs seen {};
    if (::fstatfs(fd, &seen) < 0) {
        return sys_error(errno, "statfs " + path);
    }
    const auto type = static_cast<unsigned long>(seen.f_type);
    if (std::find(magics.begin(), magics.end(), type) == magics.end()) {
        return fail(Errc::denied, "write " + path + ": it does not lie in the kernel's own file system");
    }
    return {};
}

Status write_checked(Ledger& ledger, const std::string& path, const std::string& value,
                     std::initializer_list<unsigned long> magics) {
    const Fd fd = TRY(open_file(path, O_WRONLY | O_NOFOLLOW));
    TRY(check_type(fd.get(), magics, path));
    const std::string arguments = quoted(path) + ", " + quoted(value) + ", " + std::to_string(value.size());
    return ledger.must("write", arguments, path, [&] { return ::write(fd.get(), value.data(), value.size()); });
}

constexpr std::string_view mount_point = "/sys/fs/cgroup/";

bool is_v2(const std::string& path) {
    struct statfs seen {};
    return ::statfs(path.c_str(), &seen) == 0 && static_cast<unsigned long>(seen.f_type) == CGROUP2_SUPER_MAGIC;
}

// A v2 controller works in a cgroup only if every cgroup above passes it on. What cannot be passed on (threaded, or
// processes of its own) is told by the write of a limit, where somebody asked for one.
void pass_controllers_on(Ledger& ledger, const std::string& parent) {
    const Result<std::string> offered = read_file(parent + "/cgroup.controllers");
    std::string rest = offered ? *offered : std::string();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
        const std::string change = "+" + rest.substr(0, end);
        rest.erase(0, end + 1);
        if (change.size() > 1) {
            static_cast<void>(
                ledger.call("write", quoted(parent + "/cgroup.subtree_control") + ", " + quoted(change),
                            [&] { return write_file(parent + "/cgroup.subtree_control", change) ? 0 : -1; }));
        }
    }
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

// "$PARENT": what the cgroup above has; a v1 cpuset starts empty, and so does the one above if we made it.
Result<std::string> inherited(Ledger& ledger, const std::string& path, const std::string& file) {
    const std::string above = parent_of(path);
    const std::string value = trimmed(TRY(read_file(above + "/" + file)));
    if (!value.empty() || above.size() <= mount_point.size()) {
        return value;
    }
    const std::string from_above = TRY(inherited(ledger, above, file));
    TRY(write_checked(ledger, above + "/" + file, from_above, {CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC}));
    return from_above;
}

}  // namespace

Done perform(Acting& acting, const world::MakeCgroup& call) {
    if (call.path.rfind(mount_point, 0) != 0) {
        return fail(Errc::invalid, "make a cgroup: not below /sys/fs/cgroup: " + call.path);
    }
    for (std::size_t slash = call.path.find('/', mount_point.size()); slash != std::string::npos;
         slash = call.path.find('/', slash + 1)) {
        const std::string part = call.path.substr(0, slash);
        if (::mkdir(part.c_str(), 0755) < 0 && errno != EEXIST) {
            return sys_error(errno, "mkdir " + part);
        }
        if (is_v2(part)) {
            pass_controllers_on(acting.ledger, parent_of(part));
            pass_controllers_on(acting.ledger, part);
        }
    }
    const auto made =
        acting.ledger.call("mkdir", quoted(call.path) + ", 0755", [&] { return ::mkdir(call.path.c_str(), 0755); });
    if (made < 0 && acting.ledger.error() != EEXIST) {
        return sys_error(acting.ledger.error(), "mkdir " + call.path);
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::WriteCgroup& call) {
    const std::string value =
        call.value == "$PARENT" ? TRY(inherited(acting.ledger, call.path, call.file)) : call.value;
    TRY(write_checked(acting.ledger, call.path + "/" + call.file, value, {CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC}));
    return world::Reply{};
}

Done perform(Acting& acting, const world::RemoveCgroup& call) {
    int error = EBUSY;
    for (int tries = 0; tries < removal_tries && error == EBUSY; ++tries) {
        if (::rmdir(call.path.c_str()) == 0) {
            static_cast<void>(acting.ledger.call("rmdir", quoted(call.path), [] { return 0; }));
            return world::Reply{};
        }
        error = errno;
        const timespec pause{0, removal_pause_ns};
        static_cast<void>(error == EBUSY ? ::nanosleep(&pause, nullptr) : 0);
    }
    return sys_error(error, "rmdir " + call.path);
}

Done perform(Acting& acting, const world::SetOomScore& call) {
    TRY(write_checked(acting.ledger, "/proc/self/oom_score_adj", std::to_string(call.value), {PROC_SUPER_MAGIC}));
    return world::Reply{};
}

Done perform(Acting& acting, const world::WriteSysctl& call) {
    std::string path = "/proc/sys/" + call.key;
    std::replace(path.begin() + 10, path.end(), '.', '/');
    if (path.find("/../") != std::string::npos || call.key.find('/') != std::string::npos) {
        return fail(Errc::invalid, "sysctl: not a key: " + call.key);
    }
    TRY(write_checked(acting.ledger, path, call.value, {PROC_SUPER_MAGIC}));
    return world::Reply{};
}

}  // namespace cutaway::host
