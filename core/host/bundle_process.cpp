// SPDX-License-Identifier: Apache-2.0
#include "core/host/bundle_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>

#include "core/host/error.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

// Names of directories below `path`, unsorted.
std::vector<std::string> directories_in(const std::string& path) {
    std::vector<std::string> names;
    DIR* dir = ::opendir(path.c_str());
    if (dir == nullptr) {
        return names;
    }
    while (const dirent* entry = ::readdir(dir)) {
        const std::string name(entry->d_name);
        if (entry->d_type == DT_DIR && name != "." && name != "..") {
            names.push_back(name);
        }
    }
    ::closedir(dir);
    return names;
}

}  // namespace

// The name before may hold anything, so fields are counted from its closing bracket: the third is the state.
std::optional<std::uint64_t> born_of(std::int64_t pid) {
    if (pid <= 0) {
        return std::nullopt;
    }
    const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat", 1 << 16).value_or("");
    std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
    std::string word;
    for (int number = 3; number <= 22 && rest >> word; ++number) {
        if (number == 3 && (word == "Z" || word == "X")) {
            return std::nullopt;
        }
        if (number == 22) {
            return std::strtoull(word.c_str(), nullptr, 10);
        }
    }
    return std::nullopt;
}

Status become_reaper() {
    return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? Status(sys_error(errno, "prctl")) : Status();
}

std::optional<ExitFacts> await_child(std::int64_t pid, int milliseconds) {
    const Fd pidfd(open_pidfd(pid).value_or(-1));
    if (pidfd.open() && !wait_readable(pidfd.get(), milliseconds).value_or(false)) {
        return std::nullopt;
    }
    int status = 0;
    pid_t ended = 0;
    do {
        ended = ::waitpid(static_cast<pid_t>(pid), &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended < 0 ? ExitFacts{} : to_exit(status);
}

std::vector<std::string> cgroups_below(const std::string& cgroup) {
    std::vector<std::string> all;
    for (const std::string& name : directories_in(cgroup)) {
        const std::vector<std::string> deeper = cgroups_below(cgroup + "/" + name);
        all.insert(all.end(), deeper.begin(), deeper.end());
    }
    all.push_back(cgroup);
    return all;
}

std::vector<std::int64_t> members_of(const std::string& cgroup) {
    std::vector<std::int64_t> pids;
    for (const std::string& one : cgroups_below(cgroup)) {
        std::istringstream text(read_file(one + "/cgroup.procs").value_or(""));
        for (std::int64_t pid = 0; text >> pid;) {
            pids.push_back(pid);
        }
    }
    std::sort(pids.begin(), pids.end());
    return pids;
}

Result<std::string> real_path(const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), std::free);
    if (resolved == nullptr) {
        return sys_error(errno, path);
    }
    return std::string(resolved.get());
}

Status claim_folder(const std::string& path) {
    return ::mkdir(path.c_str(), 0700) < 0 ? Status(sys_error(errno, "mkdir " + path)) : Status();
}

std::vector<std::string> folders_in(const std::string& path) {
    std::vector<std::string> names = directories_in(path);
    std::sort(names.begin(), names.end());
    return names;
}

// "name:password:uid:gid:gecos:home:shell", in a tree that a stranger made: found by descriptor, read as text only.
std::string home_in(const std::string& root, std::uint32_t uid) {
    constexpr std::size_t longest = std::size_t{1} << 20U;
    const Result<Fd> tree = open_file(root, O_PATH | O_DIRECTORY);
    const Result<Fd> file =
        tree ? open_in_root(tree->get(), "/etc/passwd", O_RDONLY | O_NONBLOCK) : Result<Fd>(tree.error());
    std::istringstream lines(file ? read_all(file->get(), longest).value_or("") : std::string());
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::vector<std::string> all;
        for (std::string field; std::getline(fields, field, ':');) {
            all.push_back(field);
        }
        if (all.size() >= 6 && all[2] == std::to_string(uid) && all[5].starts_with('/')) {
            return all[5];
        }
    }
    return "/";
}

Result<Fd> connect_stream(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // By way of its folder's descriptor: a path may be longer than a socket's address (unix(7)).
    const Fd folder = TRY(open_file(parent_of(path), O_PATH | O_DIRECTORY));
    const std::string near = fd_path(folder.get()) + "/" + name_of(path);
    if (near.size() >= sizeof address.sun_path) {
        return fail(Errc::invalid, "reach " + path + ": its name is too long");
    }
    std::memcpy(address.sun_path, near.c_str(), near.size() + 1);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        return sys_error(errno, "connect to " + path);
    }
    return socket;
}

}  // namespace cutaway::host
