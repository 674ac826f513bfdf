// SPDX-License-Identifier: Apache-2.0
#include "core/host/save_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::uint32_t private_mode = 0600;  // the store is root's; nobody reads a secret from it in passing
constexpr std::uint32_t log_mode = 0640;

std::string beside(const std::string& path) {
    std::uint64_t random = 0;
    static_cast<void>(::getrandom(&random, sizeof random, 0));
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(random));
    return parent_of(path) + "/.new-" + text;
}

}  // namespace

Status make_dirs(const std::string& path, std::uint32_t mode) {
    if (::mkdir(path.c_str(), mode) == 0) {
        return {};
    }
    const int error = errno;
    if (error == ENOENT && path.size() > 1) {
        TRY(make_dirs(parent_of(path), mode));
        return ::mkdir(path.c_str(), mode) == 0 || errno == EEXIST ? Status{}
                                                                   : Status(sys_error(errno, "mkdir " + path));
    }
    struct stat seen {};
    if (error == EEXIST && ::stat(path.c_str(), &seen) == 0 && S_ISDIR(seen.st_mode)) {
        return {};
    }
    return sys_error(error == EEXIST ? ENOTDIR : error, "mkdir " + path);
}

Result<NewFile> begin_file(const std::string& path, std::uint32_t mode) {
    NewFile file;
    file.temporary = beside(path);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    Result<Fd> fd = open_file(file.temporary, flags, mode);
    if (!fd && fd.error().code == Errc::not_found) {
        TRY(make_dirs(parent_of(path), 0700));
        fd = open_file(file.temporary, flags, mode);
    }
    file.fd = TRY(std::move(fd));
    return file;
}

Status commit_file(NewFile& file, const std::string& path, Sync sync) {
    if (sync == Sync::yes) {
        TRY(sync_fd(file.fd.get(), path));
    }
    file.fd.reset();
    if (::rename(file.temporary.c_str(), path.c_str()) < 0) {
        return sys_error(errno, "rename to " + path);
    }
    file.temporary.clear();
    if (sync == Sync::yes) {
        const Fd folder = TRY(open_file(parent_of(path), O_RDONLY | O_DIRECTORY));
        TRY(sync_fd(folder.get(), parent_of(path)));
    }
    return {};
}

Status save_file(const std::string& path, std::string_view bytes, Sync sync) {
    NewFile file = TRY_IN("save " + path, begin_file(path, private_mode));
    Status status = write_all(file.fd.get(), bytes);
    status = status ? commit_file(file, path, sync) : status;
    if (!status) {
        static_cast<void>(::unlink(file.temporary.c_str()));
        return in_context("save " + path, std::move(status).error());
    }
    return {};
}

Status append_file(const std::string& path, std::string_view bytes) {
    constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW;
    Result<Fd> fd = open_file(path, flags, log_mode);
    if (!fd && fd.error().code == Errc::not_found) {
        TRY(make_dirs(parent_of(path), 0700));
        fd = open_file(path, flags, log_mode);
    }
    const Fd file = TRY_IN("append", std::move(fd));
    return write_all(file.get(), bytes);
}

}  // namespace cutaway::host
