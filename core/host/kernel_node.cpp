// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "core/host/kernel_calls.h"
#include "core/host/remove_tree.h"

namespace cutaway::host {

Done perform(Acting& acting, const world::MakeDir& call) {
    const Located parent = TRY(locate_parent(acting, call.path));
    const int here = parent.fd.get();
    const std::string arguments = quoted(call.path) + ", " + octal(call.mode);
    const auto made =
        acting.ledger.call("mkdir", arguments, [&] { return ::mkdirat(here, parent.name.c_str(), call.mode); });
    if (made < 0 && acting.ledger.error() == EEXIST) {
        struct stat seen {};
        if (::fstatat(here, parent.name.c_str(), &seen, 0) == 0 && S_ISDIR(seen.st_mode)) {
            return world::Reply{};
        }
        return sys_error(ENOTDIR, "mkdir " + call.path);
    }
    if (made < 0) {
        return sys_error(acting.ledger.error(), "mkdir " + call.path);
    }
    // The umask took bits away that the plan had asked for.
    if (::fchmodat(here, parent.name.c_str(), call.mode, 0) < 0) {
        return sys_error(errno, "chmod " + call.path);
    }
    return world::Reply{};
}

namespace {

// In a user namespace no device can be made; the host's own is laid over an empty file there.
Status bind_node(Acting& acting, const world::MakeNode& call, const Located& parent) {
    const int fd =
        ::openat(parent.fd.get(), parent.name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_WRONLY, 0644);
    if (fd < 0) {
        return sys_error(errno, "mknod " + call.path);
    }
    const Fd file(fd);
    const std::string source = "/dev/" + parent.name;
    struct stat seen {};
    const bool same = ::lstat(source.c_str(), &seen) == 0 && S_ISCHR(seen.st_mode) &&
                      seen.st_rdev == ::makedev(call.major, call.minor);
    if (!same) {
        return fail(Errc::denied, "mknod " + call.path + ": not permitted, and the host has no such device to lend");
    }
    return acting.ledger.must(
        "mount", quoted(source) + ", " + quoted(call.path) + ", NULL, MS_BIND, NULL", call.path,
        [&] { return ::mount(source.c_str(), fd_path(file.get()).c_str(), nullptr, MS_BIND, nullptr); });
}

}  // namespace

Done perform(Acting& acting, const world::MakeNode& call) {
    const Located parent = TRY(locate_parent(acting, call.path));
    const mode_t mode = S_IFCHR | call.mode;
    const std::string arguments = quoted(call.path) + ", S_IFCHR|" + octal(call.mode) + ", makedev(" +
                                  std::to_string(call.major) + ", " + std::to_string(call.minor) + ")";
    const auto made = acting.ledger.call("mknod", arguments, [&] {
        return ::mknodat(parent.fd.get(), parent.name.c_str(), mode, ::makedev(call.major, call.minor));
    });
    if (made < 0 && acting.ledger.error() == EPERM) {
        TRY(bind_node(acting, call, parent));
        return world::Reply{};
    }
    if (made < 0) {
        return sys_error(acting.ledger.error(), "mknod " + call.path);
    }
    if (::fchmodat(parent.fd.get(), parent.name.c_str(), call.mode, 0) < 0) {
        return sys_error(errno, "chmod " + call.path);
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::MakeSymlink& call) {
    const Located parent = TRY(locate_parent(acting, call.path));
    TRY(acting.ledger.must("symlink", quoted(call.target) + ", " + quoted(call.path), call.path,
                           [&] { return ::symlinkat(call.target.c_str(), parent.fd.get(), parent.name.c_str()); }));
    return world::Reply{};
}

// CVE-2024-21626: a working directory that a leaked descriptor led to lies outside the root; the kernel then answers
// "(unreachable)…", which glibc's getcwd would hide.
Done perform(Acting& acting, const world::ChangeDir& call) {
    TRY(acting.ledger.must("chdir", quoted(call.path), call.path, [&] { return ::chdir(call.path.c_str()); }));
    std::array<char, PATH_MAX> where{};
    TRY(acting.ledger.must("getcwd", "…", call.path,
                           [&] { return ::getcwd(where.data(), where.size()) == nullptr ? -1 : 0; }));
    if (where[0] != '/') {
        return fail(Errc::denied, "chdir " + call.path + ": that directory lies outside the container's root");
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::RemovePath& call) {
    const std::string arguments = quoted(call.path);
    std::uint64_t removed = 0;
    const Status done = remove_tree(call.path, removed);
    static_cast<void>(acting.ledger.call("unlinkat", arguments, [&] { return done ? 0 : -1; }));
    TRY(Status(done));
    world::Reply reply;
    reply.details.push_back({"removed", std::to_string(removed)});
    return reply;
}

Done perform(Acting& acting, const world::RenamePath& call) {
    TRY(acting.ledger.must("rename", quoted(call.from) + ", " + quoted(call.to), call.from,
                           [&] { return ::rename(call.from.c_str(), call.to.c_str()); }));
    return world::Reply{};
}

}  // namespace cutaway::host
