// SPDX-License-Identifier: Apache-2.0
// postgres: a postmaster that listens, starts a backend a client, and watches over its background processes.
#include "core/model/programs/pg_server.h"

#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::Words;

constexpr int sig_int = 2;
constexpr int sig_quit = 3;
constexpr int sig_usr2 = 12;
constexpr int sig_term = 15;
constexpr std::int64_t startup_ns = 60'000'000;  // how long a server reads its files before it is ready

enum class Phase { fresh, starting, running, stopping, shutting, crashed, ended };

struct Child {
    Pid pid = 0;
    std::string name;  // empty: a backend
};
CUTAWAY_FIELDS(Child, pid, name)

struct ServerState {
    Phase phase = Phase::fresh;
    bool smart = false;
    bool immediate = false;
    int code = 0;
    std::string data;
    std::int64_t port = standard_port;
    std::string addresses = "localhost";
    std::vector<int> listeners;
    std::vector<Child> children;
    programs::Output output;
};
CUTAWAY_FIELDS(ServerState, phase, smart, immediate, code, data, port, addresses, listeners, children, output)

// --- background processes ---

struct AuxState {
    std::string name;
    std::string data;
    bool begun = false;
    bool ending = false;
    std::int64_t until_ns = -1;
    int code = 0;
    programs::Output output;
};
CUTAWAY_FIELDS(AuxState, name, data, begun, ending, until_ns, code, output)

std::string moment(std::int64_t wall_ns) { return programs::format_date("%Y-%m-%d %H:%M:%S UTC", wall_ns); }

void begin_aux(Sys& sys, AuxState& state) {
    state.begun = true;
    sys.set_title("postgres: " + state.name);
    for (const int signal : {sig_term, sig_usr2}) {
        (void)sys.on_signal(signal, Disposition::handle);
    }
    (void)sys.on_signal(sig_int, Disposition::ignore);
    (void)sys.on_signal(sig_quit, Disposition::standard);
    if (state.name != "startup") {
        return;
    }
    const Control control = read_control(sys, state.data);
    if (control.running) {
        state.output.err(
            log_line(sys, "LOG", "database system was interrupted; last known up at " + moment(control.wall_ns)));
        state.output.err(
            log_line(sys, "LOG", "database system was not properly shut down; automatic recovery in progress"));
        state.output.err(log_line(sys, "LOG", "redo is not required"));
    } else {
        state.output.err(log_line(sys, "LOG", "database system was shut down at " + moment(control.wall_ns)));
    }
    state.until_ns = sys.now_ns() + startup_ns;
}

Step step_aux(Sys& sys, AuxState& state) {
    if (!state.begun) {
        begin_aux(sys, state);
    }
    while (const auto signal = sys.take_signal()) {
        if (*signal == sig_usr2 && state.name == "checkpointer" && !state.ending) {
            state.output.err(log_line(sys, "LOG", "shutting down"));
            (void)write_control(sys, state.data, false);
        }
        state.ending = state.ending || *signal == sig_usr2 || state.name != "checkpointer";
        state.code = state.name == "logical replication launcher" ? 1 : 0;
    }
    state.ending = state.ending || (state.until_ns >= 0 && sys.now_ns() >= state.until_ns);
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    if (state.ending) {
        return Step::exited(state.code);
    }
    return state.until_ns >= 0 ? Step::wait_until(state.until_ns) : Step::wait();
}

programs::Made make_aux(AuxState state) {
    return std::make_unique<programs::StatefulProgram<AuxState>>("postgres-worker", step_aux, std::move(state));
}

void log(Sys& sys, ServerState& state, std::string_view level, std::string_view text) {
    state.output.err(log_line(sys, level, text));
}

void start_aux(Sys& sys, ServerState& state, const std::string& name) {
    AuxState aux;
    aux.name = name;
    aux.data = state.data;
    const auto pid = sys.fork(make_aux(std::move(aux)), {{0, 0}, {1, 1}, {2, 2}});
    if (pid) {
        state.children.push_back({*pid, name});
    } else {
        log(sys, state, "LOG", "could not fork " + name + " process: " + programs::errno_text(pid.error()));
    }
}

// --- start ---

bool read_arguments(Sys& sys, ServerState& state) {
    const Words& argv = sys.argv();
    state.data = programs::environment(sys, "PGDATA");
    Words settings;
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const bool more = i + 1 < argv.size();
        if (argv[i] == "-D" && more) {
            state.data = argv[++i];
        } else if (argv[i] == "-p" && more) {
            settings.push_back("port=" + argv[++i]);
        } else if (argv[i] == "-h" && more) {
            settings.push_back("listen_addresses=" + argv[++i]);
        } else if (argv[i] == "-c" && more) {
            settings.push_back(argv[++i]);
        } else {
            state.output.err("postgres: " + argv[i] + ": not modelled\n");
            return false;
        }
    }
    const std::string conf = programs::read_file(sys, state.data + "/postgresql.conf").value_or("");
    Words lines = programs::split_lines(conf);
    lines.insert(lines.end(), settings.begin(), settings.end());
    for (const std::string& line : lines) {
        const std::string text(programs::trim(line.substr(0, line.find('#'))));
        const std::size_t equals = text.find('=');
        const std::string name(programs::trim(text.substr(0, equals)));
        std::string value(equals == std::string::npos ? "" : programs::trim(text.substr(equals + 1)));
        value = programs::replace_all(value, "'", "");
        if (name == "port") {
            state.port = programs::to_number(value).value_or(standard_port);
        } else if (name == "listen_addresses") {
            state.addresses = value;
        }
    }
    return true;
}

bool check_start(Sys& sys, ServerState& state) {
    if (sys.uid() == 0) {
        state.output.err(
            "\"root\" execution of the PostgreSQL server is not permitted.\n"
            "The server must be started under an unprivileged user ID to prevent\n"
            "possible system security compromise.  See the documentation for\n"
            "more information on how to properly start the server.\n");
        return false;
    }
    if (state.data.empty()) {
        state.output.err(
            "postgres does not know where to find the server configuration file.\n"
            "You must specify the --config-file or -D invocation option or set the PGDATA environment variable.\n");
        return false;
    }
    const auto kept = programs::read_file(sys, state.data + "/PG_VERSION");
    if (!kept) {
        state.output.err("postgres: could not access the server configuration file \"" + state.data +
                         "/postgresql.conf\": No such file or directory\n");
        return false;
    }
    const Release release = release_of(sys);
    const std::string major(programs::trim(*kept));
    if (major != release.major()) {
        log(sys, state, "FATAL", "database files are incompatible with server");
        log(sys, state, "DETAIL",
            "The data directory was initialized by PostgreSQL version " + major +
                ", which is not compatible with this version " + release.version + ".");
        return false;
    }
    const std::string lock = programs::read_file(sys, state.data + "/postmaster.pid").value_or("");
    const auto other = programs::to_number(lock.substr(0, lock.find('\n')));
    const auto alive = sys.visible_processes();
    if (other && *other != sys.pid() && std::find(alive.begin(), alive.end(), *other) != alive.end()) {
        log(sys, state, "FATAL", "lock file \"postmaster.pid\" already exists");
        log(sys, state, "HINT",
            "Is another postmaster (PID " + std::to_string(*other) + ") running in data directory \"" + state.data +
                "\"?");
        return false;
    }
    return true;
}

bool listen_network(Sys& sys, ServerState& state) {
    for (const std::string& one : programs::split(state.addresses, ',')) {
        const std::string name(programs::trim(one));
        if (name.empty()) {
            continue;
        }
        const std::string address = name == "*" ? "0.0.0.0" : (name == "localhost" ? "127.0.0.1" : name);
        const auto fd = sys.listen(address, static_cast<std::uint16_t>(state.port));
        if (!fd) {
            log(sys, state, "LOG",
                "could not bind IPv4 address \"" + address + "\": " + programs::errno_text(fd.error()));
            log(sys, state, "FATAL", "could not create any TCP/IP sockets");
            return false;
        }
        state.listeners.push_back(*fd);
        log(sys, state, "LOG", "listening on IPv4 address \"" + address + "\", port " + std::to_string(state.port));
    }
    return true;
}

bool listen_local(Sys& sys, ServerState& state) {
    const std::string path = socket_path(socket_directory, state.port);
    (void)sys.unlink(path);
    const auto fd = sys.listen(path, 0);
    if (!fd) {
        log(sys, state, "FATAL",
            "could not create lock file \"" + path + ".lock\": " + programs::errno_text(fd.error()));
        return false;
    }
    (void)sys.change_mode(path, 0777);
    state.listeners.push_back(*fd);
    log(sys, state, "LOG", "listening on Unix socket \"" + path + "\"");
    return true;
}

void write_lock(Sys& sys, const ServerState& state, std::string_view status) {
    const std::string text = std::to_string(sys.pid()) + "\n" + state.data + "\n" +
                             std::to_string(sys.wall_ns() / 1'000'000'000) + "\n" + std::to_string(state.port) + "\n" +
                             std::string(socket_directory) + "\n" + state.addresses + "\n" + std::string(status) + "\n";
    (void)programs::write_file(sys, state.data + "/postmaster.pid", text);
}

void start_up(Sys& sys, ServerState& state) {
    state.phase = Phase::starting;
    start_aux(sys, state, "checkpointer");
    start_aux(sys, state, "background writer");
    start_aux(sys, state, "startup");
}

// False: it ends at once, with `code`.
bool begin(Sys& sys, ServerState& state) {
    const Words& argv = sys.argv();
    const Release release = release_of(sys);
    if (argv.size() > 1 && (argv[1] == "--version" || argv[1] == "-V")) {
        state.output.out("postgres (PostgreSQL) " + release.version + "\n");
        return false;
    }
    state.code = 127;
    if (!read_arguments(sys, state)) {
        return false;
    }
    state.code = 1;
    if (!check_start(sys, state)) {
        return false;
    }
    for (const int signal : {sig_int, sig_term, sig_quit}) {
        (void)sys.on_signal(signal, Disposition::handle);
    }
    log(sys, state, "LOG", "starting PostgreSQL " + release.version + " " + release.build);
    if (!listen_network(sys, state) || !listen_local(sys, state)) {
        log(sys, state, "LOG", "database system is shut down");
        return false;
    }
    state.code = 0;
    write_lock(sys, state, "starting");
    start_up(sys, state);
    return true;
}

void be_ready(Sys& sys, ServerState& state) {
    state.phase = Phase::running;
    (void)write_control(sys, state.data, true);
    start_aux(sys, state, "walwriter");
    start_aux(sys, state, "autovacuum launcher");
    start_aux(sys, state, "logical replication launcher");
    write_lock(sys, state, "ready");
    log(sys, state, "LOG", "database system is ready to accept connections");
}

// --- stop ---

void signal_children(Sys& sys, ServerState& state, int signal, bool backends_too) {
    for (const Child& child : state.children) {
        const bool last = child.name == "checkpointer" && signal == sig_term;
        if (!last && (backends_too || !child.name.empty())) {
            (void)sys.kill(child.pid, signal);
        }
    }
}

void stop(Sys& sys, ServerState& state, int signal) {
    const char* how = signal == sig_int ? "fast" : (signal == sig_term ? "smart" : "immediate");
    log(sys, state, "LOG", std::string("received ") + how + " shutdown request");
    if (signal == sig_int) {
        log(sys, state, "LOG", "aborting any active transactions");
    }
    state.phase = Phase::stopping;
    state.smart = signal == sig_term;
    state.immediate = signal == sig_quit;
    write_lock(sys, state, "stopping");
    signal_children(sys, state, state.immediate ? sig_quit : sig_term, !state.smart);
}

void child_ended(Sys& sys, ServerState& state, const WaitResult& ended) {
    const auto child = std::find_if(state.children.begin(), state.children.end(),
                                    [&](const Child& one) { return one.pid == ended.pid; });
    if (child == state.children.end()) {
        return;
    }
    const std::string name = child->name;
    state.children.erase(child);
    const std::string pid = std::to_string(ended.pid);
    if (ended.signal != 0 && !state.immediate && state.phase != Phase::crashed) {
        log(sys, state, "LOG",
            (name.empty() ? "server" : name) + " process (PID " + pid + ") was terminated by signal " +
                std::to_string(ended.signal) + ": " + std::string(programs::signal_words(ended.signal)));
        log(sys, state, "LOG", "terminating any other active server processes");
        state.phase = Phase::crashed;
        signal_children(sys, state, sig_quit, true);
    } else if (name == "startup" && state.phase == Phase::starting) {
        be_ready(sys, state);
    } else if (name == "logical replication launcher" && ended.code == 1) {
        log(sys, state, "LOG",
            "background worker \"" + name + "\" (PID " + pid + ") exited with exit code " + std::to_string(ended.code));
    }
}

void go_on_stopping(Sys& sys, ServerState& state) {
    const auto others = std::count_if(state.children.begin(), state.children.end(),
                                      [](const Child& child) { return child.name != "checkpointer"; });
    if (state.phase == Phase::crashed && state.children.empty()) {
        log(sys, state, "LOG", "all server processes terminated; reinitializing");
        start_up(sys, state);
    } else if (state.phase == Phase::stopping && others == 0 && !state.immediate) {
        state.phase = Phase::shutting;
        signal_children(sys, state, sig_usr2, false);
    }
    const bool over = state.children.empty() && (state.phase == Phase::shutting || state.phase == Phase::stopping);
    if (over) {
        (void)sys.unlink(socket_path(socket_directory, state.port));
        (void)sys.unlink(state.data + "/postmaster.pid");
        log(sys, state, "LOG", "database system is shut down");
        state.phase = Phase::ended;
    }
}

void accept_clients(Sys& sys, ServerState& state) {
    for (const int listener : state.listeners) {
        while (const auto fd = sys.accept(listener)) {
            BackendState backend;
            backend.fd = 3;
            backend.data = state.data;
            if (state.phase == Phase::starting || state.phase == Phase::crashed) {
                backend.refusal = "the database system is starting up";
            } else if (state.phase != Phase::running) {
                backend.refusal = "the database system is shutting down";
            }
            const auto pid = sys.fork(make_backend(std::move(backend)), {{0, 0}, {1, 1}, {2, 2}, {3, *fd}});
            if (pid) {
                state.children.push_back({*pid, ""});
            } else {
                log(sys, state, "LOG",
                    "could not fork new process for connection: " + programs::errno_text(pid.error()));
            }
            (void)sys.close(*fd);
        }
    }
}

Step step_server(Sys& sys, ServerState& state) {
    if (state.phase == Phase::fresh && !begin(sys, state)) {
        state.phase = Phase::ended;
    }
    while (const auto signal = sys.take_signal()) {
        if (state.phase == Phase::running || state.phase == Phase::starting || state.smart) {
            stop(sys, state, *signal);
        }
    }
    if (state.phase != Phase::ended) {
        for (auto ended = sys.wait(-1); ended && *ended; ended = sys.wait(-1)) {
            child_ended(sys, state, **ended);
        }
        accept_clients(sys, state);
        go_on_stopping(sys, state);
    }
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    if (state.phase == Phase::ended) {
        return Step::exited(state.code);
    }
    Step step = Step::wait_child();
    step.readable = state.listeners;
    return step;
}

}  // namespace

std::string log_line(Sys& sys, std::string_view level, std::string_view text) {
    return programs::format_date("%Y-%m-%d %H:%M:%S", sys.wall_ns()) + "." +
           programs::zeros(sys.wall_ns() / 1'000'000 % 1000, 3) + " UTC [" + std::to_string(sys.pid()) + "] " +
           std::string(level) + ":  " + std::string(text) + "\n";
}

std::optional<std::string> ServerFiles::read(const std::string& path) {
    return programs::read_file(sys_, root_ + "/" + path);
}

bool ServerFiles::write(const std::string& path, const std::string& bytes) {
    const std::string whole = root_ + "/" + path;
    const std::string directory = programs::dir_name(whole);
    if (!sys_.stat(directory, true)) {
        (void)sys_.make_dir(directory, 0700);
    }
    return programs::write_file(sys_, whole, bytes).has_value() && sys_.change_mode(whole, 0600).has_value();
}

void ServerFiles::remove(const std::string& path) {
    const std::string whole = root_ + "/" + path;
    (void)sys_.unlink(whole);
    (void)sys_.remove_dir(programs::dir_name(whole));  // of a database that is gone
}

Control read_control(Sys& sys, const std::string& data) {
    Control control;
    if (const auto bytes = programs::read_file(sys, data + "/global/pg_control")) {
        (void)binary::decode(*bytes, control);
    }
    return control;
}

bool write_control(Sys& sys, const std::string& data, bool running) {
    std::string bytes;
    binary::put(bytes, Control{running, sys.wall_ns()});
    return ServerFiles(sys, data).write("global/pg_control", bytes);
}

}  // namespace cutaway::model::pg

namespace cutaway::model::programs {

Entries postgres_tools() {
    return {{"postgres",
             []() -> Made { return std::make_unique<StatefulProgram<pg::ServerState>>("postgres", pg::step_server); }},
            {"postgres-backend", []() -> Made { return pg::make_backend({}); }},
            {"postgres-worker", []() -> Made { return pg::make_aux({}); }}};
}

}  // namespace cutaway::model::programs
