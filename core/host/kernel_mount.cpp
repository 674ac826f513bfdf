// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/kernel_calls.h"

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256UL  // since Linux 5.10
#endif

namespace cutaway::host {

namespace {

struct Flag {
    std::string_view option;
    std::string_view name;
    unsigned long bit;
    bool clears;
};

constexpr unsigned long propagation = MS_PRIVATE | MS_SLAVE | MS_SHARED | MS_UNBINDABLE;

// mount(8)'s words for mount(2)'s flags.
constexpr auto flags = std::to_array<Flag>({
    {"ro", "MS_RDONLY", MS_RDONLY, false},
    {"rw", "", MS_RDONLY, true},
    {"nosuid", "MS_NOSUID", MS_NOSUID, false},
    {"suid", "", MS_NOSUID, true},
    {"nodev", "MS_NODEV", MS_NODEV, false},
    {"dev", "", MS_NODEV, true},
    {"noexec", "MS_NOEXEC", MS_NOEXEC, false},
    {"exec", "", MS_NOEXEC, true},
    {"noatime", "MS_NOATIME", MS_NOATIME, false},
    {"nodiratime", "MS_NODIRATIME", MS_NODIRATIME, false},
    {"relatime", "MS_RELATIME", MS_RELATIME, false},
    {"strictatime", "MS_STRICTATIME", MS_STRICTATIME, false},
    {"sync", "MS_SYNCHRONOUS", MS_SYNCHRONOUS, false},
    {"dirsync", "MS_DIRSYNC", MS_DIRSYNC, false},
    {"mand", "MS_MANDLOCK", MS_MANDLOCK, false},
    {"silent", "MS_SILENT", MS_SILENT, false},
    {"iversion", "MS_I_VERSION", MS_I_VERSION, false},
    {"lazytime", "MS_LAZYTIME", MS_LAZYTIME, false},
    {"nosymfollow", "MS_NOSYMFOLLOW", MS_NOSYMFOLLOW, false},
    {"remount", "MS_REMOUNT", MS_REMOUNT, false},
    {"bind", "MS_BIND", MS_BIND, false},
    {"rec", "MS_REC", MS_REC, false},
    {"private", "MS_PRIVATE", MS_PRIVATE, false},
    {"slave", "MS_SLAVE", MS_SLAVE, false},
    {"shared", "MS_SHARED", MS_SHARED, false},
    {"unbindable", "MS_UNBINDABLE", MS_UNBINDABLE, false},
    {"rbind", "", MS_BIND | MS_REC, false},
    {"rprivate", "", MS_PRIVATE | MS_REC, false},
    {"rslave", "", MS_SLAVE | MS_REC, false},
    {"rshared", "", MS_SHARED | MS_REC, false},
});

Result<unsigned long> to_mount_flags(const std::vector<std::string>& options) {
    unsigned long bits = 0;
    for (const std::string& option : options) {
        bool known = option == "optional";
        for (const Flag& flag : flags) {
            if (flag.option == option) {
                bits = flag.clears ? bits & ~flag.bit : bits | flag.bit;
                known = true;
            }
        }
        if (!known) {
            return fail(Errc::invalid, "mount: no such option: " + option);
        }
    }
    return bits;
}

std::string mount_flags_text(unsigned long bits) {
    std::string text;
    for (const Flag& flag : flags) {
        if (!flag.name.empty() && (bits & flag.bit) == flag.bit) {
            text += (text.empty() ? "" : "|") + std::string(flag.name);
        }
    }
    return text.empty() ? "0" : text;
}

// What a mount(2) is given: the target by descriptor where an image chose the names on the way to it.
struct Spot {
    Fd fd;
    std::string path;   // for the kernel
    std::string shown;  // for the reader: what the descriptor leads to
};

// Absent targets beneath a container's root are made, as every engine does: a file for a file, else a directory.
Status make_target(Acting& acting, const world::Mount& call) {
    struct stat source {};
    const bool file = call.type == "bind" && ::stat(call.source.c_str(), &source) == 0 && !S_ISDIR(source.st_mode);
    const Located parent = TRY(locate_parent(acting, call.target));
    if (!file) {
        return acting.ledger.must("mkdirat", "…, " + quoted(parent.name) + ", 0755", call.target,
                                  [&] { return ::mkdirat(parent.fd.get(), parent.name.c_str(), 0755); });
    }
    const int fd =
        ::openat(parent.fd.get(), parent.name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_WRONLY, 0644);
    if (fd < 0) {
        return sys_error(errno, "make the file to mount on " + call.target);
    }
    ::close(fd);
    return {};
}

Result<Spot> spot_of(Acting& acting, const std::string& path) {
    if (!is_inside(acting, path)) {
        return Spot{{}, path, quoted(path)};
    }
    Located located = TRY(locate(acting, path));
    std::string by_fd = fd_path(located.fd.get());
    if (::access(by_fd.c_str(), F_OK) < 0) {
        return sys_error(errno, "reach " + path + " by descriptor: no /proc here");
    }
    std::string shown = quoted(by_fd) + "<" + path + ">";
    return Spot{std::move(located.fd), std::move(by_fd), std::move(shown)};
}

Result<Spot> target_of(Acting& acting, const world::Mount& call) {
    Result<Spot> spot = spot_of(acting, call.target);
    const bool absent = !spot && spot.error().code == Errc::not_found && is_inside(acting, call.target);
    if (absent) {
        TRY(make_target(acting, call));
        return spot_of(acting, call.target);
    }
    return spot;
}

struct Step {
    const std::string& source;
    std::string shown_source;
    const std::string& type;
    unsigned long bits;
};

Status mount_step(Acting& acting, const world::Mount& call, const Spot& target, const Step& step) {
    const char* type = step.type.empty() || step.type == "bind" ? nullptr : step.type.c_str();
    const std::string arguments = step.shown_source + ", " + target.shown + ", " +
                                  (type == nullptr ? "NULL" : quoted(step.type)) + ", " + mount_flags_text(step.bits) +
                                  ", " + (call.data.empty() ? "NULL" : quoted(call.data));
    return acting.ledger.must("mount", arguments, call.target, [&] {
        return ::mount(step.source.c_str(), target.path.c_str(), type, step.bits,
                       call.data.empty() ? nullptr : call.data.c_str());
    });
}

// What a remount does not name it takes away: nosuid and its kin stay as they are (mount(2), MS_REMOUNT | MS_BIND).
unsigned long kept_flags(const Spot& target) {
    struct statvfs seen {};
    if (::statvfs(target.path.c_str(), &seen) < 0) {
        return 0;
    }
    unsigned long bits = 0;
    bits |= (seen.f_flag & ST_RDONLY) != 0 ? static_cast<unsigned long>(MS_RDONLY) : 0UL;
    bits |= (seen.f_flag & ST_NOSUID) != 0 ? static_cast<unsigned long>(MS_NOSUID) : 0UL;
    bits |= (seen.f_flag & ST_NODEV) != 0 ? static_cast<unsigned long>(MS_NODEV) : 0UL;
    bits |= (seen.f_flag & ST_NOEXEC) != 0 ? static_cast<unsigned long>(MS_NOEXEC) : 0UL;
    return bits;
}

// Hidden: a directory under an empty read-only tmpfs, a file under the true /dev/null (CVE-2025-31133: the one an
// image forged would do as it likes). Nothing there: nothing to hide.
Done mask(Acting& acting, const world::Mount& call) {
    const Result<Spot> target = spot_of(acting, call.target);
    if (!target && target.error().code == Errc::not_found) {
        return world::Reply{};
    }
    if (!target) {
        return target.error();
    }
    const Spot& spot = *target;
    struct stat seen {};
    if (::stat(spot.path.c_str(), &seen) < 0) {
        return sys_error(errno, "look at " + call.target);
    }
    if (S_ISDIR(seen.st_mode)) {
        const std::string tmpfs = "tmpfs";
        TRY(mount_step(acting, call, spot, {tmpfs, quoted(tmpfs), tmpfs, MS_RDONLY}));
        return world::Reply{};
    }
    const Spot null = TRY(spot_of(acting, call.source));
    struct stat device {};
    if (::stat(null.path.c_str(), &device) < 0 || !S_ISCHR(device.st_mode) || device.st_rdev != ::makedev(1, 3)) {
        return fail(Errc::denied, "mask " + call.target + ": " + call.source + " is not the null device");
    }
    const std::string none;
    TRY(mount_step(acting, call, spot, {null.path, null.shown, none, MS_BIND}));
    return world::Reply{};
}

}  // namespace

// A bind mount takes read-only and its kin, and every mount its propagation, only in a second call (mount(2)).
Done perform(Acting& acting, const world::Mount& call) {
    if (call.type == "mask") {
        return mask(acting, call);
    }
    const auto optional = std::find(call.options.begin(), call.options.end(), "optional");
    if (optional != call.options.end() && !spot_of(acting, call.source)) {
        return world::Reply{};
    }
    unsigned long bits = TRY(to_mount_flags(call.options));
    bits |= call.type == "bind" ? static_cast<unsigned long>(MS_BIND) : 0UL;
    if (call.data.size() >= 4096) {
        return fail(Errc::unsupported, "mount " + call.target + ": its options are longer than a page");
    }
    const std::string none = "none";
    const unsigned long spread = bits & (propagation | MS_REC);
    const unsigned long first = bits & ~propagation;
    const bool only_spread = call.type.empty() && (bits & (MS_REMOUNT | MS_BIND)) == 0;
    Spot target = TRY(target_of(acting, call));
    if (!only_spread) {
        const bool bind = (bits & MS_BIND) != 0 && (bits & MS_REMOUNT) == 0;
        const Spot source = bind ? TRY(spot_of(acting, call.source)) : Spot{{}, call.source, quoted(call.source)};
        const bool remount = (bits & (MS_BIND | MS_REMOUNT)) == (MS_BIND | MS_REMOUNT);
        const unsigned long kept = remount ? kept_flags(target) : 0;
        TRY(mount_step(acting, call, target,
                       {source.path, source.shown, call.type, bind ? first & (MS_BIND | MS_REC) : first | kept}));
        const unsigned long rest = first & ~static_cast<unsigned long>(MS_BIND | MS_REC);
        if (bind && rest != 0) {
            target = TRY(target_of(acting, call));  // the path leads to the new mount now
            TRY(mount_step(acting, call, target,
                           {none, "\"none\"", none, rest | kept_flags(target) | MS_BIND | MS_REMOUNT}));
        }
    }
    if ((bits & propagation) != 0) {
        const std::string empty;
        target = TRY(target_of(acting, call));
        TRY(mount_step(acting, call, target, {none, "\"none\"", empty, spread}));
    }
    // An init binds its root to itself to make it a mount of its own: from here on it is the root to be guarded.
    if (call.type == "bind" && call.source == call.target && !acting.root.open()) {
        TRY(enter_root(acting, call.target));
    }
    return world::Reply{};
}

Done perform(Acting& acting, const world::Unmount& call) {
    const Spot target = TRY(spot_of(acting, call.target));
    const int extra = target.fd.open() ? 0 : UMOUNT_NOFOLLOW;
    const Status done = acting.ledger.must("umount2", target.shown + ", MNT_DETACH", call.target,
                                           [&] { return ::umount2(target.path.c_str(), MNT_DETACH | extra); });
    if (!done && done.error().sys_errno == EINVAL) {
        return Error{Errc::not_found, EINVAL, "umount2 " + call.target + ": nothing is mounted there"};
    }
    TRY(Status(done));
    return world::Reply{};
}

// pivot_root(".", "."): the old root comes to lie on the new one and is taken off from there; no directory is needed
// for it (pivot_root(2), notes).
Done perform(Acting& acting, const world::PivotRoot& call) {
    Ledger& ledger = acting.ledger;
    TRY(ledger.must("chdir", quoted(call.new_root), call.new_root, [&] { return ::chdir(call.new_root.c_str()); }));
    TRY(ledger.must("pivot_root", R"(".", ".")", call.new_root, [] { return ::syscall(SYS_pivot_root, ".", "."); }));
    TRY(ledger.must("umount2", R"(".", MNT_DETACH)", "the old root", [] { return ::umount2(".", MNT_DETACH); }));
    TRY(ledger.must("chdir", R"("/")", "/", [] { return ::chdir("/"); }));
    TRY(enter_root(acting, "/"));
    return world::Reply{};
}

}  // namespace cutaway::host
