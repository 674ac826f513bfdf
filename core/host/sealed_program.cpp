// SPDX-License-Identifier: Apache-2.0
#include "core/host/sealed_program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "core/host/error.h"
#include "core/host/syscall.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // since Linux 6.3
#endif

namespace cutaway::host {

namespace {

Result<Fd> make_memory_file() {
    int fd = ::memfd_create("cutaway-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (fd < 0 && errno == EINVAL) {  // an older kernel: every memory file may be executed
        fd = ::memfd_create("cutaway-init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    }
    if (fd < 0) {
        return sys_error(errno, "memfd_create");
    }
    return Fd(fd);
}

}  // namespace

Result<Fd> seal_program(const std::string& path) {
    const Fd file = TRY_IN("seal cutaway-init", open_file(path, O_RDONLY));
    Fd copy = TRY(make_memory_file());
    struct stat seen {};
    if (::fstat(file.get(), &seen) < 0) {
        return sys_error(errno, "stat " + path);
    }
    off_t at = 0;
    while (at < seen.st_size) {
        const ssize_t put = ::sendfile(copy.get(), file.get(), &at, static_cast<std::size_t>(seen.st_size - at));
        if (put < 0) {
            return sys_error(errno, "copy " + path);
        }
        if (put == 0) {
            return fail(Errc::io, "copy " + path + ": it became shorter");
        }
    }
    constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (::fcntl(copy.get(), F_ADD_SEALS, seals) < 0) {
        return sys_error(errno, "seal cutaway-init");
    }
    return copy;
}

Result<std::string> find_program(const std::string& name, const char* variable) {
    if (const char* given = std::getenv(variable); given != nullptr && *given != '\0') {
        return std::string(given);
    }
    std::array<char, PATH_MAX> self{};
    const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size());
    if (size <= 0) {
        return sys_error(errno, "read where this program is");
    }
    const std::string folder = parent_of(std::string(self.data(), static_cast<std::size_t>(size)));
    for (const std::string& path : {folder + "/" + name, folder + "/../lib/cutaway/" + name}) {
        if (::access(path.c_str(), R_OK) == 0) {
            return path;
        }
    }
    return fail(Errc::not_found,
                name + " is neither beside this program nor in ../lib/cutaway: set " + variable + " to where it is");
}

}  // namespace cutaway::host
