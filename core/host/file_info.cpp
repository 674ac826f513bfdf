// SPDX-License-Identifier: Apache-2.0
#include "core/host/file_info.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

using world::FileType;

FileType type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFDIR: return FileType::directory;
        case S_IFLNK: return FileType::symlink;
        case S_IFCHR: return FileType::character;
        case S_IFBLK: return FileType::block;
        case S_IFIFO: return FileType::fifo;
        case S_IFSOCK: return FileType::socket;
        default: return FileType::regular;
    }
}

class FileSource final : public world::Source {
public:
    explicit FileSource(Fd fd) : fd_(std::move(fd)) {}
    Result<std::size_t> read(std::span<char> into) override { return read_some(fd_.get(), into); }

private:
    Fd fd_;
};

}  // namespace

std::int64_t changed_ns(const std::string& path) {
    struct stat seen {};
    return ::stat(path.c_str(), &seen) < 0 ? 0 : to_info(seen).mtime_ns;
}

world::FileInfo to_info(const struct stat& seen) {
    world::FileInfo info;
    info.type = type_of(seen.st_mode);
    info.mode = seen.st_mode & 07777U;
    info.uid = seen.st_uid;
    info.gid = seen.st_gid;
    info.size = info.type == FileType::directory ? 0 : static_cast<std::uint64_t>(seen.st_size);
    info.mtime_ns = static_cast<std::int64_t>(seen.st_mtim.tv_sec) * 1'000'000'000 + seen.st_mtim.tv_nsec;
    if (info.type == FileType::character || info.type == FileType::block) {
        info.major = major(seen.st_rdev);
        info.minor = minor(seen.st_rdev);
    }
    return info;
}

void read_xattrs(const std::string& path, Links links, world::FileInfo& info) {
    const bool kept = links == Links::kept;
    std::array<char, 4096> names{};
    const ssize_t size = kept ? ::llistxattr(path.c_str(), names.data(), names.size())
                              : ::listxattr(path.c_str(), names.data(), names.size());
    for (ssize_t at = 0; at < size;) {
        const std::string name(names.data() + at);
        std::array<char, 4096> value{};
        const ssize_t length = kept ? ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size())
                                    : ::getxattr(path.c_str(), name.c_str(), value.data(), value.size());
        if (length >= 0) {
            info.xattrs.push_back({name, std::string(value.data(), static_cast<std::size_t>(length))});
        }
        at += static_cast<ssize_t>(name.size()) + 1;
    }
    std::sort(info.xattrs.begin(), info.xattrs.end(),
              [](const world::Pair& a, const world::Pair& b) { return a.name < b.name; });
}

Result<std::vector<world::DirEntry>> list_directory(Fd directory, const std::string& name) {
    DIR* dir = ::fdopendir(directory.get());
    if (dir == nullptr) {
        return sys_error(errno, "list " + name);
    }
    static_cast<void>(directory.release());  // closedir closes it
    std::vector<world::DirEntry> entries;
    while (const dirent* entry = ::readdir(dir)) {
        const std::string one(entry->d_name);
        struct stat seen {};
        if (one != "." && one != ".." && ::fstatat(::dirfd(dir), one.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0) {
            entries.push_back({one, type_of(seen.st_mode)});
        }
    }
    ::closedir(dir);
    std::sort(entries.begin(), entries.end(),
              [](const world::DirEntry& a, const world::DirEntry& b) { return a.name < b.name; });
    return entries;
}

std::unique_ptr<world::Source> source_of(Fd file) { return std::make_unique<FileSource>(std::move(file)); }

}  // namespace cutaway::host
