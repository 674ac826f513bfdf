// SPDX-License-Identifier: Apache-2.0
#include "core/host/tree_writer.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "core/host/error.h"
#include "core/host/remove_tree.h"
#include "core/host/save_file.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

using world::FileInfo;
using world::FileType;
using world::TreeEntry;

constexpr std::size_t longest_path = 4096;
constexpr std::size_t most_open = 64;  // directories of one tree

Error about(int number, std::string_view doing, const std::string& path) {
    return sys_error(number, std::string(doing) + " " + path);
}

// "./a//b/../c" is refused where it climbs; what is left is names.
Result<std::vector<std::string>> split(std::string_view path) {
    if (path.size() > longest_path) {
        return fail(Errc::invalid, "a name in the archive is longer than 4096 bytes");
    }
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (name == ".." || name.find('\0') != std::string_view::npos) {
            return fail(Errc::invalid, "a name in the archive leads out of its root");
        }
        if (!name.empty() && name != ".") {
            names.emplace_back(name);
        }
    }
    return names;
}

mode_t type_bits(FileType type) {
    switch (type) {
        case FileType::character: return S_IFCHR;
        case FileType::block: return S_IFBLK;
        case FileType::fifo: return S_IFIFO;
        default: return S_IFREG;
    }
}

struct LateDirectory {
    std::vector<std::string> names;
    std::int64_t mtime_ns = 0;
    std::uint32_t mode = 0;
};

std::array<timespec, 2> times_of(std::int64_t mtime_ns) {
    constexpr std::int64_t second = 1'000'000'000;
    std::int64_t seconds = mtime_ns / second;
    std::int64_t rest = mtime_ns % second;
    if (rest < 0) {
        rest += second;
        --seconds;
    }
    const timespec when{static_cast<time_t>(seconds), static_cast<long>(rest)};
    return {when, when};
}

class HostTreeWriter final : public world::TreeWriter {
public:
    HostTreeWriter(Fd root, std::string path) : root_(std::move(root)), path_(std::move(path)) {}

    Status add(const TreeEntry& entry) override;
    Status write(std::string_view bytes) override;
    Status whiteout(std::string_view path) override;
    Status opaque(std::string_view directory) override;
    Status finish() override;

private:
    struct Spot {
        int directory = -1;  // one of open_, or the root
        std::string name;
    };
    struct OpenDirectory {
        std::string name;
        Fd fd;
    };
    Result<int> walk(const std::vector<std::string>& names, bool make);
    Result<Fd> step_into(int here, const std::string& name, bool make);
    void forget_below(std::size_t depth) { open_.resize(std::min(open_.size(), depth)); }
    Result<Spot> spot_for(const std::vector<std::string>& names);
    Status clear(const Spot& spot, std::size_t depth, bool keep_directory);
    Status make(const Spot& spot, const TreeEntry& entry);
    Status link(const Spot& spot, const TreeEntry& entry);
    Status dress(const Spot& spot, const TreeEntry& entry);
    Status close_file();

    Fd root_;
    std::string path_;
    // The way to the directory that was used last, from the root: an archive's next entry is most often near. Whoever
    // takes a name away forgets what was opened below it.
    std::vector<OpenDirectory> open_;
    Fd deep_;  // what lies deeper than are kept open
    Fd file_;  // the regular file whose bytes follow
    TreeEntry entry_;
    Spot spot_;
    std::vector<LateDirectory> late_;
    // Not root: all is this user's own, and a directory that its owner may not write to becomes so in the end.
    const bool ordinary_ = ::geteuid() != 0;
};

// Something that is no directory on the way is replaced by one where a child is to be made: an archive may say so, and
// a link there must not be followed.
Result<Fd> HostTreeWriter::step_into(int here, const std::string& name, bool make) {
    Result<Fd> next = open_at(here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (next || !make) {
        return next;
    }
    const bool other = next.error().sys_errno == ENOTDIR || next.error().sys_errno == ELOOP;
    if (other && ::unlinkat(here, name.c_str(), 0) < 0) {
        return about(errno, "replace", name);
    }
    if (::mkdirat(here, name.c_str(), 0755) < 0 && errno != EEXIST) {
        return about(errno, "mkdir", name);
    }
    return open_at(here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

// The directory that the names lead to; good until the next walk.
Result<int> HostTreeWriter::walk(const std::vector<std::string>& names, bool make) {
    std::size_t known = 0;
    while (known < open_.size() && known < names.size() && open_[known].name == names[known]) {
        ++known;
    }
    forget_below(known);
    int here = open_.empty() ? root_.get() : open_.back().fd.get();
    for (std::size_t i = known; i < names.size(); ++i) {
        Fd next = TRY(step_into(here, names[i], make));
        here = next.get();
        if (i < most_open) {
            open_.push_back({names[i], std::move(next)});
        } else {
            deep_ = std::move(next);
        }
    }
    return here;
}

Result<HostTreeWriter::Spot> HostTreeWriter::spot_for(const std::vector<std::string>& names) {
    const std::vector<std::string> above(names.begin(), names.end() - 1);
    return Spot{TRY(walk(above, true)), names.back()};
}

Status HostTreeWriter::clear(const Spot& spot, std::size_t depth, bool keep_directory) {
    struct stat seen {};
    if (::fstatat(spot.directory, spot.name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? Status{} : Status(about(errno, "look at", spot.name));
    }
    if (S_ISDIR(seen.st_mode)) {
        std::uint64_t removed = 0;
        if (!keep_directory) {
            forget_below(depth);
        }
        return keep_directory ? Status{} : remove_tree_at(spot.directory, spot.name, removed);
    }
    if (::unlinkat(spot.directory, spot.name.c_str(), 0) < 0) {
        return about(errno, "replace", spot.name);
    }
    return {};
}

Status HostTreeWriter::make(const Spot& spot, const TreeEntry& entry) {
    const int at = spot.directory;
    const char* name = spot.name.c_str();
    const FileInfo& info = entry.info;
    int made = 0;
    if (info.type == FileType::directory) {
        made = ::mkdirat(at, name, 0700);
        made = made < 0 && errno == EEXIST ? 0 : made;
    } else if (info.type == FileType::symlink) {
        made = ::symlinkat(info.link.c_str(), at, name);
    } else if (info.type == FileType::regular) {
        file_ = TRY_IN(entry.path, open_at(at, spot.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    } else if (info.type == FileType::socket) {
        return fail(Errc::invalid, "an archive cannot hold a socket: " + entry.path);
    } else {
        made = ::mknodat(at, name, type_bits(info.type) | 0600U, ::makedev(info.major, info.minor));
    }
    return made < 0 ? Status(about(errno, "make", entry.path)) : Status{};
}

// Absolute targets are legal and mean the root of the tree; the target is found without following anything.
Status HostTreeWriter::link(const Spot& spot, const TreeEntry& entry) {
    const std::vector<std::string> names = TRY(split(entry.hardlink));
    if (names.empty()) {
        return fail(Errc::invalid, "a hard link to the root: " + entry.path);
    }
    // The way to the new name closes when the way to the old one opens.
    const Fd into = TRY_IN(entry.path, open_at(spot.directory, ".", O_RDONLY | O_DIRECTORY));
    const int from = TRY_IN(entry.path, walk({names.begin(), names.end() - 1}, false));
    if (::linkat(from, names.back().c_str(), into.get(), spot.name.c_str(), 0) < 0) {
        return about(errno, "link " + entry.path + " to", entry.hardlink);
    }
    return {};
}

Status HostTreeWriter::dress(const Spot& spot, const TreeEntry& entry) {
    const int at = spot.directory;
    const char* name = spot.name.c_str();
    const FileInfo& info = entry.info;
    if (!ordinary_ && ::fchownat(at, name, info.uid, info.gid, AT_SYMLINK_NOFOLLOW) < 0) {
        return about(errno, "chown", entry.path);
    }
    if (!info.xattrs.empty()) {
        // By the directory's descriptor: there is no setxattrat before Linux 6.13.
        const std::string path = fd_path(at) + "/" + spot.name;
        for (const world::Pair& pair : info.xattrs) {
            const int set = ::lsetxattr(path.c_str(), pair.name.c_str(), pair.value.data(), pair.value.size(), 0);
            const bool tolerable =
                errno == EOPNOTSUPP || (errno == EPERM && (ordinary_ || pair.name.rfind("user.", 0) == 0));
            if (set < 0 && !tolerable) {
                return about(errno, "set " + pair.name + " of", entry.path);
            }
        }
    }
    const std::uint32_t still = ordinary_ && info.type == FileType::directory ? 0700U : 0U;
    if (info.type != FileType::symlink && ::fchmodat(at, name, (info.mode & 07777U) | still, 0) < 0) {
        return about(errno, "chmod", entry.path);
    }
    const std::array<timespec, 2> times = times_of(info.mtime_ns);
    if (info.type != FileType::directory && ::utimensat(at, name, times.data(), AT_SYMLINK_NOFOLLOW) < 0) {
        return about(errno, "set the time of", entry.path);
    }
    return {};
}

Status HostTreeWriter::close_file() {
    if (!file_.open()) {
        return {};
    }
    file_.reset();
    return dress(spot_, entry_);
}

Status HostTreeWriter::add(const TreeEntry& entry) {
    TRY(close_file());
    const std::vector<std::string> names = TRY(split(entry.path));
    if (names.empty()) {  // the root itself: a directory's metadata, and nothing else may stand there
        if (entry.info.type != FileType::directory || !entry.hardlink.empty()) {
            return fail(Errc::invalid, "an archive replaces the root of its tree");
        }
        late_.push_back({names, entry.info.mtime_ns, entry.info.mode});
        return dress(Spot{root_.get(), "."}, entry);
    }
    const Spot spot = TRY_IN(entry.path, spot_for(names));
    const bool directory = entry.hardlink.empty() && entry.info.type == FileType::directory;
    if (!entry.hardlink.empty()) {
        if (TRY(split(entry.hardlink)) == names) {
            return {};  // to itself: there already
        }
        TRY(clear(spot, names.size() - 1, false));
        return link(spot, entry);
    }
    TRY(clear(spot, names.size() - 1, directory));
    TRY(make(spot, entry));
    if (directory) {
        late_.push_back({names, entry.info.mtime_ns, entry.info.mode});
    }
    if (file_.open()) {
        entry_ = entry;
        spot_ = spot;
        return {};
    }
    return dress(spot, entry);
}

Status HostTreeWriter::write(std::string_view bytes) {
    if (!file_.open()) {
        return fail(Errc::internal, "write into a tree: no regular file was begun");
    }
    return write_all(file_.get(), bytes);
}

// overlay(5): a character device 0:0 hides a name, trusted.overlay.opaque hides all below a directory; who is not root
// writes it as user.overlay.opaque, which an overlay with userxattr reads.
Status HostTreeWriter::whiteout(std::string_view path) {
    TRY(close_file());
    const std::vector<std::string> names = TRY(split(path));
    if (names.empty()) {
        return fail(Errc::invalid, "an archive hides the root of its tree");
    }
    const Spot spot = TRY(spot_for(names));
    struct stat seen {};
    if (::fstatat(spot.directory, spot.name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0) {
        return {};  // this layer has one of its own: a whiteout reaches the layers below only, and an upper name hides them
    }
    if (::mknodat(spot.directory, spot.name.c_str(), S_IFCHR, ::makedev(0, 0)) < 0) {
        return about(errno, "make the whiteout", std::string(path));
    }
    return {};
}

Status HostTreeWriter::opaque(std::string_view directory) {
    TRY(close_file());
    const int fd = TRY(walk(TRY(split(directory)), true));
    const char* mark = ordinary_ ? "user.overlay.opaque" : "trusted.overlay.opaque";
    if (::fsetxattr(fd, mark, "y", 1, 0) < 0) {
        return about(errno, "make opaque", std::string(directory));
    }
    return {};
}

Status HostTreeWriter::finish() {
    TRY(close_file());
    for (auto late = late_.rbegin(); late != late_.rend(); ++late) {
        const Result<int> directory = walk(late->names, false);
        if (directory && ordinary_ && (late->mode & 0700U) != 0700U && ::fchmod(*directory, late->mode & 07777U) < 0) {
            return about(errno, "set a directory's mode in", path_);
        }
        const std::array<timespec, 2> times = times_of(late->mtime_ns);
        if (directory && ::futimens(*directory, times.data()) < 0) {
            return about(errno, "set a directory's time in", path_);
        }
    }
    if (::syncfs(root_.get()) < 0) {
        return about(errno, "sync", path_);
    }
    return {};
}

// chattr +T on the directory in which folders with names of their own are made, one a tree: ext4 then spreads them by
// their names. A tree after another was removed does not search the freshly freed inodes again (docs/real-world.md).
void spread_below(const std::string& directory) {
    const Result<Fd> fd = open_file(directory, O_RDONLY | O_DIRECTORY);
    long flags = 0;
    if (fd && ::ioctl(fd->get(), FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_TOPDIR_FL) == 0) {
        flags |= FS_TOPDIR_FL;
        static_cast<void>(::ioctl(fd->get(), FS_IOC_SETFLAGS, &flags));
    }
}

// The folder a tree is in ("layers/.new-…") is what is spread; "fs" in it would always hash to one place.
Status make_parent(const std::string& parent) {
    struct stat seen {};
    if (::stat(parent.c_str(), &seen) == 0) {
        return {};
    }
    const std::string above = parent_of(parent);
    TRY(make_dirs(above, 0700));
    spread_below(above);
    return make_dirs(parent, 0700);
}

}  // namespace

Result<std::unique_ptr<world::TreeWriter>> make_tree_writer(const std::string& root) {
    TRY(make_parent(parent_of(root)));
    TRY(make_dirs(root, 0755));
    Fd fd = TRY(open_file(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return std::unique_ptr<world::TreeWriter>(std::make_unique<HostTreeWriter>(std::move(fd), root));
}

}  // namespace cutaway::host
