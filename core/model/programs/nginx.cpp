// SPDX-License-Identifier: Apache-2.0
// nginx: a master that binds, logs, forks and waits, and workers that answer. One program, two roles; a worker is the
// master's state with another role, as after fork(2).
#include <algorithm>
#include <array>

#include "core/model/programs/commands.h"
#include "core/model/programs/nginx_answer.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr int sig_hup = 1;
constexpr int sig_int = 2;
constexpr int sig_quit = 3;
constexpr int sig_usr1 = 10;
constexpr int sig_term = 15;
constexpr std::size_t most_head = 32768;

enum class Role { fresh, master, worker };

struct Listening {
    int fd = -1;
    std::string address;
    std::uint16_t port = 0;
};
CUTAWAY_FIELDS(Listening, fd, address, port)

struct Connection {
    std::string in;
    std::string peer;
    std::uint16_t port = 0;
    bool closing = false;
};
CUTAWAY_FIELDS(Connection, in, peer, port, closing)

struct NginxState {
    Role role = Role::fresh;
    bool background = false;
    bool stopping = false;
    bool ended = false;
    int code = 0;
    int error_fd = 2;
    int access_fd = 1;
    std::int64_t requests = 0;
    NginxConfig config;
    std::vector<Listening> listening;
    std::vector<Pid> workers;
    std::map<int, Connection> connections;
    Output output;
};
CUTAWAY_FIELDS(NginxState, role, background, stopping, ended, code, error_fd, access_fd, requests, config, listening,
               workers, connections, output)

Step step_nginx(Sys& sys, NginxState& state);

void log(Sys& sys, NginxState& state, std::string_view level, const std::string& text) {
    if (level == "notice" && !state.config.notices) {
        return;
    }
    const std::string pid = std::to_string(sys.pid());
    state.output.to(state.error_fd, format_date("%Y/%m/%d %H:%M:%S", sys.wall_ns()) + " [" + std::string(level) + "] " +
                                        pid + "#" + pid + ": " + text + "\n");
}

Step end(Sys& sys, NginxState& state, int code) {
    state.ended = true;
    state.code = code;
    return flush(sys, state.output) == Flush::blocked ? wait_to_flush(state.output) : Step::exited(code);
}

Step fail_start(Sys& sys, NginxState& state, const std::string& error) {
    state.output.err("nginx: " + error + "\n");
    return end(sys, state, error.ends_with(": not modelled") ? 127 : 1);
}

// Logs that are links to /dev/stdout and /dev/stderr may not be openable by name; the descriptors are the same.
int open_log(Sys& sys, const std::string& path, int standard) {
    if (path == "stderr" || path == "/dev/stderr" || path == "/dev/stdout") {
        return path == "/dev/stdout" ? 1 : 2;
    }
    OpenFlags flags;
    flags.read = false;
    flags.write = true;
    flags.create = true;
    flags.append = true;
    const auto info = sys.stat(path, false);
    if (info && info->type == world::FileType::symlink &&
        (info->link == "/dev/stdout" || info->link == "/dev/stderr")) {
        return info->link == "/dev/stdout" ? 1 : 2;
    }
    Result<int> fd = sys.open(path, flags, 0644);
    return fd ? *fd : (standard == 2 ? -1 : -2);
}

void start_worker(Sys& sys, NginxState& state) {
    NginxState inner = state;
    inner.role = Role::worker;
    inner.workers.clear();
    inner.output.chunks.clear();
    std::map<int, int> descriptors{
        {0, 0}, {1, 1}, {2, 2}, {state.error_fd, state.error_fd}, {state.access_fd, state.access_fd}};
    for (const Listening& one : state.listening) {
        descriptors[one.fd] = one.fd;
    }
    Result<Pid> pid =
        sys.fork(std::make_unique<StatefulProgram<NginxState>>("nginx", step_nginx, std::move(inner)), descriptors);
    if (!pid) {
        log(sys, state, "alert",
            "fork() failed while spawning \"worker process\" (" + std::to_string(errno_of(pid.error())) + ": " +
                errno_text(pid.error()) + ")");
        return;
    }
    state.workers.push_back(*pid);
    log(sys, state, "notice", "start worker process " + std::to_string(*pid));
}

bool bind_all(Sys& sys, NginxState& state, std::string& error) {
    for (const NginxServer& server : state.config.servers) {
        for (const NginxListen& listen : server.listens) {
            const bool bound = std::any_of(state.listening.begin(), state.listening.end(),
                                           [&](const Listening& one) { return one.port == listen.port; });
            if (bound) {
                continue;
            }
            Result<int> fd = sys.listen(listen.address, listen.port);
            if (!fd) {
                error = "[emerg] bind() to " + listen.address + ":" + std::to_string(listen.port) + " failed (" +
                        std::to_string(errno_of(fd.error())) + ": " + errno_text(fd.error()) + ")";
                return false;
            }
            state.listening.push_back({*fd, listen.address, listen.port});
        }
    }
    return true;
}

std::string config_path(const Options& options) { return options.value('c', "/etc/nginx/nginx.conf"); }

Step send_signal(Sys& sys, NginxState& state, const std::string& name) {
    const auto text = read_file(sys, "/var/run/nginx.pid");
    const auto pid = text ? to_number(trim(*text)) : std::nullopt;
    if (!pid) {
        return fail_start(sys, state, "[error] open() \"/var/run/nginx.pid\" failed (2: No such file or directory)");
    }
    const int signal =
        name == "quit" ? sig_quit
                       : (name == "stop" ? sig_term : (name == "reload" ? sig_hup : (name == "reopen" ? sig_usr1 : 0)));
    if (signal == 0) {
        return fail_start(sys, state, "invalid option: \"-s " + name + "\"");
    }
    (void)sys.kill(*pid, signal);
    return end(sys, state, 0);
}

void announce(Sys& sys, NginxState& state) {
    log(sys, state, "notice", "using the \"epoll\" event method");
    log(sys, state, "notice", "nginx/" + nginx_version(sys));
    log(sys, state, "notice", "OS: Linux " + sys.machine().kernel);
    log(sys, state, "notice", "getrlimit(RLIMIT_NOFILE): 1048576:1048576");
    log(sys, state, "notice", "start worker processes");
}

// Where bodies and answers wait that do not fit into memory. A root that is read-only ends the start here, as it does
// nginx's; a folder that is missing above them is another build's, and no reason.
Status make_caches(Sys& sys) {
    for (const char* name : {"client", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        const std::string path = "/var/cache/nginx/" + std::string(name) + "_temp";
        const Status made = sys.make_dir(path, 0700);
        if (!made && errno_of(made.error()) == EROFS) {
            return fail(Errc::denied, "[emerg] mkdir() \"" + path + "\" failed (30: Read-only file system)");
        }
    }
    return {};
}

// The configuration is good: bind, become the master.
Step become_master(Sys& sys, NginxState& state, const std::string& error_before) {
    std::string error = error_before;
    const int error_fd = open_log(sys, state.config.error_log, 2);
    state.error_fd = error_fd < 0 ? 2 : error_fd;
    if (const Status made = make_caches(sys); !made) {
        log(sys, state, "emerg", made.error().doing.substr(8));
        return fail_start(sys, state, made.error().doing);
    }
    if (!bind_all(sys, state, error)) {
        log(sys, state, "emerg", error.substr(8));
        return fail_start(sys, state, error);
    }
    state.access_fd = state.config.http.quiet ? 1 : open_log(sys, state.config.access_log, 1);
    if (state.access_fd < 0) {
        return fail_start(sys, state,
                          "[emerg] open() \"" + state.config.access_log + "\" failed (13: Permission denied)");
    }
    if (state.config.daemon && !state.background) {
        NginxState inner = state;
        inner.background = true;
        std::map<int, int> descriptors{
            {0, 0}, {1, 1}, {2, 2}, {state.error_fd, state.error_fd}, {state.access_fd, state.access_fd}};
        for (const Listening& one : state.listening) {
            descriptors[one.fd] = one.fd;
        }
        inner.role = Role::master;
        inner.workers = {0};  // 0: none started yet
        (void)sys.fork(std::make_unique<StatefulProgram<NginxState>>("nginx", step_nginx, std::move(inner)),
                       descriptors);
        return end(sys, state, 0);
    }
    state.role = Role::master;
    state.workers = {0};
    return Step::again();
}

void begin_master(Sys& sys, NginxState& state) {
    state.workers.clear();
    for (const int signal : {sig_hup, sig_int, sig_quit, sig_usr1, sig_term}) {
        (void)sys.on_signal(signal, Disposition::handle);
    }
    std::string title = "nginx: master process";
    for (const std::string& word : sys.argv()) {
        title += " " + word;
    }
    sys.set_title(title);
    (void)sys.allocate(2'600'000);
    (void)write_file(sys, "/var/run/nginx.pid", std::to_string(sys.pid()) + "\n");
    sys.burn(20'000'000);
    announce(sys, state);
    for (int i = 0; i < state.config.workers; ++i) {
        start_worker(sys, state);
    }
}

Step start_nginx(Sys& sys, NginxState& state) {
    const Options options = parse_options(sys.argv(), "vVtTqg:c:s:p:e:h");
    if (!options.unknown.empty() || !options.rest.empty()) {
        return fail_start(sys, state,
                          "invalid option: \"" + (options.rest.empty() ? options.unknown : options.rest[0]) + "\"");
    }
    if (options.has('T') || options.has('p') || options.has('h') || options.has('e')) {
        return fail_start(sys, state, "options -T, -p, -e and -h: not modelled");
    }
    if (options.has('v') || options.has('V')) {
        state.output.err("nginx version: nginx/" + nginx_version(sys) + "\n" +
                         (options.has('V') ? "built by the simulated machine, no configure arguments\n" : ""));
        return end(sys, state, 0);
    }
    if (options.has('s')) {
        return send_signal(sys, state, options.value('s'));
    }
    std::string error;
    const bool good = read_nginx_config(sys, config_path(options), options.value('g'), state.config, error);
    if (options.has('t')) {
        const std::string path = config_path(options);
        state.output.err(good ? "nginx: the configuration file " + path + " syntax is ok\nnginx: configuration file " +
                                    path + " test is successful\n"
                              : "nginx: " + error + "\nnginx: configuration file " + path + " test failed\n");
        return end(sys, state, good ? 0 : (error.ends_with(": not modelled") ? 127 : 1));
    }
    return good ? become_master(sys, state, {}) : fail_start(sys, state, error);
}

void reload(Sys& sys, NginxState& state) {
    log(sys, state, "notice", "signal 1 (SIGHUP) received, reconfiguring");
    log(sys, state, "notice", "reconfiguring");
    const Options options = parse_options(sys.argv(), "g:c:");
    NginxConfig fresh;
    std::string error;
    if (!read_nginx_config(sys, config_path(options), options.value('g'), fresh, error)) {
        log(sys, state, "emerg", error.starts_with("[emerg] ") ? error.substr(8) : error);
        return;
    }
    state.config = std::move(fresh);
    if (!bind_all(sys, state, error)) {
        log(sys, state, "emerg", error.substr(8));
        return;
    }
    const std::vector<Pid> old = std::exchange(state.workers, {});
    log(sys, state, "notice", "start worker processes");
    for (int i = 0; i < state.config.workers; ++i) {
        start_worker(sys, state);
    }
    for (const Pid pid : old) {
        (void)sys.kill(pid, sig_quit);
        state.workers.push_back(pid);
    }
}

void master_signal(Sys& sys, NginxState& state, int signal) {
    const std::string name =
        "signal " + std::to_string(signal) + " (SIG" + std::string(signal_name(signal)) + ") received";
    if (signal == sig_hup) {
        reload(sys, state);
        return;
    }
    if (signal == sig_usr1) {
        log(sys, state, "notice", name + ", reopening logs");
        return;
    }
    log(sys, state, "notice", name + (signal == sig_quit ? ", shutting down" : ", exiting"));
    state.stopping = true;
    for (const Pid pid : state.workers) {
        (void)sys.kill(pid, signal == sig_quit ? sig_quit : sig_term);
    }
}

Step step_master(Sys& sys, NginxState& state) {
    if (state.workers == std::vector<Pid>{0}) {
        begin_master(sys, state);
    }
    while (const auto signal = sys.take_signal()) {
        master_signal(sys, state, *signal);
    }
    for (;;) {
        Result<std::optional<WaitResult>> result = sys.wait(-1);
        if (!result || !result->has_value()) {
            break;
        }
        const WaitResult& ended = **result;
        const bool mine = std::erase(state.workers, ended.pid) != 0;
        const std::string pid = std::to_string(ended.pid);
        log(sys, state, "notice", "signal 17 (SIGCHLD) received from " + pid);
        log(sys, state, ended.signal != 0 ? "alert" : "notice",
            "worker process " + pid +
                (ended.signal != 0 ? " exited on signal " + std::to_string(ended.signal)
                                   : " exited with code " + std::to_string(ended.code)));
        const bool wanted = static_cast<int>(state.workers.size()) < state.config.workers;
        if (mine && !state.stopping && wanted) {
            start_worker(sys, state);
        }
    }
    if (state.stopping && state.workers.empty()) {
        log(sys, state, "notice", "exit");
        return end(sys, state, 0);
    }
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    return Step::wait_child();
}

void begin_worker(Sys& sys, NginxState& state) {
    for (const int signal : {sig_quit, sig_term, sig_int, sig_usr1}) {
        (void)sys.on_signal(signal, Disposition::handle);
    }
    (void)sys.on_signal(sig_hup, Disposition::ignore);
    sys.set_title("nginx: worker process");
    (void)sys.allocate(1'800'000);
    if (sys.uid() == 0) {
        const auto user = find_user(sys, state.config.user);
        if (!user) {
            log(sys, state, "emerg", "getpwnam(\"" + state.config.user + "\") failed");
        } else {
            (void)sys.set_user(user->first, user->second);
        }
    }
    state.workers = {-1};  // begun
}

void respond(Sys& sys, NginxState& state, int fd, Connection& connection) {
    std::size_t end_at = connection.in.find("\r\n\r\n");
    while (end_at != std::string::npos && !connection.closing) {
        NginxRequest request = read_nginx_request(std::string_view(connection.in).substr(0, end_at));
        connection.in.erase(0, end_at + 4);
        request.peer = connection.peer;
        request.port = connection.port;
        const NginxAnswer answer = answer_request(sys, state.config, request);
        state.output.to(fd, answer.bytes);
        if (!answer.access.empty()) {
            state.output.to(state.access_fd, answer.access);
        }
        if (!answer.error.empty()) {
            log(sys, state, "error", "*" + std::to_string(++state.requests) + " " + answer.error);
        }
        connection.closing = answer.close || state.stopping;
        sys.burn(300'000);
        end_at = connection.in.find("\r\n\r\n");
    }
    connection.closing = connection.closing || connection.in.size() > most_head;
}

void accept_all(Sys& sys, NginxState& state) {
    for (const Listening& one : state.listening) {
        for (Result<int> fd = sys.accept(one.fd); fd; fd = sys.accept(one.fd)) {
            std::string peer = sys.peer(*fd).value_or("-");
            peer = peer.substr(0, peer.find(':'));
            state.connections[*fd] = Connection{{}, peer, one.port, false};
        }
    }
}

void read_all(Sys& sys, NginxState& state) {
    for (auto& [fd, connection] : state.connections) {
        for (;;) {
            Result<std::string> got = sys.read(fd, 65536);
            if (!got && is_again(got.error())) {
                break;
            }
            if (!got || got->empty()) {
                connection.closing = true;
                break;
            }
            connection.in += *got;
        }
        respond(sys, state, fd, connection);
    }
}

Step step_worker(Sys& sys, NginxState& state) {
    if (state.workers.empty()) {
        begin_worker(sys, state);
    }
    while (const auto signal = sys.take_signal()) {
        if (*signal == sig_quit && !state.stopping) {
            state.stopping = true;
            log(sys, state, "notice", "gracefully shutting down");
            for (const Listening& one : state.listening) {
                (void)sys.close(one.fd);
            }
            state.listening.clear();
        } else if (*signal == sig_term || *signal == sig_int) {
            log(sys, state, "notice", "exiting");
            return end(sys, state, 0);
        }
    }
    accept_all(sys, state);
    read_all(sys, state);
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    std::erase_if(state.connections, [&](const auto& one) {
        const bool idle = state.stopping && one.second.in.empty();
        if (one.second.closing || idle) {
            (void)sys.close(one.first);
        }
        return one.second.closing || idle;
    });
    if (state.stopping && state.connections.empty()) {
        log(sys, state, "notice", "exiting");
        log(sys, state, "notice", "exit");
        return end(sys, state, 0);
    }
    Step step = Step::wait();
    for (const Listening& one : state.listening) {
        step.readable.push_back(one.fd);
    }
    for (const auto& [fd, connection] : state.connections) {
        step.readable.push_back(fd);
    }
    return step;
}

Step step_nginx(Sys& sys, NginxState& state) {
    if (state.ended) {
        return end(sys, state, state.code);
    }
    switch (state.role) {
        case Role::fresh: return start_nginx(sys, state);
        case Role::master: return step_master(sys, state);
        case Role::worker: break;
    }
    return step_worker(sys, state);
}

}  // namespace

Entries server_tools() {
    return {{"nginx", [] { return Made(std::make_unique<StatefulProgram<NginxState>>("nginx", step_nginx)); }}};
}

}  // namespace cutaway::model::programs
