// SPDX-License-Identifier: Apache-2.0
// initdb makes a data directory; pg_ctl starts and stops a server over one.
#include <algorithm>
#include <array>

#include "core/base/sha256.h"
#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/pg_server.h"
#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::Options;
using programs::Words;

// --- initdb ---

struct InitdbState {
    bool begun = false;
    std::size_t stage = 0;
    std::int64_t until_ns = -1;
    bool over = false;
    int code = 0;
    std::string data;
    std::string user;
    std::string password;
    bool password_awaited = false;
    std::string method;
    programs::Output output;
};
CUTAWAY_FIELDS(InitdbState, begun, stage, until_ns, over, code, data, user, password, password_awaited, method, output)

// What is said, and how long it takes until the next.
struct Saying {
    std::string_view text;
    std::int64_t ms;
};
constexpr std::array<Saying, 9> sayings = {{{"creating subdirectories ... ", 5},
                                            {"selecting dynamic shared memory implementation ... ", 5},
                                            {"selecting default max_connections ... ", 40},
                                            {"selecting default shared_buffers ... ", 60},
                                            {"selecting default time zone ... ", 20},
                                            {"creating configuration files ... ", 5},
                                            {"running bootstrap script ... ", 300},
                                            {"performing post-bootstrap initialization ... ", 600},
                                            {"syncing data to disk ... ", 350}}};
constexpr std::array<std::string_view, 9> answers = {"ok", "posix", "100", "128MB", "Etc/UTC", "ok", "ok", "ok", "ok"};

void fail(InitdbState& state, const std::string& error, const std::string& hint = {}) {
    state.output.err("initdb: error: " + error + "\n" + (hint.empty() ? "" : "initdb: hint: " + hint + "\n"));
    state.code = 1;
    state.over = true;
}

bool read_arguments(Sys& sys, InitdbState& state) {
    const Options options = programs::parse_options(
        sys.argv(), "D:U:A:x:", {{"--pgdata", 'D'}, {"--username", 'U'}, {"--auth", 'A'}, {"--pwfile", 'x'}});
    if (!options.unknown.empty()) {
        state.output.err("initdb: " + options.unknown + ": not modelled\n");
        state.code = 127;
        state.over = true;
        return false;
    }
    state.data = options.value('D', options.rest.empty() ? programs::environment(sys, "PGDATA") : options.rest[0]);
    state.user = options.value('U', programs::user_name(sys, sys.uid()));
    state.method = options.value('A', "trust");
    state.password_awaited = options.has('x');
    if (state.password_awaited && options.value('x') != "/dev/stdin") {
        const auto text = programs::read_file(sys, options.value('x'));
        if (!text) {
            fail(state, "could not open file \"" + options.value('x') + "\" for reading: No such file or directory");
            return false;
        }
        state.password = text->substr(0, text->find('\n'));
        state.password_awaited = false;
    }
    return true;
}

void greet(Sys& sys, InitdbState& state) {
    const std::string me = programs::user_name(sys, sys.uid());
    const bool sums = programs::to_number(programs::split(release_of(sys).version, '.')[0]).value_or(0) >= 18;
    state.output.out("The files belonging to this database system will be owned by user \"" + me +
                     "\".\nThis user must also own the server process.\n\n"
                     "The database cluster will be initialized with locale \"en_US.utf8\".\n"
                     "The default database encoding has accordingly been set to \"UTF8\".\n"
                     "The default text search configuration will be set to \"english\".\n\n"
                     "Data page checksums are " +
                     (sums ? "enabled" : "disabled") + ".\n\n");
}

bool check_directory(Sys& sys, InitdbState& state) {
    if (sys.uid() == 0) {
        fail(state, "cannot be run as root",
             "Please log in (using, e.g., \"su\") as the (unprivileged) user that will own the server process.");
        return false;
    }
    if (state.data.empty()) {
        fail(state, "no data directory specified",
             "You must identify the directory where the data for this database system will reside.  Do this with "
             "either the invocation option -D or the environment variable PGDATA.");
        return false;
    }
    const auto entries = sys.list(state.data);
    if (entries && !entries->empty()) {
        fail(state, "directory \"" + state.data + "\" exists but is not empty",
             "If you want to create a new database system, either remove or empty the directory \"" + state.data +
                 "\" or run initdb with an argument other than \"" + state.data + "\".");
        return false;
    }
    if (!entries) {
        state.output.out("creating directory " + state.data + " ... ");
        if (const Status made = sys.make_dir(state.data, 0700); !made) {
            fail(state, "could not create directory \"" + state.data + "\": " + programs::errno_text(made.error()));
            return false;
        }
        state.output.out("ok\n");
        return true;
    }
    state.output.out("fixing permissions on existing directory " + state.data + " ... ");
    if (const Status changed = sys.change_mode(state.data, 0700); !changed) {
        fail(state, "could not change permissions of directory \"" + state.data +
                        "\": " + programs::errno_text(changed.error()));
        return false;
    }
    state.output.out("ok\n");
    return true;
}

bool begin(Sys& sys, InitdbState& state) {
    if (!read_arguments(sys, state)) {
        return false;
    }
    if (sys.uid() != 0) {
        greet(sys, state);
    }
    if (!check_directory(sys, state)) {
        return false;
    }
    state.output.out(sayings[0].text);
    state.until_ns = sys.now_ns() + sayings[0].ms * 1'000'000;
    return true;
}

void write_configuration(Sys& sys, const InitdbState& state) {
    ServerFiles files(sys, state.data);
    const std::string hba =
        "# TYPE  DATABASE        USER            ADDRESS                 METHOD\n\n"
        "# \"local\" is for Unix domain socket connections only\n"
        "local   all             all                                     " +
        state.method + "\n# IPv4 local connections:\nhost    all             all             127.0.0.1/32            " +
        state.method + "\n# IPv6 local connections:\nhost    all             all             ::1/128                 " +
        state.method + "\n";
    const std::string conf = programs::read_file(sys, "/usr/share/postgresql/postgresql.conf.sample").value_or("");
    (void)files.write("postgresql.conf", conf);
    (void)files.write("pg_hba.conf", hba);
    (void)files.write("pg_ident.conf", "# MAPNAME       SYSTEM-USERNAME         PG-USERNAME\n");
}

void write_catalog(Sys& sys, const InitdbState& state) {
    ServerFiles files(sys, state.data);
    Pending pending;
    Store store(files, pending);
    Cluster cluster;
    Role role{state.user, 10, true, true, true, true, true, {}, {}};
    if (!state.password.empty()) {
        role.salt = sha256_hex(role.name + std::to_string(sys.random())).substr(0, 24);
        role.secret = secret_of(role.salt, state.password);
    }
    cluster.roles.push_back(std::move(role));
    const std::pair<const char*, std::uint64_t> databases[] = {{"template1", 1}, {"template0", 4}, {"postgres", 5}};
    for (const auto& [name, oid] : databases) {
        cluster.databases.push_back({name, oid, state.user});
        store.save(oid, Relations());
    }
    store.save(cluster);
    Problem problem;
    (void)store.commit(problem);
    (void)write_control(sys, state.data, false);
    (void)files.write("PG_VERSION", release_of(sys).major() + "\n");
}

void do_stage(Sys& sys, InitdbState& state) {
    state.output.out(std::string(answers[state.stage]) + "\n");
    if (state.stage == 0) {
        for (const char* name : {"base", "global", "pg_wal", "pg_xact"}) {
            (void)sys.make_dir(programs::join_path(state.data, name), 0700);
        }
    } else if (state.stage == 5) {
        write_configuration(sys, state);
    } else if (state.stage == 7) {
        write_catalog(sys, state);
    }
    if (++state.stage < sayings.size()) {
        state.output.out(sayings[state.stage].text);
        state.until_ns = sys.now_ns() + sayings[state.stage].ms * 1'000'000;
        return;
    }
    state.over = true;
    state.output.out("\n\nSuccess. You can now start the database server using:\n\n    pg_ctl -D " + state.data +
                     " -l logfile start\n\n");
    if (state.method == "trust") {
        state.output.err(
            "initdb: warning: enabling \"trust\" authentication for local connections\n"
            "initdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local and "
            "--auth-host, the next time you run initdb.\n");
    }
}

// False: the password has not been read yet.
bool read_password(Sys& sys, InitdbState& state) {
    const auto got = sys.read(0, 4096);
    if (!got && programs::is_again(got.error())) {
        return false;
    }
    state.password += got ? *got : "";
    if (!got || got->empty() || state.password.find('\n') != std::string::npos) {
        state.password = state.password.substr(0, state.password.find('\n'));
        state.password_awaited = false;
    }
    return true;
}

Step step_initdb(Sys& sys, InitdbState& state) {
    if (!state.begun) {
        state.begun = true;
        state.over = !begin(sys, state);
    }
    while (!state.over && state.password_awaited) {
        if (!read_password(sys, state)) {
            return Step::wait_readable(0);
        }
    }
    while (!state.over && sys.now_ns() >= state.until_ns) {
        do_stage(sys, state);
    }
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    return state.over ? Step::exited(state.code) : Step::wait_until(state.until_ns);
}

// --- pg_ctl ---

constexpr std::int64_t look_ns = 100'000'000;

struct CtlState {
    bool begun = false;
    bool over = false;
    bool starts = false;
    int code = 0;
    std::int64_t looks = 0;
    std::int64_t until_ns = -1;
    Pid child = 0;
    std::string data;
    programs::Output output;
};
CUTAWAY_FIELDS(CtlState, begun, over, starts, code, looks, until_ns, child, data, output)

Words lock_lines(Sys& sys, const CtlState& state) {
    return programs::split_lines(programs::read_file(sys, state.data + "/postmaster.pid").value_or(""));
}

void end(CtlState& state, int code, const std::string& error) {
    state.over = true;
    state.code = code;
    state.output.err(error.empty() ? "" : "pg_ctl: " + error + "\n");
}

void start_server(Sys& sys, CtlState& state, const std::string& options) {
    const auto path = programs::find_in_path(sys, programs::environment(sys, "PATH"), "postgres");
    if (!path) {
        return end(state, 1, "program \"postgres\" is needed by pg_ctl but was not found in its directory");
    }
    SpawnRequest request;
    request.path = *path;
    request.argv = {*path, "-D", state.data};
    for (const std::string& word : programs::split_blank(options)) {
        request.argv.push_back(programs::replace_all(programs::replace_all(word, "'", ""), "\"", ""));
    }
    request.env = sys.env();
    request.descriptors = {{0, 0}, {1, 1}, {2, 2}};
    const auto pid = sys.spawn(request);
    if (!pid) {
        return end(state, 1, "could not start server: " + programs::errno_text(pid.error()));
    }
    state.child = *pid;
    state.output.out("waiting for server to start...");
}

void stop_server(Sys& sys, CtlState& state, const std::string& mode) {
    const Words lock = lock_lines(sys, state);
    const auto pid = lock.empty() ? std::nullopt : programs::to_number(lock[0]);
    if (!pid) {
        return end(state, 1, "PID file \"" + state.data + "/postmaster.pid\" does not exist\nIs server running?");
    }
    const int signal = mode == "smart" ? 15 : (mode == "immediate" ? 3 : 2);
    if (const Status sent = sys.kill(*pid, signal); !sent) {
        return end(
            state, 1,
            "could not send stop signal (PID: " + std::to_string(*pid) + "): " + programs::errno_text(sent.error()));
    }
    state.output.out("waiting for server to shut down...");
}

void begin(Sys& sys, CtlState& state) {
    const Options options = programs::parse_options(sys.argv(), "D:o:m:w", {{"--pgdata", 'D'}, {"--mode", 'm'}});
    const std::string what = options.rest.size() == 1 ? options.rest[0] : "";
    if (!options.unknown.empty() || (what != "start" && what != "stop")) {
        state.output.err("pg_ctl: " + (options.unknown.empty() ? "operation " + what : options.unknown) +
                         ": not modelled\n");
        return end(state, 127, "");
    }
    if (sys.uid() == 0) {
        return end(state, 1,
                   "cannot be run as root\nPlease log in (using, e.g., \"su\") as the (unprivileged) user that will\n"
                   "own the server process.");
    }
    state.data = options.value('D', programs::environment(sys, "PGDATA"));
    state.starts = what == "start";
    if (state.starts) {
        start_server(sys, state, options.value('o'));
    } else {
        stop_server(sys, state, options.value('m', "fast"));
    }
}

void look(Sys& sys, CtlState& state) {
    const Words lock = lock_lines(sys, state);
    if (state.starts && lock.size() >= 7 && lock[6] == "ready" && programs::to_number(lock[0]) == state.child) {
        state.output.out(" done\nserver started\n");
        return end(state, 0, "");
    }
    if (!state.starts && lock.empty()) {
        state.output.out(" done\nserver stopped\n");
        return end(state, 0, "");
    }
    if (state.starts) {
        const auto ended = sys.wait(state.child);
        if (!ended || *ended) {
            state.output.out(" stopped waiting\n");
            return end(state, 1, "could not start server\nExamine the log output.");
        }
    }
    state.output.out(state.looks++ % 10 == 0 ? "." : "");
    state.until_ns = sys.now_ns() + look_ns;
}

Step step_ctl(Sys& sys, CtlState& state) {
    if (!state.begun) {
        state.begun = true;
        begin(sys, state);
    }
    if (!state.over && sys.now_ns() >= state.until_ns) {
        look(sys, state);
    }
    if (programs::flush(sys, state.output) == programs::Flush::blocked) {
        return programs::wait_to_flush(state.output);
    }
    return state.over ? Step::exited(state.code) : Step::wait_until(state.until_ns);
}

}  // namespace

}  // namespace cutaway::model::pg

namespace cutaway::model::programs {

Entries initdb_tools() {
    return {
        {"initdb",
         []() -> Made { return std::make_unique<StatefulProgram<pg::InitdbState>>("initdb", pg::step_initdb); }},
        {"pg_ctl", []() -> Made { return std::make_unique<StatefulProgram<pg::CtlState>>("pg_ctl", pg::step_ctl); }}};
}

}  // namespace cutaway::model::programs
