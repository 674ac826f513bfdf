// SPDX-License-Identifier: Apache-2.0
#include "core/host/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/error.h"
#include "core/host/file_info.h"
#include "core/host/remove_tree.h"
#include "core/host/save_file.h"
#include "core/host/syscall.h"
#include "core/host/tree_reader.h"
#include "core/host/tree_writer.h"

namespace cutaway::host {

namespace {

using world::FileType;

constexpr std::size_t biggest_read = std::size_t{64} << 20U;

class FileSink final : public world::Sink {
public:
    FileSink(NewFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
    FileSink(const FileSink&) = delete;
    FileSink& operator=(const FileSink&) = delete;
    ~FileSink() override {
        if (!file_.temporary.empty()) {
            static_cast<void>(::unlink(file_.temporary.c_str()));
        }
    }
    Status write(std::string_view bytes) override {
        if (Status status = write_all(file_.fd.get(), bytes); !status) {
            return in_context("write " + path_, std::move(status).error());
        }
        return {};
    }
    Status commit() override { return commit_file(file_, path_, Sync::yes); }

private:
    NewFile file_;
    std::string path_;
};

class FileLock final : public world::DiskLock {
public:
    explicit FileLock(Fd fd) : fd_(std::move(fd)) {}  // closing it unlocks

private:
    Fd fd_;
};

}  // namespace

Result<std::string> HostDisk::read(std::string_view path) { return read_file(std::string(path), biggest_read); }

Result<std::unique_ptr<world::Source>> HostDisk::open(std::string_view path) {
    Fd fd = TRY(open_file(std::string(path), O_RDONLY));
    return source_of(std::move(fd));
}

Result<world::FileInfo> HostDisk::stat(std::string_view path) {
    const std::string name(path);
    struct stat seen {};
    if (::lstat(name.c_str(), &seen) < 0) {
        return sys_error(errno, "stat " + name);
    }
    world::FileInfo info = to_info(seen);
    if (info.type == FileType::symlink) {
        std::array<char, 4097> link{};
        const ssize_t size = ::readlink(name.c_str(), link.data(), link.size());
        info.link.assign(link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    read_xattrs(name, Links::kept, info);
    return info;
}

Result<std::vector<world::DirEntry>> HostDisk::list(std::string_view path) {
    const std::string name(path);
    Fd fd = TRY(open_file(name, O_RDONLY | O_DIRECTORY));
    return list_directory(std::move(fd), name);
}

Status HostDisk::save(std::string_view path, std::string_view bytes, world::Durability durability) {
    return save_file(std::string(path), bytes, durability == world::Durability::durable ? Sync::yes : Sync::no);
}

Status HostDisk::append(std::string_view path, std::string_view bytes) { return append_file(std::string(path), bytes); }

Status HostDisk::overwrite(std::string_view path, std::string_view bytes) {
    const Fd file = TRY_IN("overwrite", open_file(std::string(path), O_WRONLY | O_TRUNC | O_NOFOLLOW));
    return write_all(file.get(), bytes);
}

Result<std::unique_ptr<world::Sink>> HostDisk::create(std::string_view path) {
    const std::string name(path);
    NewFile file = TRY_IN("create " + name, begin_file(name, 0600));
    return std::unique_ptr<world::Sink>(std::make_unique<FileSink>(std::move(file), name));
}

Status HostDisk::make_dir(std::string_view path, std::uint32_t mode) { return make_dirs(std::string(path), mode); }

Status HostDisk::rename(std::string_view from, std::string_view to) {
    const std::string source(from);
    const std::string target(to);
    if (::rename(source.c_str(), target.c_str()) < 0) {
        return sys_error(errno, "rename " + source + " to " + target);
    }
    const Fd folder = TRY(open_file(parent_of(target), O_RDONLY | O_DIRECTORY));
    return sync_fd(folder.get(), parent_of(target));
}

Status HostDisk::remove(std::string_view path) {
    std::uint64_t removed = 0;
    return remove_tree(std::string(path), removed);
}

Result<std::unique_ptr<world::TreeWriter>> HostDisk::tree(std::string_view root) {
    return make_tree_writer(std::string(root));
}

Result<std::unique_ptr<world::TreeReader>> HostDisk::reader(std::string_view root) {
    return make_tree_reader(std::string(root));
}

Result<std::unique_ptr<world::DiskLock>> HostDisk::lock(std::string_view path) {
    const std::string name(path);
    TRY(make_dirs(parent_of(name), 0700));
    Fd fd = TRY(open_file(name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    // Asked again and again rather than slept in: flock(2) knows no time-out, and a signal is no one thread's.
    for (;;) {
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
            return std::unique_ptr<world::DiskLock>(std::make_unique<FileLock>(std::move(fd)));
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return sys_error(errno, "lock " + name);
        }
        if (cancel_.requested()) {
            return fail(Errc::cancelled, "wait for the lock " + name);
        }
        const timespec pause{0, 5'000'000};
        static_cast<void>(::nanosleep(&pause, nullptr));
    }
}

}  // namespace cutaway::host
