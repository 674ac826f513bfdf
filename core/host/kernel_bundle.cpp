// SPDX-License-Identifier: Apache-2.0
// What only an OCI bundle's config.json asks of a kernel (core/world/bundle_call.h).
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

struct Limit {
    std::string_view name;
    decltype(RLIMIT_NOFILE) which;
};

constexpr auto limits = std::to_array<Limit>({
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_STACK", RLIMIT_STACK},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
});

mode_t type_bits(const std::string& type) { return type == "b" ? S_IFBLK : type == "p" ? S_IFIFO : S_IFCHR; }

// A root file system may bring its own /dev; what is there already must be the device that was asked for.
Status must_be_same(int directory, const std::string& name, const world::MakeDevice& call) {
    struct stat seen {};
    if (::fstatat(directory, name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) < 0) {
        return sys_error(errno, "look at " + call.path);
    }
    const bool numbers = call.type == "p" || seen.st_rdev == ::makedev(call.major, call.minor);
    if ((seen.st_mode & S_IFMT) != type_bits(call.type) || !numbers) {
        return fail(Errc::exists, "mknod " + call.path + ": something else is there already");
    }
    return {};
}

}  // namespace

Done perform(Acting& acting, const world::JoinNamespace& call) {
    const Fd space = TRY(open_file(call.path, O_RDONLY));
    struct statfs seen {};
    if (::fstatfs(space.get(), &seen) < 0 || static_cast<unsigned long>(seen.f_type) != NSFS_MAGIC) {
        return fail(Errc::invalid, "join " + call.path + ": not a namespace");
    }
    const auto bits = static_cast<int>(to_flags({call.space}));
    TRY(acting.ledger.must("setns", quoted(call.path) + ", " + flags_text({call.space}), call.path,
                           [&] { return ::setns(space.get(), bits); }));
    return world::Reply{};
}

// A kernel without keyrings has no keys to keep apart.
Done perform(Acting& acting, const world::NewSession& call) {
    if (!call.terminal) {
        TRY(acting.ledger.must("setsid", "", "", [] { return ::setsid(); }));
    }
    if (!call.keyring.empty()) {
        const auto ring = acting.ledger.call("keyctl", "KEYCTL_JOIN_SESSION_KEYRING, " + quoted(call.keyring), [&] {
            return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, call.keyring.c_str(), 0, 0, 0);
        });
        if (ring < 0 && acting.ledger.error() != ENOSYS) {
            return sys_error(acting.ledger.error(), "keyctl " + call.keyring);
        }
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::SetLimit& call) {
    for (const Limit& one : limits) {
        if (one.name == call.resource) {
            const rlimit limit{call.soft, call.hard};
            const std::string arguments =
                call.resource + ", {" + std::to_string(call.soft) + ", " + std::to_string(call.hard) + "}";
            TRY(acting.ledger.must("setrlimit", arguments, call.resource,
                                   [&] { return ::setrlimit(one.which, &limit); }));
            return world::Reply{};
        }
    }
    return fail(Errc::invalid, "setrlimit: no such resource: " + call.resource);
}

Done perform(Acting& acting, const world::SetUmask& call) {
    static_cast<void>(acting.ledger.call("umask", octal(call.mask), [&] { return ::umask(call.mask & 0777U); }));
    return world::Reply{};
}

Done perform(Acting& acting, const world::MakeDevice& call) {
    const Located parent = TRY(locate_parent(acting, call.path));
    const int here = parent.fd.get();
    const std::string arguments = quoted(call.path) + ", " + call.type + " " + octal(call.mode) + ", makedev(" +
                                  std::to_string(call.major) + ", " + std::to_string(call.minor) + ")";
    const auto made = acting.ledger.call("mknod", arguments, [&] {
        return ::mknodat(here, parent.name.c_str(), type_bits(call.type) | (call.mode & 07777U),
                         ::makedev(call.major, call.minor));
    });
    if (made < 0 && acting.ledger.error() == EEXIST) {
        TRY(must_be_same(here, parent.name, call));
        return world::Reply{};
    }
    if (made < 0) {
        return sys_error(acting.ledger.error(), "mknod " + call.path);
    }
    if (::fchownat(here, parent.name.c_str(), call.uid, call.gid, AT_SYMLINK_NOFOLLOW) < 0 ||
        ::fchmodat(here, parent.name.c_str(), call.mode & 07777U, 0) < 0) {
        return sys_error(errno, "chown and chmod " + call.path);
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::FindProgram& call) {
    int worst = ENOENT;
    for (const std::string& path : program_candidates(call.path, call.env)) {
        struct stat seen {};
        const auto found = acting.ledger.call("faccessat", quoted(path) + ", X_OK",
                                              [&] { return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS); });
        if (found == 0 && ::stat(path.c_str(), &seen) == 0 && S_ISREG(seen.st_mode)) {
            return world::Reply{};
        }
        const bool denied = found == 0 || acting.ledger.error() == EACCES;
        worst = denied ? EACCES : worst;
    }
    return sys_error(worst, "execve " + call.path);
}

}  // namespace cutaway::host
