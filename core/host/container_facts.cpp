// SPDX-License-Identifier: Apache-2.0
#include "core/host/container_facts.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "core/host/cgroup_facts.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t longest_table = 1 << 20;

std::string entry(std::int64_t pid, std::string_view name) {
    return "/proc/" + std::to_string(pid) + "/" + std::string(name);
}

// The kernel writes an address as 32-bit words of its own byte order, in hexadecimal.
std::string address_of(const std::string& hex) {
    std::array<std::uint32_t, 4> words{};
    const std::size_t count = hex.size() / 8;
    if (count != 1 && count != 4) {
        return {};
    }
    for (std::size_t n = 0; n < count; ++n) {
        words.at(n) = static_cast<std::uint32_t>(std::strtoul(hex.substr(n * 8, 8).c_str(), nullptr, 16));
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = count == 1 ? AF_INET : AF_INET6;
    return ::inet_ntop(family, words.data(), text.data(), text.size()) == nullptr ? "" : text.data();
}

std::string value_of(const std::string& text, const std::string& key) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(key + " ")) {
            return line.substr(key.size() + 1);
        }
    }
    return {};
}

std::uint64_t number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }
std::uint64_t number_in(const std::string& path) { return number(read_file(path).value_or("")); }

// Where a process's cgroup of a controller lies: version 1 has a hierarchy for each, version 2 one for all.
struct Groups {
    std::string memory;
    std::string cpu;
    std::string cpuacct;
    std::string pids;
    bool unified = false;
};

Groups groups_of(std::int64_t pid, const std::string& container) {
    Groups groups;
    std::istringstream lines(read_file(entry(pid, "cgroup"), 1 << 16).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos || !line.ends_with("/" + container)) {
            continue;
        }
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string path = line.substr(second + 1);
        if (controllers.empty()) {
            groups.unified = groups.memory.empty();
            const std::string folder = "/sys/fs/cgroup" + path;
            groups = groups.unified ? Groups{folder, folder, folder, folder, true} : groups;
            continue;
        }
        const std::string folder = "/sys/fs/cgroup/" + controllers + path;
        std::istringstream names(controllers);
        for (std::string name; std::getline(names, name, ',');) {
            (name == "memory"    ? groups.memory
             : name == "cpu"     ? groups.cpu
             : name == "cpuacct" ? groups.cpuacct
             : name == "pids"    ? groups.pids
                                 : line) = folder;
        }
    }
    return groups;
}

}  // namespace

std::vector<ListenerFacts> parse_listeners(std::string_view text, std::string_view protocol) {
    const std::string_view wanted = protocol == "tcp" ? "0A" : "07";  // TCP_LISTEN; a datagram socket without a peer
    std::vector<ListenerFacts> found;
    std::istringstream lines{std::string(text)};
    std::string line;
    std::getline(lines, line);  // the titles
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::array<std::string, 10> field;
        for (std::string& one : field) {
            fields >> one;
        }
        const std::size_t colon = field[1].find(':');
        if (!fields || colon == std::string::npos || field[3] != wanted) {
            continue;
        }
        found.push_back({std::string(protocol), address_of(field[1].substr(0, colon)),
                         static_cast<std::uint16_t>(std::strtoul(field[1].c_str() + colon + 1, nullptr, 16)),
                         number(field[9])});
    }
    return found;
}

std::vector<ListenerFacts> listeners_of(std::int64_t pid) {
    std::vector<ListenerFacts> all;
    for (const char* table : {"tcp", "tcp6", "udp", "udp6"}) {
        const std::string text = read_file(entry(pid, std::string("net/") + table), longest_table).value_or("");
        for (ListenerFacts& one : parse_listeners(text, std::string_view(table).substr(0, 3))) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

std::int64_t owner_of(std::uint64_t socket_inode, const std::vector<std::int64_t>& pids) {
    const std::string wanted = "socket:[" + std::to_string(socket_inode) + "]";
    for (const std::int64_t pid : pids) {
        DIR* open_files = ::opendir(entry(pid, "fd").c_str());
        bool found = false;
        while (const dirent* one = open_files == nullptr || found ? nullptr : ::readdir(open_files)) {
            std::array<char, 64> text{};
            const ssize_t size =
                ::readlink(entry(pid, std::string("fd/") + one->d_name).c_str(), text.data(), text.size());
            found = size > 0 && wanted == std::string_view(text.data(), static_cast<std::size_t>(size));
        }
        if (open_files != nullptr) {
            ::closedir(open_files);
        }
        if (found) {
            return pid;
        }
    }
    return 0;
}

std::optional<UsageFacts> usage_of(std::int64_t pid, const std::string& container) {
    const Groups groups = groups_of(pid, container);
    if (groups.memory.empty()) {
        return std::nullopt;
    }
    const std::string cpu = read_file(groups.cpu + "/cpu.stat").value_or("");
    UsageFacts facts;
    facts.sample.container = container;
    facts.sample.cgroup = groups.memory;
    facts.sample.memory = number_in(groups.memory + (groups.unified ? "/memory.current" : "/memory.usage_in_bytes"));
    facts.sample.cpu_ns =
        groups.unified ? number(value_of(cpu, "usage_usec")) * 1000 : number_in(groups.cpuacct + "/cpuacct.usage");
    facts.sample.processes = static_cast<std::uint32_t>(number_in(groups.pids + "/pids.current"));
    facts.sample.throttled = number(value_of(cpu, "nr_throttled"));
    facts.oom_kills = oom_kills_of(groups.memory);
    return facts;
}

}  // namespace cutaway::host
