// SPDX-License-Identifier: Apache-2.0
// Files, names and the rest of what a person types first in a strange machine.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "core/host/lab/probe.h"
#include "core/host/lab/words.h"

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): environ(7)

namespace cutaway::lab {

namespace {

int run_echo(const Words& words) {
    std::string line;
    for (std::size_t i = 1; i < words.size(); ++i) {
        line += (i > 1 ? " " : "") + words[i];
    }
    say(line + "\n");
    return 0;
}

int copy_out(int from, const std::string& name) {
    std::array<char, 65536> piece{};
    ssize_t got = 0;
    while ((got = ::read(from, piece.data(), piece.size())) > 0) {
        for (ssize_t done = 0; done < got;) {
            const ssize_t put = ::write(1, piece.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0) {
                return complain("cat: write");
            }
            done += put;
        }
    }
    return got < 0 ? complain("cat: " + name) : 0;
}

int run_cat(const Words& words) {
    int status = words.size() < 2 ? copy_out(0, "standard input") : 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const int file = ::open(words[i].c_str(), O_RDONLY | O_CLOEXEC);
        status |= file < 0 ? complain("cat: " + words[i]) : copy_out(file, words[i]);
        ::close(file);
    }
    return status;
}

std::string mode_text(mode_t mode) {
    std::string text = S_ISDIR(mode) ? "d" : S_ISLNK(mode) ? "l" : S_ISCHR(mode) ? "c" : "-";
    for (int bit = 8; bit >= 0; --bit) {
        text += (mode >> static_cast<unsigned>(bit) & 1U) != 0 ? "xwr"[bit % 3] : '-';
    }
    if ((mode & S_ISVTX) != 0) {
        text.back() = 't';
    }
    return text;
}

void show_entry(const std::string& folder, const std::string& name, bool with_details) {
    struct stat info {};
    const std::string path = folder.empty() ? name : folder + "/" + name;
    if (!with_details || ::lstat(path.c_str(), &info) != 0) {
        say(name + "\n");
        return;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = S_ISLNK(info.st_mode) ? ::readlink(path.c_str(), target.data(), target.size() - 1) : 0;
    std::printf("%s %3lu %5u %5u %9lld %s%s%s\n", mode_text(info.st_mode).c_str(),
                static_cast<unsigned long>(info.st_nlink), info.st_uid, info.st_gid,
                static_cast<long long>(info.st_size), name.c_str(), size > 0 ? " -> " : "", target.data());
}

int list(const std::string& place, bool all, bool with_details) {
    DIR* folder = ::opendir(place.c_str());
    if (folder == nullptr && errno == ENOTDIR) {
        show_entry("", place, with_details);
        return 0;
    }
    if (folder == nullptr) {
        return complain("ls: " + place);
    }
    Words names;
    while (const dirent* entry = ::readdir(folder)) {
        if (all || entry->d_name[0] != '.') {
            names.emplace_back(entry->d_name);
        }
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        show_entry(place, name, with_details);
    }
    return 0;
}

int run_ls(const Words& words) {
    bool all = false;
    bool with_details = false;
    Words places;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const bool option = words[i].size() > 1 && words[i][0] == '-';
        all = all || (option && words[i].find('a') != std::string::npos);
        with_details = with_details || (option && words[i].find('l') != std::string::npos);
        if (!option) {
            places.push_back(words[i]);
        }
    }
    int status = places.empty() ? list(".", all, with_details) : 0;
    for (const std::string& place : places) {
        status |= list(place, all, with_details);
    }
    return status;
}

int run_pwd(const Words&) {
    std::array<char, PATH_MAX> text{};
    if (::getcwd(text.data(), text.size()) == nullptr) {
        return complain("pwd");
    }
    say(std::string(text.data()) + "\n");
    return 0;
}

// One call for each name; "-p" is what mkdir needs where the folder may be there.
template <class Make>
int for_each(const Words& words, Make make) {
    int status = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i][0] != '-' && make(words[i].c_str()) < 0) {
            status = complain(words[0] + ": " + words[i]);
        }
    }
    return status;
}

int run_mkdir(const Words& words) {
    const bool may_be = std::find(words.begin(), words.end(), "-p") != words.end();
    return for_each(words,
                    [&](const char* path) { return ::mkdir(path, 0777) < 0 && !(may_be && errno == EEXIST) ? -1 : 0; });
}

int run_rm(const Words& words) {
    const bool forced = std::find(words.begin(), words.end(), "-f") != words.end();
    return for_each(words, [&](const char* path) {
        const bool gone = ::unlink(path) == 0 || (errno == EISDIR && ::rmdir(path) == 0);
        return gone || (forced && errno == ENOENT) ? 0 : -1;
    });
}

int run_touch(const Words& words) {
    return for_each(words, [](const char* path) {
        const int file = ::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        const int done = file < 0 ? -1 : ::futimens(file, nullptr);
        ::close(file);
        return done;
    });
}

int run_hostname(const Words&) {
    utsname name{};
    static_cast<void>(::uname(&name));
    say(std::string(name.nodename) + "\n");
    return 0;
}

int run_uname(const Words& words) {
    utsname name{};
    static_cast<void>(::uname(&name));
    const bool all = words.size() > 1 && words[1] == "-a";
    const bool release = words.size() > 1 && words[1] == "-r";
    say(all ? std::string(name.sysname) + " " + name.nodename + " " + name.release + " " + name.machine + "\n"
            : std::string(release ? name.release : name.sysname) + "\n");
    return 0;
}

int run_id(const Words& words) {
    if (words.size() > 1 && words[1] == "-u") {
        say(std::to_string(::getuid()) + "\n");
        return 0;
    }
    std::array<gid_t, 64> groups{};
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    std::string line = "uid=" + std::to_string(::getuid()) + " gid=" + std::to_string(::getgid()) +
                       " groups=" + std::to_string(::getgid());
    for (int i = 0; i < count; ++i) {
        const gid_t group = groups[static_cast<std::size_t>(i)];
        line += group == ::getgid() ? "" : "," + std::to_string(group);
    }
    say(line + "\n");
    return 0;
}

int run_env(const Words&) {
    for (char** variable = environ; *variable != nullptr; ++variable) {
        say(std::string(*variable) + "\n");
    }
    return 0;
}

int run_mount(const Words&) {
    say(read_text("/proc/self/mounts"));
    return 0;
}

int run_probe(const Words&) { return probe(); }
int run_true(const Words&) { return 0; }
int run_false(const Words&) { return 1; }

}  // namespace

Applets file_applets() {
    return {{"cat", run_cat},           {"echo", run_echo},   {"env", run_env},    {"false", run_false},
            {"hostname", run_hostname}, {"id", run_id},       {"ls", run_ls},      {"mkdir", run_mkdir},
            {"mount", run_mount},       {"probe", run_probe}, {"pwd", run_pwd},    {"rm", run_rm},
            {"touch", run_touch},       {"true", run_true},   {"uname", run_uname}};
}

}  // namespace cutaway::lab
