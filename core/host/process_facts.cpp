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

bool is_container_id(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string pid_space_of(std::int64_t pid) {
    std::array<char, 64> text{};
    const ssize_t size = ::readlink(entry(pid, "ns/pid").c_str(), text.data(), text.size());
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

// The value of "Name:\tvalue"; the file's first line is never asked for.
std::string status_field(std::string_view status, std::string_view name) {
    const std::string key = "\n" + std::string(name) + ":\t";
    const std::size_t at = status.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::size_t begin = at + key.size();
    return std::string(status.substr(begin, status.find('\n', begin) - begin));
}

// "4:memory:/cutaway/ID" in v1, "0::/cutaway/ID" in v2.
std::string container_of_process(std::int64_t pid) {
    std::istringstream lines(read_file(entry(pid, "cgroup"), 1 << 16).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::string last = line.substr(line.rfind('/') + 1);
        if (is_container_id(last)) {
            return last;
        }
    }
    return {};
}

std::int64_t first_beside(std::int64_t pid) {
    const std::string space = pid_space_of(pid);
    DIR* all = space.empty() || space == pid_space_of(1) ? nullptr : ::opendir("/proc");
    std::int64_t found = 0;
    while (const dirent* one = all == nullptr || found != 0 ? nullptr : ::readdir(all)) {
        const std::int64_t other = std::atoll(one->d_name);
        if (other > 0 && pid_space_of(other) == space) {
            const std::string numbers = status_field(read_file(entry(other, "status"), 1 << 16).value_or(""), "NSpid");
            found = last_word(numbers) == "1" ? other : 0;
        }
    }
    if (all != nullptr) {
        ::closedir(all);
    }
    return found;
}

std::optional<ProcessFacts> read_process(std::int64_t pid) {
    const Result<std::string> status = read_file(entry(pid, "status"), 1 << 16);
    if (!status) {
        return std::nullopt;
    }
    ProcessFacts facts;
    facts.parent = std::atoll(status_field(*status, "PPid").c_str());
    facts.inner_pid = std::atoll(last_word(status_field(*status, "NSpid")).c_str());
    facts.uid = static_cast<std::uint32_t>(std::strtoul(status_field(*status, "Uid").c_str(), nullptr, 10));
    facts.zombie = status_field(*status, "State").rfind('Z', 0) == 0;
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
