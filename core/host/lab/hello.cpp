// SPDX-License-Identifier: Apache-2.0
// lab/hello: the smallest program worth containing. `hello` says so; `hello probe` reports as JSON what a process sees
// of its container; `hello serve PORT` answers whoever connects, `hello fetch ADDRESS PORT` connects and prints the
// answer; `hello try` makes calls that a container is denied; `hello talk` tells of its terminal and answers lines,
// Ctrl-C and a window that changes, until Ctrl-D; `hello ask NAME TYPE [tcp]` asks the name server of /etc/resolv.conf
// and prints what it is told; `hello copy` gives back what it reads; `hello exit N`, `hello sleep S`
// and `hello stderr` do what they say. Static, and calls nothing that needs a library of the image.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/host/lab/dial.h"
#include "core/host/lab/probe.h"
#include "core/host/lab/words.h"

namespace cutaway::lab {
namespace {

// One connection after another: who asked, and who answers, as a page that curl shows too.
int serve(const char* port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    static_cast<void>(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    const sockaddr_in at = place("0.0.0.0", port);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0 || ::listen(listener, 16) < 0) {
        return complain("listen");
    }
    std::puts("listening");
    std::fflush(stdout);
    utsname name{};
    static_cast<void>(::uname(&name));
    for (;;) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        const int caller = ::accept(listener, reinterpret_cast<sockaddr*>(&peer), &size);
        if (caller < 0) {
            continue;
        }
        std::array<char, INET_ADDRSTRLEN> from{};
        static_cast<void>(::inet_ntop(AF_INET, &peer.sin_addr, from.data(), from.size()));
        const std::string body = std::string("hello ") + from.data() + " from " + name.nodename + "\n";
        const std::string page =
            "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        std::array<char, 2048> asked{};
        static_cast<void>(::recv(caller, asked.data(), asked.size(), 0));
        static_cast<void>(::send(caller, page.data(), page.size(), MSG_NOSIGNAL));
        ::close(caller);
    }
}

int show_page(const char* address, const char* port) {
    std::string body;
    const int status = fetch(address, port, "/", body);
    say(body);
    return status;
}

// "172.18.0.2" a record, or its name; "code 3" if it is not 0; "nothing" if it holds no record.
int show_names(const std::string& name, const char* type, bool by_tcp) {
    const NameAnswer answer = ask(name, static_cast<unsigned>(std::atoi(type)), by_tcp);
    if (!answer.came) {
        return complain("answer");
    }
    if (answer.code != 0 || answer.records.empty()) {
        std::printf(answer.code != 0 ? "code %u\n" : "nothing\n", answer.code);
    }
    for (const std::string& record : answer.records) {
        std::puts(record.c_str());
    }
    return static_cast<int>(answer.code);
}

// "keyctl EPERM": what is answered to calls that docker's seccomp profile leaves out. Their arguments are such that
// they do nothing where they are allowed: a filter looks at the number before the kernel looks at anything.
int try_calls() {
    const auto report = [](const char* name, long result) {
        std::printf("%s %s\n", name, result >= 0 ? "allowed" : errno == EPERM ? "EPERM" : std::strerror(errno));
    };
    report("keyctl", ::syscall(SYS_keyctl, -1, 0, 0, 0, 0));
    report("mount", ::syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr));
    report("unshare", ::syscall(SYS_unshare, 0));
    report("clone3", ::syscall(SYS_clone3, nullptr, 0));
    report("getpid", ::syscall(SYS_getpid));
    return 0;
}

// --- talk -----------------------------------------------------------------------------------------------------------

std::atomic<int>& last_signal() {
    static std::atomic<int> last{0};
    return last;
}

extern "C" void keep_signal(int number) { last_signal() = number; }

void tell_window() {
    winsize size{};
    if (::ioctl(0, TIOCGWINSZ, &size) == 0) {
        std::printf("window %ux%u\n", size.ws_col, size.ws_row);
    }
}

int talk() {
    struct sigaction action {};
    action.sa_handler = keep_signal;
    sigset_t heard;
    sigset_t before;
    sigemptyset(&heard);
    for (const int number : {SIGINT, SIGWINCH}) {
        ::sigaction(number, &action, nullptr);
        sigaddset(&heard, number);
    }
    ::sigprocmask(SIG_BLOCK, &heard, &before);  // heard while it waits, never in the middle of a line
    ::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    const char* name = ::ttyname(0);
    std::printf("terminal %s, session %d, leader %d\n", name == nullptr ? "none" : name,
                static_cast<int>(::tcgetsid(0)), static_cast<int>(::getpid()));
    tell_window();
    for (std::array<char, 512> line{};;) {
        pollfd keys{0, POLLIN, 0};
        if (::ppoll(&keys, 1, nullptr, &before) < 0) {
            last_signal() == SIGWINCH ? tell_window() : static_cast<void>(std::puts("interrupted"));
            continue;
        }
        const ssize_t got = ::read(0, line.data(), line.size() - 1);
        if (got <= 0) {
            std::puts("goodbye");
            return 0;
        }
        line[static_cast<std::size_t>(got)] = '\0';
        std::printf("heard %s", line.data());
    }
}

int copy() {
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(0, piece.data(), piece.size())) > 0;) {
        for (ssize_t done = 0; done < got;) {
            const ssize_t put = ::write(1, piece.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0) {
                return complain("write");
            }
            done += put;
        }
    }
    return 0;
}

}  // namespace
}  // namespace cutaway::lab

int main(int argc, char** argv) {
    namespace lab = cutaway::lab;
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "probe") {
        return lab::probe();
    }
    if (verb == "serve" && argc > 2) {
        return lab::serve(argv[2]);
    }
    if (verb == "fetch" && argc > 3) {
        return lab::show_page(argv[2], argv[3]);
    }
    if (verb == "ask" && argc > 3) {
        return lab::show_names(argv[2], argv[3], argc > 4);
    }
    if (verb == "talk") {
        return lab::talk();
    }
    if (verb == "copy") {
        return lab::copy();
    }
    if (verb == "try") {
        return lab::try_calls();
    }
    if (verb == "exit" && argc > 2) {
        return std::atoi(argv[2]);
    }
    if (verb == "sleep" && argc > 2) {
        ::sleep(static_cast<unsigned>(std::atoi(argv[2])));
        return 0;
    }
    if (verb == "eat") {  // memory, until somebody minds
        for (std::vector<std::string> eaten;;) {
            eaten.emplace_back(std::size_t{1} << 20U, 'x');
        }
    }
    if (verb == "stderr") {
        std::fputs("hello, standard error\n", stderr);
        return 0;
    }
    std::puts("hello from inside a container");
    return 0;
}
