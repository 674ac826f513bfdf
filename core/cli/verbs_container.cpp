// SPDX-License-Identifier: Apache-2.0
// The verbs that act on containers.
#include <algorithm>

#include "core/cli/container_options.h"
#include "core/cli/given_files.h"
#include "core/cli/list.h"
#include "core/cli/moment.h"
#include "core/cli/verb.h"
#include "core/engine/lifecycle.h"

namespace cutaway::cli {

namespace {

void tell_run(const Invocation& call, const std::string& text) {
    call.console.err("docker: " + shown(text) + "\n\nRun 'docker " + std::string(call.verb.name) +
                     " --help' for more information\n");
}

// What docker's client finds by itself is told without the daemon's name.
bool of_client(const Error& error) {
    const auto begins = [&](std::string_view text) { return error.doing.starts_with(text); };
    return begins("invalid reference format") || begins("conflicting options: cannot specify both") ||
           begins("invalid restart policy format");
}

std::string from_daemon(const Error& error) {
    return (of_client(error) ? "" : "Error response from daemon: ") + shown(error.doing);
}

// Options that make no sense: of one flag with the usage, of several plainly.
int refuse_options(const Invocation& call, const Error& error) {
    if (error.doing.starts_with("invalid argument \"")) {
        return misuse(call, error.doing);
    }
    const bool by_daemon = error.doing.starts_with("invalid volume specification") ||
                           error.doing.starts_with("invalid mount config for type");
    tell_run(call, by_daemon ? from_daemon(error) : error.doing);
    return 125;
}

// docker run's own way of telling: with its name in front, and 125, 126 or 127.
int refuse_run(const Invocation& call, const Error& error) {
    tell_run(call, from_daemon(error));
    return engine::run_status(error);
}

// A pseudo-terminal's input has no end that a pipe or a file could tell.
bool lacks_terminal(const Invocation& call) {
    const bool wanted = call.given.on("tty") && call.given.on("interactive") && !call.given.on("detach");
    return wanted && !call.console.types();
}

int refuse_without_terminal(const Invocation& call) {
    call.console.err("the input device is not a TTY\n");
    return 1;
}

Result<engine::ContainerOptions> options_of(const Invocation& call) { return to_options(TRY(with_given_files(call))); }

int run(Invocation& call) {
    const Result<engine::ContainerOptions> options = options_of(call);
    if (!options) {
        return refuse_options(call, options.error());
    }
    if (lacks_terminal(call)) {
        return refuse_without_terminal(call);
    }
    const bool detach = call.given.on("detach");
    if (detach) {
        // The id is the promise: it is printed when the container is up, as docker does.
        struct PrintId : Console {
            explicit PrintId(Console& inner) : console(inner) {}
            void out(std::string_view bytes) override { console.out(bytes); }
            void err(std::string_view bytes) override { console.err(bytes); }
            void progress(const engine::LayerBar& bar) override { console.progress(bar); }
            void layer(std::string_view id, std::string_view status) override { console.layer(id, status); }
            void say(std::string_view line) override { console.say(line); }
            void started(std::string_view id) override { console.out(std::string(id) + "\n"); }
            Console& console;
        } printing(call.console);
        const Result<std::int32_t> status = call.engine.run(*options, true, printing);
        return status ? *status : refuse_run(call, status.error());
    }
    const Result<std::int32_t> status = call.engine.run(*options, false, call.console);
    return status ? *status : refuse_run(call, status.error());
}

int create(Invocation& call) {
    const Result<engine::ContainerOptions> options = options_of(call);
    if (!options) {
        return refuse_options(call, options.error());
    }
    const Result<std::string> id = call.engine.create(*options, call.console);
    if (!id) {
        call.console.err(from_daemon(id.error()) + "\n");
        return 1;
    }
    call.console.out(*id + "\n");
    return 0;
}

int start(Invocation& call) {
    if (call.given.on("attach") || call.given.on("interactive")) {
        if (call.given.arguments.size() > 1) {
            call.console.err("you cannot start and attach multiple containers at once\n");
            return 1;
        }
        const engine::AttachOptions options{call.given.arguments.front(), call.given.on("interactive"),
                                            call.given.text("detach-keys")};
        const Result<std::int32_t> status = call.engine.start_attached(options, call.console);
        return status ? *status : refuse(call, status.error());
    }
    std::string failed;
    for (const std::string& name : call.given.arguments) {
        if (const Status done = call.engine.start(name); !done) {
            refuse(call, done.error());
            failed += (failed.empty() ? "" : ", ") + name;
        } else {
            call.console.out(name + "\n");
        }
    }
    if (!failed.empty()) {
        call.console.err("Error: failed to start containers: " + failed + "\n");
    }
    return failed.empty() ? 0 : 1;
}

std::optional<std::int32_t> timeout_of(const Parsed& given) {
    std::optional<std::int64_t> seconds = given.number("timeout");
    if (!seconds) {
        seconds = given.number("time");
    }
    return seconds ? std::optional<std::int32_t>(static_cast<std::int32_t>(*seconds)) : std::nullopt;
}

void warn_of_time(Invocation& call) {
    if (call.given.has("time")) {
        call.console.err("Flag --time has been deprecated, use --timeout instead\n");
    }
}

int stop(Invocation& call) {
    warn_of_time(call);
    return for_each_argument(call, [](Invocation& c, const std::string& name) {
        return c.engine.stop(name, timeout_of(c.given), c.given.text("signal"));
    });
}

int restart(Invocation& call) {
    warn_of_time(call);
    return for_each_argument(
        call, [](Invocation& c, const std::string& name) { return c.engine.restart(name, timeout_of(c.given)); });
}

int kill(Invocation& call) {
    return for_each_argument(
        call, [](Invocation& c, const std::string& name) { return c.engine.kill(name, c.given.text("signal")); });
}

int pause(Invocation& call) {
    return for_each_argument(call, [](Invocation& c, const std::string& name) { return c.engine.pause(name); });
}

int unpause(Invocation& call) {
    return for_each_argument(call, [](Invocation& c, const std::string& name) { return c.engine.unpause(name); });
}

int wait(Invocation& call) {
    int status = 0;
    for (const std::string& name : call.given.arguments) {
        const Result<std::int32_t> code = call.engine.wait(name);
        if (code) {
            call.console.out(std::to_string(*code) + "\n");
        } else {
            status = refuse(call, code.error());
        }
    }
    return status;
}

int remove(Invocation& call) {
    const bool force = call.given.on("force");
    int status = 0;
    for (const std::string& name : call.given.arguments) {
        const Status done = call.engine.remove(name, force, call.given.on("volumes"));
        if (done) {
            call.console.out(name + "\n");
            continue;
        }
        const int refused = refuse(call, done.error());
        // With --force docker tells that nothing is there, and is content.
        status = force && done.error().code == Errc::not_found ? status : refused;
    }
    return status;
}

int rename(Invocation& call) {
    const Status done = call.engine.rename(call.given.arguments[0], call.given.arguments[1]);
    if (!done) {
        refuse(call, done.error());
        call.console.err("Error: failed to rename container named " + call.given.arguments[0] + "\n");
    }
    return done ? 0 : 1;
}

int logs(Invocation& call) {
    engine::LogOptions options;
    options.container = call.given.arguments.front();
    options.follow = call.given.on("follow");
    options.timestamps = call.given.on("timestamps");
    const std::string tail = call.given.text("tail");
    if (!tail.empty() && tail != "all") {
        options.tail = 0;
        for (const char digit : tail) {
            if (digit < '0' || digit > '9' || *options.tail > 1'000'000'000) {
                options.tail.reset();  // docker prints everything for what is no number
                break;
            }
            options.tail = *options.tail * 10 + static_cast<std::uint64_t>(digit - '0');
        }
    }
    const std::int64_t now = call.engine.world().clock.wall_ns();
    for (const auto& [flag, edge] : {std::pair{"since", &options.since_wall_ns}, {"until", &options.until_wall_ns}}) {
        const Result<std::int64_t> moment =
            call.given.has(flag) ? parse_moment(call.given.text(flag), now) : Result<std::int64_t>(0);
        if (!moment) {
            return refuse(call, Error{Errc::invalid, 0,
                                      "invalid value for \"" + std::string(flag) + "\": " + moment.error().doing});
        }
        if (call.given.has(flag)) {
            *edge = *moment;
        }
    }
    const Status done = call.engine.logs(options, call.console);
    return done ? 0 : refuse(call, done.error());
}

int exec(Invocation& call) {
    if (const Status good = check_env(call.given); !good) {
        return misuse(call, good.error().doing);
    }
    const Result<Parsed> given = with_given_files(call);
    if (!given) {
        call.console.err(shown(given.error().doing) + "\n");
        return 1;
    }
    engine::ExecOptions options;
    options.container = call.given.arguments.front();
    options.command.assign(call.given.arguments.begin() + 1, call.given.arguments.end());
    options.env = given->list("env");
    options.user = call.given.text("user");
    options.working_dir = call.given.text("workdir");
    options.terminal = call.given.on("tty");
    options.keep_stdin = call.given.on("interactive");
    options.detach_keys = call.given.text("detach-keys");
    options.detach = call.given.on("detach");
    if (lacks_terminal(call)) {  // whether there is a container comes first
        const Result<store::ContainerRecord> record = call.engine.container(options.container);
        return record ? refuse_without_terminal(call) : refuse(call, record.error());
    }
    const Result<std::int32_t> status = call.engine.exec(options, call.console);
    if (status) {
        return *status;
    }
    const std::int32_t code = engine::run_status(status.error());
    if (code == 125) {
        return refuse(call, status.error());
    }
    // The daemon tells it on the stream that the program would have had.
    const std::string told = shown(status.error().doing);
    options.detach ? call.console.err(told + "\n") : call.console.out(told + "\n");
    return code;
}

int attach(Invocation& call) {
    const engine::AttachOptions options{call.given.arguments.front(), !call.given.on("no-stdin"),
                                        call.given.text("detach-keys")};
    const Result<std::int32_t> status = call.engine.attach(options, call.console);
    if (!status && status.error().doing.starts_with("cannot attach to")) {  // the client sees that by itself
        call.console.err(status.error().doing + "\n");
        return 1;
    }
    return status ? *status : refuse(call, status.error());
}

int port(Invocation& call) {
    const Result<store::ContainerRecord> record = call.engine.container(call.given.arguments.front());
    if (!record) {
        return refuse(call, record.error());
    }
    const std::string typed = call.given.arguments.size() > 1 ? call.given.arguments[1] : "";
    std::string asked = typed;
    if (!asked.empty() && asked.find('/') == std::string::npos) {
        asked += "/tcp";
    }
    bool found = asked.empty();
    for (const store::PortBinding& one : record->published) {
        const std::string inside = std::to_string(one.port) + "/" + one.protocol;
        const std::string outside = one.host_address + ":" + std::to_string(one.host_port);
        if (asked.empty() || asked == inside) {
            call.console.out((asked.empty() ? inside + " -> " : "") + outside + "\n");
            found = true;
        }
    }
    if (!found) {
        call.console.err("Error: No public port '" + typed + "' published for " + call.given.arguments[0] + "\n");
    }
    return found ? 0 : 1;
}

std::vector<FlagSpec> stop_flags() {
    return {
        {"signal", 's', FlagKind::text, "Signal to send to the container", ""},
        {"timeout", 't', FlagKind::number, "Seconds to wait before killing the container", ""},
        {"time", 0, FlagKind::number, "Seconds to wait before killing the container (deprecated: use --timeout)", ""}};
}

std::vector<FlagSpec> start_flags() {
    return {{"attach", 'a', FlagKind::boolean, "Attach STDOUT/STDERR and forward signals", ""},
            {"detach-keys", 0, FlagKind::text, detach_keys_help, ""},
            {"interactive", 'i', FlagKind::boolean, "Attach container's STDIN", ""}};
}

std::vector<FlagSpec> kill_flags() { return {{"signal", 's', FlagKind::text, "Signal to send to the container", ""}}; }

std::vector<FlagSpec> rm_flags() {
    return {{"force", 'f', FlagKind::boolean, "Force the removal of a running container (uses SIGKILL)", ""},
            {"volumes", 'v', FlagKind::boolean, "Remove anonymous volumes associated with the container", ""},
            {"link", 'l', FlagKind::boolean, "Remove the specified link", not_yet}};
}

std::vector<FlagSpec> logs_flags() {
    return {
        {"follow", 'f', FlagKind::boolean, "Follow log output", ""},
        {"since", 0, FlagKind::text,
         "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)", ""},
        {"tail", 'n', FlagKind::text, "Number of lines to show from the end of the logs (default \"all\")", ""},
        {"timestamps", 't', FlagKind::boolean, "Show timestamps", ""},
        {"until", 0, FlagKind::text,
         "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)", ""}};
}

std::vector<FlagSpec> exec_flags() {
    return {{"detach", 'd', FlagKind::boolean, "Detached mode: run command in the background", ""},
            {"detach-keys", 0, FlagKind::text, detach_keys_help, ""},
            {"env", 'e', FlagKind::list, "Set environment variables", ""},
            {"env-file", 0, FlagKind::list, "Read in a file of environment variables", ""},
            {"interactive", 'i', FlagKind::boolean, "Keep STDIN open even if not attached", ""},
            {"tty", 't', FlagKind::boolean, "Allocate a pseudo-TTY", ""},
            {"user", 'u', FlagKind::text, "Username or UID (format: \"<name|uid>[:<group|gid>]\")", ""},
            {"workdir", 'w', FlagKind::text, "Working directory inside the container", ""},
            {"privileged", 0, FlagKind::boolean, "Give extended privileges to the command", not_yet}};
}

std::vector<FlagSpec> attach_flags() {
    return {{"detach-keys", 0, FlagKind::text, detach_keys_help, ""},
            {"no-stdin", 0, FlagKind::boolean, "Do not attach STDIN", ""}};
}

std::vector<FlagSpec> no_flags() { return {}; }

}  // namespace

const std::vector<Verb>& container_verbs() {
    static const std::vector<Verb> verbs{
        {"run", "container", "", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image",
         container_flags(true), Mix::before_arguments, 1, -1, run},
        {"create", "container", "", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container",
         container_flags(false), Mix::before_arguments, 1, -1, create},
        {"start", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers",
         start_flags(), Mix::anywhere, 1, -1, start},
        {"stop", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]", "Stop one or more running containers",
         stop_flags(), Mix::anywhere, 1, -1, stop},
        {"restart", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]", "Restart one or more containers",
         stop_flags(), Mix::anywhere, 1, -1, restart},
        {"kill", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]", "Kill one or more running containers",
         kill_flags(), Mix::anywhere, 1, -1, kill},
        {"pause", "container", "", "CONTAINER [CONTAINER...]", "Pause all processes within one or more containers",
         no_flags(), Mix::anywhere, 1, -1, pause},
        {"unpause", "container", "", "CONTAINER [CONTAINER...]", "Unpause all processes within one or more containers",
         no_flags(), Mix::anywhere, 1, -1, unpause},
        {"wait", "container", "", "CONTAINER [CONTAINER...]",
         "Block until one or more containers stop, then print their exit codes", no_flags(), Mix::anywhere, 1, -1,
         wait},
        {"rm", "container", "", "[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers", rm_flags(),
         Mix::anywhere, 1, -1, remove},
        {"ps", "container", "ls", "[OPTIONS]", "List containers", list_flags(), Mix::anywhere, 0, 0, list_containers},
        {"logs", "container", "", "[OPTIONS] CONTAINER", "Fetch the logs of a container", logs_flags(), Mix::anywhere,
         1, 1, logs},
        {"exec", "container", "", "[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container",
         exec_flags(), Mix::before_arguments, 2, -1, exec},
        {"attach", "container", "", "[OPTIONS] CONTAINER",
         "Attach local standard input, output, and error streams to a running container", attach_flags(), Mix::anywhere,
         1, 1, attach},
        {"rename", "container", "", "CONTAINER NEW_NAME", "Rename a container", no_flags(), Mix::anywhere, 2, 2,
         rename},
        {"port", "container", "", "CONTAINER [PRIVATE_PORT[/PROTO]]",
         "List port mappings or a specific mapping for the container", no_flags(), Mix::anywhere, 1, 2, port}};
    return verbs;
}

}  // namespace cutaway::cli
