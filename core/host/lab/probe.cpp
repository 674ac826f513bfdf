// SPDX-License-Identifier: Apache-2.0
#include "core/host/lab/probe.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/host/lab/words.h"

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): environ(7)

namespace cutaway::lab {

namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += std::string("\\") + c;
        } else if (byte < 0x20) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string link_of(const std::string& path) {
    std::array<char, PATH_MAX> text{};
    const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::string spaces() {
    std::string out = "{";
    for (const char* name : {"mnt", "pid", "net", "ipc", "uts", "cgroup", "user"}) {
        out += (out.size() > 1 ? "," : "") + quoted(name) + ":" + quoted(link_of(std::string("/proc/self/ns/") + name));
    }
    return out + "}";
}

// Every word of /proc/self/status that tells of identity: "CapEff" → "00000000a80425fb".
std::string status_fields() {
    const std::string status = read_text("/proc/self/status");
    std::string out = "{";
    for (const char* name :
         {"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"}) {
        const std::size_t at = status.find(std::string("\n") + name + ":\t");
        const std::size_t begin = at == std::string::npos ? status.size() : at + std::strlen(name) + 3;
        const std::string value = status.substr(begin, status.find('\n', begin) - begin);
        out += (out.size() > 1 ? "," : "") + quoted(name) + ":" + quoted(value);
    }
    return out + "}";
}

std::string lines_of(const std::string& text) {
    std::string out = "[";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += (out.size() > 1 ? "," : "") + quoted(text.substr(at, end - at));
        at = end + 1;
    }
    return out + "]";
}

std::string names_in(const char* path, bool with_links) {
    std::vector<std::string> names;
    if (DIR* dir = ::opendir(path)) {
        const std::string own = std::to_string(::dirfd(dir));
        while (const dirent* entry = ::readdir(dir)) {
            const std::string name(entry->d_name);
            if (name != "." && name != ".." && !(with_links && name == own)) {
                names.push_back(with_links ? name + " " + link_of(std::string(path) + "/" + name) : name);
            }
        }
        ::closedir(dir);
    }
    std::sort(names.begin(), names.end());
    std::string out = "[";
    for (const std::string& name : names) {
        out += (out.size() > 1 ? "," : "") + quoted(name);
    }
    return out + "]";
}

std::string limits() {
    struct Name {
        const char* name;
        decltype(RLIMIT_NOFILE) which;
    };
    std::string out = "{";
    for (const Name& one : {Name{"nofile", RLIMIT_NOFILE}, Name{"nproc", RLIMIT_NPROC}, Name{"core", RLIMIT_CORE},
                            Name{"stack", RLIMIT_STACK}, Name{"memlock", RLIMIT_MEMLOCK}}) {
        rlimit limit{};
        static_cast<void>(::getrlimit(one.which, &limit));
        out += (out.size() > 1 ? "," : "") + quoted(one.name) + ":[" + std::to_string(limit.rlim_cur) + "," +
               std::to_string(limit.rlim_max) + "]";
    }
    return out + "}";
}

std::string environment() {
    std::string names;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string text(*variable);
        names += text.substr(0, text.find('=')) + "\n";  // names only: values may be secrets
    }
    return lines_of(names);
}

}  // namespace

int probe() {
    utsname name{};
    static_cast<void>(::uname(&name));
    std::array<char, PATH_MAX> cwd{};
    const char* where = ::getcwd(cwd.data(), cwd.size());
    const std::string report =
        "{\"pid\":" + std::to_string(::getpid()) + ",\"ppid\":" + std::to_string(::getppid()) +
        ",\"hostname\":" + quoted(name.nodename) + ",\"cwd\":" + quoted(where == nullptr ? "" : where) +
        ",\"spaces\":" + spaces() + ",\"status\":" + status_fields() + ",\"limits\":" + limits() +
        ",\"env\":" + environment() + ",\"fds\":" + names_in("/proc/self/fd", true) +
        ",\"root\":" + names_in("/", false) + ",\"dev\":" + names_in("/dev", false) +
        ",\"links\":" + names_in("/sys/class/net", false) + ",\"cgroup\":" + lines_of(read_text("/proc/self/cgroup")) +
        ",\"mounts\":" + lines_of(read_text("/proc/self/mountinfo")) + "}\n";
    return std::fputs(report.c_str(), stdout) < 0 ? 1 : 0;
}

}  // namespace cutaway::lab
