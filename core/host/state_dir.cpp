// SPDX-License-Identifier: Apache-2.0
#include "core/host/state_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/base/hex.h"
#include "core/host/error.h"
#include "core/host/file_info.h"
#include "core/host/save_file.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t largest = std::size_t{1} << 30U;
constexpr std::string_view unfinished = ".new";

// Field 22 of /proc/PID/stat, counted behind the command's closing parenthesis: it may contain anything.
std::string start_time(const std::string& pid) {
    const Result<std::string> text = read_file("/proc/" + pid + "/stat", 4096);
    const std::size_t end = text ? text->rfind(')') : std::string::npos;
    if (end == std::string::npos) {
        return {};
    }
    std::size_t at = end + 1;
    for (int field = 3; field < 22 && at != std::string::npos; ++field) {
        at = text->find(' ', at + 1);
    }
    return at == std::string::npos ? std::string() : text->substr(at + 1, text->find(' ', at + 1) - at - 1);
}

// Whoever died while it replaced a file left the new one under another name. The lock is held: nobody is at it now.
void sweep(const std::string& folder) {
    Result<Fd> directory = open_file(folder, O_RDONLY | O_DIRECTORY);
    DIR* entries = directory ? ::fdopendir(directory->get()) : nullptr;
    if (entries == nullptr) {
        return;
    }
    static_cast<void>(directory->release());  // closedir closes it
    while (const dirent* entry = ::readdir(entries)) {
        const std::string_view name(entry->d_name);
        constexpr std::size_t digits = 64;  // nothing but our own names: the root may be any folder of the person's
        if (name.size() == digits + unfinished.size() && name.ends_with(unfinished) && is_hex(name.substr(0, digits))) {
            ::unlinkat(::dirfd(entries), entry->d_name, 0);
        }
    }
    ::closedir(entries);
}

}  // namespace

Result<StateDir> StateDir::open(const std::string& path) {
    TRY(make_dirs(path, 0700));
    Fd lock = TRY(open_file(path + "/lock", O_RDWR | O_CREAT, 0600));
    return StateDir(path, std::move(lock));
}

Status StateDir::lock() {
    while (::flock(lock_.get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
            return sys_error(errno, "flock " + where("lock"));
        }
    }
    sweep(where("objects"));
    return {};
}

void StateDir::unlock() { ::flock(lock_.get(), LOCK_UN); }

Result<std::optional<std::string>> StateDir::read(const std::string& name) const {
    Result<std::string> bytes = read_file(where(name), largest);
    if (!bytes && bytes.error().sys_errno == ENOENT) {
        return std::optional<std::string>();
    }
    if (!bytes) {
        return std::move(bytes).error();
    }
    return std::optional<std::string>(std::move(*bytes));
}

Status StateDir::make_parent(const std::string& name) const {
    return name.find('/') == std::string::npos ? Status() : make_dirs(parent_of(where(name)), 0700);
}

Status StateDir::replace(const std::string& name, std::string_view bytes) const {
    TRY(make_parent(name));
    const std::string temporary = where(name) + std::string(unfinished);
    {
        const Fd file = TRY(open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600));
        TRY(write_all(file.get(), bytes));
    }
    if (::rename(temporary.c_str(), where(name).c_str()) != 0) {
        return sys_error(errno, "rename " + temporary);
    }
    return {};
}

Status StateDir::append(const std::string& name, std::string_view bytes) const {
    TRY(make_parent(name));
    const Fd file = TRY(open_file(where(name), O_WRONLY | O_CREAT | O_APPEND, 0600));
    return write_all(file.get(), bytes);
}

Result<std::uint64_t> StateDir::size(const std::string& name) const {
    struct stat info {};
    if (::stat(where(name).c_str(), &info) != 0) {
        return errno == ENOENT ? Result<std::uint64_t>(std::uint64_t{0}) : sys_error(errno, "stat " + where(name));
    }
    return static_cast<std::uint64_t>(info.st_size);
}

Status StateDir::cut(const std::string& name, std::uint64_t size) const {
    if (::truncate(where(name).c_str(), static_cast<off_t>(size)) != 0) {
        return sys_error(errno, "truncate " + where(name));
    }
    return {};
}

Status StateDir::remove(const std::string& name) const {
    if (::unlink(where(name).c_str()) != 0 && errno != ENOENT) {
        return sys_error(errno, "unlink " + where(name));
    }
    return {};
}

Result<std::vector<std::string>> StateDir::names(const std::string& folder) const {
    std::vector<std::string> names;
    Result<Fd> directory = open_file(where(folder), O_RDONLY | O_DIRECTORY);
    if (!directory && directory.error().sys_errno == ENOENT) {
        return names;
    }
    for (world::DirEntry& entry : TRY(list_directory(TRY(std::move(directory)), where(folder)))) {
        names.push_back(std::move(entry.name));
    }
    return names;
}

Result<std::string> StateDir::set_aside(const std::vector<std::string>& names) {
    TRY(lock());
    std::string folder;
    Status moved;
    for (const std::string& name : names) {
        struct stat info {};
        if (::stat(where(name).c_str(), &info) != 0) {
            continue;
        }
        for (int i = 1; folder.empty(); ++i) {
            const std::string next = where("aside-" + std::to_string(i));
            if (::mkdir(next.c_str(), 0700) == 0) {
                folder = next;
            } else if (errno != EEXIST) {
                unlock();
                return sys_error(errno, "mkdir " + next);
            }
        }
        if (::rename(where(name).c_str(), (folder + "/" + name).c_str()) != 0) {
            moved = sys_error(errno, "rename " + where(name));
            break;
        }
    }
    unlock();
    TRY(moved);
    return folder;
}

std::string this_process() {
    const std::string pid = std::to_string(::getpid());
    return pid + ":" + start_time(pid);
}

bool process_lives(const std::string& process) {
    const std::size_t colon = process.find(':');
    return colon != std::string::npos && start_time(process.substr(0, colon)) == process.substr(colon + 1) &&
           colon + 1 < process.size();
}

std::int64_t wall_clock_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

void sleep_ns(std::int64_t ns) {
    const timespec wanted{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    ::nanosleep(&wanted, nullptr);
}

}  // namespace cutaway::host
