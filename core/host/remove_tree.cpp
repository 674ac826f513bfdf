// SPDX-License-Identifier: Apache-2.0
#include "core/host/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr int deepest = 1024;  // descriptors are held on the way down

struct Name {
    std::string text;
    bool directory = false;
};

long open_beneath(int parent, const std::string& name, std::uint64_t flags) {
    open_how how{};
    how.flags = flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = RESOLVE_NO_XDEV | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    return ::syscall(SYS_openat2, parent, name.c_str(), &how, sizeof how);
}

// Root is not asked for permission. An ordinary user owns what they remove, and an overlay's work directory has mode 0.
void permit_owner(int parent, const std::string& name) {
    const Fd there(static_cast<int>(open_beneath(parent, name, O_PATH)));
    struct stat seen {};
    constexpr mode_t all = 0700;
    if (there.open() && ::fstat(there.get(), &seen) == 0 && (seen.st_mode & all) != all) {
        static_cast<void>(::chmod(fd_path(there.get()).c_str(), all));
    }
}

// A directory beneath `parent` on the same mount.
Result<Fd> open_same_mount(int parent, const std::string& name) {
    if (::geteuid() != 0) {
        permit_owner(parent, name);
    }
    const long fd = open_beneath(parent, name, O_RDONLY);
    if (fd < 0) {
        return sys_error(errno,
                         errno == EXDEV ? "remove " + name + ": something is still mounted there" : "open " + name);
    }
    return Fd(static_cast<int>(fd));
}

Result<std::vector<Name>> names_in(int fd) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR* dir = copy < 0 ? nullptr : ::fdopendir(copy);
    if (dir == nullptr) {
        return sys_error(errno, "read a directory");
    }
    std::vector<Name> names;
    while (const dirent* entry = ::readdir(dir)) {
        const std::string name(entry->d_name);
        if (name != "." && name != "..") {
            names.push_back({name, entry->d_type == DT_DIR});
        }
    }
    ::closedir(dir);
    return names;
}

Status remove_below(int parent, const std::string& name, int depth, std::uint64_t& removed) {
    if (depth > deepest) {
        return fail(Errc::invalid, "remove a tree: more than 1024 directories deep");
    }
    {
        const Fd here = TRY(open_same_mount(parent, name));
        for (const Name& one : TRY(names_in(here.get()))) {
            if (!one.directory && ::unlinkat(here.get(), one.text.c_str(), 0) == 0) {
                ++removed;
                continue;
            }
            if (one.directory || errno == EISDIR) {
                TRY(remove_below(here.get(), one.text, depth + 1, removed));
            } else if (errno != ENOENT) {
                return sys_error(errno, "unlink " + one.text);
            }
        }
    }
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT) {
        return sys_error(errno, "rmdir " + name);
    }
    ++removed;
    return {};
}

}  // namespace

Status remove_tree(const std::string& path, std::uint64_t& removed) {
    if (::unlink(path.c_str()) == 0) {
        ++removed;
        return {};
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return {};
    }
    if (errno != EISDIR) {
        return sys_error(errno, "remove " + path);
    }
    const Fd parent = TRY(open_file(parent_of(path), O_PATH | O_DIRECTORY));
    return remove_below(parent.get(), name_of(path), 0, removed);
}

Status remove_tree_at(int parent, const std::string& name, std::uint64_t& removed) {
    return remove_below(parent, name, 0, removed);
}

}  // namespace cutaway::host
