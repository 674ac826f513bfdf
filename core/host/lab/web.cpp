// SPDX-License-Identifier: Apache-2.0
// A web server as nginx is one: a master that listens, forks workers and waits; workers that answer. `web [PORT]` serves
// the files below /www and writes a line for each request. SIGTERM and SIGQUIT end it.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "core/host/lab/dial.h"
#include "core/host/lab/words.h"

namespace cutaway::lab {

namespace {

constexpr int workers = 2;

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGQUIT}) {
        sigaddset(&set, number);
    }
    return set;
}

int listen_at(const std::string& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    static_cast<void>(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    const sockaddr_in at = place("0.0.0.0", port.c_str());
    const bool heard =
        ::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 && ::listen(listener, 64) == 0;
    return heard ? listener : -1;
}

// Nothing above /www is ever read: a name with ".." is not found.
std::string page(const std::string& wanted, int& status) {
    const std::string name = wanted == "/" ? "/index.html" : wanted;
    const bool within = name.find("..") == std::string::npos && name.rfind('/', 0) == 0;
    const std::string text = within ? read_text("/www" + name) : "";
    status = text.empty() ? 404 : 200;
    return text.empty() ? "404: there is no " + wanted + " here\n" : text;
}

void answer(int caller, const std::string& who) {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::recv(caller, bytes.data(), bytes.size(), 0);
    const std::string asked(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::string line = asked.substr(0, asked.find("\r\n"));
    const std::size_t path = line.find(' ') + 1;
    int status = 0;
    const std::string body = page(line.substr(path, line.find(' ', path) - path), status);
    const std::string head = "HTTP/1.1 " + std::to_string(status) + (status == 200 ? " OK" : " Not Found") +
                             "\r\nServer: lab-web\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n";
    const std::string all = head + body;
    static_cast<void>(::send(caller, all.data(), all.size(), MSG_NOSIGNAL));
    say(who + " \"" + line + "\" " + std::to_string(status) + " " + std::to_string(body.size()) + "\n");
}

[[noreturn]] void work(int listener) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NAME, "web-worker");
    const sigset_t all = watched();
    ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
    for (;;) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        const int caller = ::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC);
        if (caller < 0) {
            continue;
        }
        std::array<char, INET_ADDRSTRLEN> from{};
        static_cast<void>(::inet_ntop(AF_INET, &peer.sin_addr, from.data(), from.size()));
        answer(caller, from.data());
        ::close(caller);
    }
}

pid_t start_worker(int listener) {
    const pid_t child = ::fork();
    if (child == 0) {
        work(listener);
    }
    if (child > 0) {
        say("web: start worker process " + std::to_string(child) + "\n");
    }
    return child;
}

// Those that ended are replaced.
void reap(std::vector<pid_t>& team, int listener) {
    for (pid_t gone = 0; (gone = ::waitpid(-1, nullptr, WNOHANG)) > 0;) {
        for (pid_t& one : team) {
            if (one == gone) {
                say("web: worker process " + std::to_string(gone) + " exited\n");
                one = start_worker(listener);
            }
        }
    }
}

int run_web(const Words& words) {
    const std::string port = words.size() > 1 ? words[1] : "80";
    const int listener = listen_at(port);
    if (listener < 0) {
        return complain("web: port " + port);
    }
    const sigset_t set = watched();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);  // even a first process is sent what it blocks
    say("web: listening on port " + port + ", pid " + std::to_string(::getpid()) + "\n");
    std::vector<pid_t> team;
    for (int i = 0; i < workers; ++i) {
        team.push_back(start_worker(listener));
    }
    int number = 0;
    while (::sigwait(&set, &number) == 0 && number == SIGCHLD) {
        reap(team, listener);
    }
    say("web: signal " + std::to_string(number) + " received, shutting down\n");
    for (const pid_t one : team) {
        ::kill(one, SIGTERM);
        ::waitpid(one, nullptr, 0);
    }
    say("web: exit\n");
    return 0;
}

}  // namespace

Applets web_applets() { return {{"web", run_web}}; }

}  // namespace cutaway::lab
