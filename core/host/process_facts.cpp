// SPDX-License-Identifier: Apache-2.0
#include "core/host/process_facts.h"

#include <dirent.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

std::string entry(std::int64_t pid, const std::string& name) { return "/proc/" + std::to_string(pid) + "/" + name; }

// The value of "Name:\tvalue" in /proc/PID/status.
std::string field(const std::string& status, const std::string& name) {
    const std::size_t at = status.find("\n" + name + ":\t");
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + name.size() + 3;
    return status.substr(begin, status.find('\n', begin) - begin);
}

std::string last_word(const std::string& text) {
    const std::size_t at = text.find_last_of(" \t");
    return at == std::string::npos ? text : text.substr(at + 1);
}

std::string command_of(std::int64_t pid, const std::string& status) {
    std::string line = read_file(entry(pid, "cmdline"), 1 << 16).value_or("");
    while (!line.empty() && line.back() == '\0') {
        line.pop_back();
    }
    for (char& c : line) {
        c = c == '\0' ? ' ' : c;
    }
    const std::size_t name_end = status.find('\n');
    return line.empty() ? status.substr(6, name_end - 6) : line;  // "Name:\t"
}

std::vector<world::Pair> spaces_of(std::int64_t pid) {
    struct Name {
        const char* file;
        const char* space;
    };
    std::vector<world::Pair> found;
    for (const Name& name : {Name{"mnt", "mount"}, Name{"pid", "pid"}, Name{"net", "net"}, Name{"ipc", "ipc"},
                             Name{"uts", "uts"}, Name{"cgroup", "cgroup"}, Name{"user", "user"}}) {
        std::array<char, 64> text{};
        const ssize_t size = ::readlink(entry(pid, std::string("ns/") + name.file).c_str(), text.data(), text.size());
        const std::string link(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        const std::size_t open = link.find('[');
        if (open != std::string::npos) {
            found.push_back({name.space, link.substr(open + 1, link.find(']') - open - 1)});
        }
    }
    return found;
}

// The 52nd field of /proc/PID/stat; the name before may hold anything, so count from its closing bracket.
int zombie_status(std::int64_t pid) {
    const std::string stat = read_file(entry(pid, "stat"), 1 << 16).value_or("");
    std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
    std::string word;
    for (int number = 3; number <= 52 && rest >> word; ++number) {
        if (number == 52) {
            return std::atoi(word.c_str());
        }
    }
    return -1;
}

}  // namespace

std::optional<ProcessFacts> read_process(std::int64_t pid) {
    const Result<std::string> status = read_file(entry(pid, "status"), 1 << 16);
    if (!status) {
        return std::nullopt;
    }
    ProcessFacts facts;
    facts.parent = std::atoll(field(*status, "PPid").c_str());
    facts.inner_pid = std::atoll(last_word(field(*status, "NSpid")).c_str());
    facts.uid = static_cast<std::uint32_t>(std::strtoul(field(*status, "Uid").c_str(), nullptr, 10));
    facts.zombie = field(*status, "State").rfind('Z', 0) == 0;
    facts.exit_status = facts.zombie ? zombie_status(pid) : -1;
    facts.command = command_of(pid, *status);
    facts.spaces = spaces_of(pid);
    return facts;
}

std::vector<std::int64_t> children_of(std::int64_t pid) {
    std::vector<std::int64_t> found;
    DIR* tasks = ::opendir(entry(pid, "task").c_str());
    if (tasks == nullptr) {
        return found;
    }
    while (const dirent* task = ::readdir(tasks)) {
        std::istringstream children(
            read_file(entry(pid, "task/" + std::string(task->d_name) + "/children")).value_or(""));
        for (std::int64_t child = 0; children >> child;) {
            found.push_back(child);
        }
    }
    ::closedir(tasks);
    return found;
}

ExitFacts to_exit(int status) {
    if (status < 0) {
        return {};
    }
    if (WIFSIGNALED(status)) {
        const char* name = ::sigabbrev_np(WTERMSIG(status));
        return {128 + WTERMSIG(status), name == nullptr ? "" : "SIG" + std::string(name)};
    }
    return {WEXITSTATUS(status), ""};
}

ExitFacts exit_of(int pidfd) {
    struct Info {  // struct pidfd_info of linux/pidfd.h, in its first published size
        std::uint64_t mask;
        std::uint64_t cgroup;
        std::array<std::uint32_t, 11> ids;
        std::int32_t exit_code;
    };
    static_assert(sizeof(Info) == 64);
    constexpr std::uint64_t want_exit = std::uint64_t{1} << 3U;
    Info info{};
    info.mask = want_exit;
    if (pidfd < 0 || ::ioctl(pidfd, _IOWR(0xFF, 11, Info), &info) < 0 || (info.mask & want_exit) == 0) {
        return {};
    }
    return to_exit(info.exit_code);
}

}  // namespace cutaway::host
