// SPDX-License-Identifier: Apache-2.0
// Processes: those that /proc shows here, and signals for them.
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "core/host/lab/words.h"

namespace cutaway::lab {

namespace {

std::vector<int> pids() {
    std::vector<int> found;
    if (DIR* folder = ::opendir("/proc")) {
        while (const dirent* entry = ::readdir(folder)) {
            if (const int pid = std::atoi(entry->d_name); pid > 0) {
                found.push_back(pid);
            }
        }
        ::closedir(folder);
    }
    std::sort(found.begin(), found.end());
    return found;
}

// The words of its command line, or its name in brackets, as of a zombie, which has no memory any more.
std::string command_of(const std::string& folder, const std::string& name) {
    std::string text = read_text(folder + "/cmdline");
    while (!text.empty() && text.back() == '\0') {
        text.pop_back();
    }
    std::replace(text.begin(), text.end(), '\0', ' ');
    return text.empty() ? "[" + name + "]" : text;
}

int run_ps(const Words&) {
    say("PID   USER     STAT COMMAND\n");
    for (const int pid : pids()) {
        const std::string folder = "/proc/" + std::to_string(pid);
        const std::string stat = read_text(folder + "/stat");  // PID (NAME) STATE …; the name may hold anything
        const std::size_t end = stat.rfind(')');
        struct stat info {};
        if (end == std::string::npos || ::stat(folder.c_str(), &info) != 0) {
            continue;  // it has ended meanwhile
        }
        const std::size_t begin = stat.find('(') + 1;
        std::printf("%5d %-8u %c    %s\n", pid, info.st_uid, stat[end + 2],
                    command_of(folder, stat.substr(begin, end - begin)).c_str());
    }
    return 0;
}

int signal_named(const std::string& text) {
    struct Name {
        const char* name;
        int number;
    };
    for (const Name& one :
         {Name{"HUP", SIGHUP}, Name{"INT", SIGINT}, Name{"QUIT", SIGQUIT}, Name{"KILL", SIGKILL}, Name{"USR1", SIGUSR1},
          Name{"USR2", SIGUSR2}, Name{"TERM", SIGTERM}, Name{"STOP", SIGSTOP}, Name{"CONT", SIGCONT}}) {
        if (text == one.name || text == std::string("SIG") + one.name) {
            return one.number;
        }
    }
    return std::atoi(text.c_str());
}

int run_kill(const Words& words) {
    const bool chosen = words.size() > 1 && words[1].size() > 1 && words[1][0] == '-';
    const int number = chosen ? signal_named(words[1].substr(1)) : SIGTERM;
    if (number <= 0 || words.size() < (chosen ? 3U : 2U)) {
        std::fputs("usage: kill [-SIGNAL] PID...\n", stderr);
        return 1;
    }
    int status = 0;
    for (std::size_t i = chosen ? 2 : 1; i < words.size(); ++i) {
        if (::kill(std::atoi(words[i].c_str()), number) < 0) {
            status = complain("kill: " + words[i]);
        }
    }
    return status;
}

int run_sleep(const Words& words) {
    for (unsigned left = static_cast<unsigned>(std::max(0, number_at(words, 1, 0))); left > 0;) {
        left = ::sleep(left);
    }
    return 0;
}

}  // namespace

Applets process_applets() { return {{"kill", run_kill}, {"ps", run_ps}, {"sleep", run_sleep}}; }

}  // namespace cutaway::lab
