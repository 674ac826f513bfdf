// SPDX-License-Identifier: Apache-2.0
// lab/hello: the smallest program worth containing. `hello` says so; `hello probe` reports as JSON what a process sees
// of its container; `hello serve PORT` answers whoever connects, `hello fetch ADDRESS PORT` connects and prints the
// answer; `hello try` makes calls that a container is denied; `hello talk` tells of its terminal and answers lines,
// Ctrl-C and a window that changes, until Ctrl-D; `hello ask NAME TYPE [tcp]` asks the name server of /etc/resolv.conf
// and prints what it is told; `hello copy` gives back what it reads; `hello exit N`, `hello sleep S`
// and `hello stderr` do what they say. Static, and calls nothing that needs a library of the image.
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): environ(7)

namespace {

std::string read_text(const char* path) {
    std::string text;
    if (std::FILE* file = std::fopen(path, "re")) {
        std::array<char, 4096> piece{};
        for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), file)) > 0;) {
            text.append(piece.data(), got);
        }
        std::fclose(file);
    }
    return text;
}

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

sockaddr_in place(const char* address, const char* port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    static_cast<void>(::inet_pton(AF_INET, address, &at.sin_addr));
    return at;
}

int complain(const char* what) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    return 1;
}

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

int fetch(const char* address, const char* port) {
    const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{3, 0};
    static_cast<void>(::setsockopt(caller, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
    static_cast<void>(::setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    const sockaddr_in at = place(address, port);
    if (::connect(caller, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0) {
        return complain("connect");
    }
    const std::string question = "GET / HTTP/1.0\r\n\r\n";
    static_cast<void>(::send(caller, question.data(), question.size(), MSG_NOSIGNAL));
    std::string answer;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::recv(caller, piece.data(), piece.size(), 0)) > 0;) {
        answer.append(piece.data(), static_cast<std::size_t>(got));
    }
    const std::size_t body = answer.find("\r\n\r\n");
    std::fputs(body == std::string::npos ? answer.c_str() : answer.c_str() + body + 4, stdout);
    return answer.empty() ? 1 : 0;
}

std::string number(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)}; }

std::string question(const std::string& name, unsigned type) {
    std::string out = "\x2A\x2A\x01" + std::string(1, '\0') + number(1) + number(0) + number(0) + number(0);
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t end = std::min(name.find('.', at), name.size());
        out += static_cast<char>(end - at);
        out += name.substr(at, end - at);
        at = end + 1;
    }
    return out + '\0' + number(type) + number(1);
}

// "172.18.0.2" a record, or the bytes of another kind; "code 3" if it is not 0; "nothing" if it holds no record.
int print_answer(const std::string& bytes, std::size_t asked) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    if (bytes.size() < asked || at(0) != 0x2A) {
        return complain("answer");
    }
    const unsigned code = at(3) & 0xFU;
    const unsigned count = at(6) << 8U | at(7);
    if (code != 0 || count == 0) {
        std::printf(code != 0 ? "code %u\n" : "nothing\n", code);
    }
    std::size_t here = asked;
    for (unsigned i = 0; i < count && here + 12 <= bytes.size(); ++i) {
        const std::size_t size = at(here + 10) << 8U | at(here + 11);
        const std::size_t data = here + 12;
        if (size == 4) {
            std::printf("%u.%u.%u.%u\n", at(data), at(data + 1), at(data + 2), at(data + 3));
        } else {
            std::string name;
            for (std::size_t k = data; at(k) != 0 && k < data + size; k += 1 + at(k)) {
                name += (name.empty() ? "" : ".") + bytes.substr(k + 1, at(k));
            }
            std::puts(name.c_str());
        }
        here = data + size;
    }
    return static_cast<int>(code);
}

int ask(const std::string& name, const char* type, bool connected) {
    const std::string resolv = read_text("/etc/resolv.conf");
    const std::size_t begin = resolv.find("nameserver ");
    const std::string server =
        begin == std::string::npos ? "127.0.0.1" : resolv.substr(begin + 11, resolv.find('\n', begin) - begin - 11);
    const int asker = ::socket(AF_INET, (connected ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    const timeval patience{8, 0};
    static_cast<void>(::setsockopt(asker, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    const sockaddr_in at = place(server.c_str(), "53");
    if (::connect(asker, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0) {
        return complain("connect");
    }
    const std::string asked = question(name, static_cast<unsigned>(std::atoi(type)));
    const std::string sent = connected ? number(static_cast<unsigned>(asked.size())) + asked : asked;
    static_cast<void>(::send(asker, sent.data(), sent.size(), MSG_NOSIGNAL));
    std::array<char, 4096> bytes{};
    const ssize_t got = ::recv(asker, bytes.data(), bytes.size(), 0);
    if (got < 0) {
        return complain("answer");
    }
    const std::string answer(bytes.data(), static_cast<std::size_t>(got));
    return print_answer(connected ? answer.substr(std::min<std::size_t>(2, answer.size())) : answer, asked.size());
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
    action.sa_handler = keep_signal;  // without SA_RESTART: a read is interrupted
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGWINCH, &action, nullptr);
    ::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    const char* name = ::ttyname(0);
    std::printf("terminal %s, session %d, leader %d\n", name == nullptr ? "none" : name,
                static_cast<int>(::tcgetsid(0)), static_cast<int>(::getpid()));
    tell_window();
    for (std::array<char, 512> line{};;) {
        const ssize_t got = ::read(0, line.data(), line.size() - 1);
        if (got < 0 && errno == EINTR) {
            last_signal() == SIGWINCH ? tell_window() : static_cast<void>(std::puts("interrupted"));
            continue;
        }
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

int main(int argc, char** argv) {
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "probe") {
        return probe();
    }
    if (verb == "serve" && argc > 2) {
        return serve(argv[2]);
    }
    if (verb == "fetch" && argc > 3) {
        return fetch(argv[2], argv[3]);
    }
    if (verb == "ask" && argc > 3) {
        return ask(argv[2], argv[3], argc > 4);
    }
    if (verb == "talk") {
        return talk();
    }
    if (verb == "copy") {
        return copy();
    }
    if (verb == "try") {
        return try_calls();
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
