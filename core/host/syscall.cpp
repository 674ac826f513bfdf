// SPDX-License-Identifier: Apache-2.0
#include "core/host/syscall.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/host/error.h"

namespace cutaway::host {

void Fd::reset() {
    if (number_ >= 0) {
        static_cast<void>(::close(number_));
        number_ = -1;
    }
}

namespace {

Error path_error(int number, std::string_view call, std::string_view path) {
    return sys_error(number, std::string(call) + " " + std::string(path));
}

template <class Call>
auto again(Call&& call) {  // EINTR: a signal came first, nothing was done
    auto got = call();
    while (got < 0 && errno == EINTR) {
        got = call();
    }
    return got;
}

}  // namespace

Result<Fd> open_file(const std::string& path, int flags, std::uint32_t mode) {
    return open_at(AT_FDCWD, path, flags, mode);
}

Result<Fd> open_at(int directory, const std::string& name, int flags, std::uint32_t mode) {
    const int fd = again([&] { return ::openat(directory, name.c_str(), flags | O_CLOEXEC, mode); });
    if (fd < 0) {
        return path_error(errno, "open", name);
    }
    return Fd(fd);
}

Result<Fd> open_folder(const std::string& path) { return open_file(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }

Result<Fd> create_file(const std::string& path) {
    return open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

Result<Fd> open_in_root(int root, std::string_view path, int flags, std::uint32_t mode) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    const std::string text = path.empty() ? "/" : std::string(path);
    // EAGAIN: a rename or mount raced with the walk; the manual says to try again.
    for (int tries = 0; tries < 64; ++tries) {
        const long fd = again([&] { return ::syscall(SYS_openat2, root, text.c_str(), &how, sizeof how); });
        if (fd >= 0) {
            return Fd(static_cast<int>(fd));
        }
        if (errno != EAGAIN) {
            break;
        }
    }
    return path_error(errno, "openat2", text);
}

Result<std::size_t> read_some(int fd, std::span<char> into) {
    const ssize_t got = again([&] { return ::read(fd, into.data(), into.size()); });
    if (got < 0) {
        return sys_error(errno, "read");
    }
    return static_cast<std::size_t>(got);
}

Status write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = again([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (put < 0) {
            return sys_error(errno, "write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Result<std::string> read_all(int fd, std::size_t limit) {
    std::string text;
    struct stat info {};
    if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {  // what the kernel makes up says 0, and is short
        text.resize(std::min(limit, static_cast<std::size_t>(info.st_size)));
        std::size_t got = 0;
        for (std::size_t more = 1; more != 0 && got < text.size(); got += more) {
            more = TRY(read_some(fd, std::span(text).subspan(got)));
        }
        text.resize(got);
    }
    std::array<char, 16384> piece;
    for (;;) {
        const std::size_t got = TRY(read_some(fd, piece));
        if (got == 0) {
            return text;
        }
        if (text.size() + got > limit) {
            return fail(Errc::invalid, "read: more than " + std::to_string(limit) + " bytes");
        }
        text.append(piece.data(), got);
    }
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const Fd fd = TRY(open_file(path, O_RDONLY));
    return TRY_IN(path, read_all(fd.get(), limit));
}

Status write_file(const std::string& path, std::string_view bytes) {
    const Fd fd = TRY(open_file(path, O_WRONLY));
    // One write: a cgroup file takes its value whole or answers why not.
    const ssize_t put = again([&] { return ::write(fd.get(), bytes.data(), bytes.size()); });
    if (put < 0) {
        return path_error(errno, "write", path);
    }
    return {};
}

Status sync_fd(int fd, std::string_view what) {
    if (again([&] { return ::fsync(fd); }) < 0) {
        return path_error(errno, "fsync", what);
    }
    return {};
}

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) < 0) {
        return sys_error(errno, "pipe2");
    }
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<int> open_pidfd(std::int64_t pid) {
    const long fd = ::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0);  // close-on-exec by itself
    if (fd < 0) {
        return sys_error(errno, "pidfd_open " + std::to_string(pid));
    }
    return static_cast<int>(fd);
}

Result<bool> wait_readable(int fd, int timeout_ms) {
    pollfd one{fd, POLLIN, 0};
    const int ready = ::poll(&one, 1, timeout_ms);
    if (ready < 0 && errno != EINTR) {
        return sys_error(errno, "poll");
    }
    return ready > 0;
}

Result<std::string> working_directory() {
    std::array<char, 4096> path{};
    if (::getcwd(path.data(), path.size()) == nullptr) {
        return sys_error(errno, "getcwd");
    }
    return std::string(path.data());
}

std::string parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) {
        return ".";
    }
    return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string name_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string fd_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace cutaway::host
