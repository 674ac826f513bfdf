// SPDX-License-Identifier: Apache-2.0
// redis-server and redis-cli: the string commands, over a stream, in the protocol's own form (RESP2: an array of bulk
// strings there; a simple string, an error, an integer, a bulk string or an array back). What is kept is written to
// dump.rdb in the working directory, in a form of the model's.
#include <algorithm>
#include <cerrno>
#include <map>

#include "core/model/programs/commands.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr std::uint16_t redis_port = 6379;
constexpr std::size_t most_bytes = 65536;

std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}
std::string number(std::int64_t value) { return ":" + std::to_string(value) + "\r\n"; }
std::string array(const Words& items) {
    std::string text = "*" + std::to_string(items.size()) + "\r\n";
    for (const std::string& item : items) {
        text += bulk(item);
    }
    return text;
}

// One line up to "\r\n" from `at`; nothing while its end has not come.
std::optional<std::string> take_line(std::string_view text, std::size_t& at) {
    const std::size_t end = text.find("\r\n", at);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    std::string line(text.substr(at, end - at));
    at = end + 2;
    return line;
}

// A whole request at the front of `in`, taken out of it.
std::optional<Words> take_request(std::string& in) {
    std::size_t at = 0;
    const auto head = take_line(in, at);
    if (!head) {
        return std::nullopt;
    }
    Words words;
    if (!head->starts_with("*")) {
        words = split_blank(*head);
    } else {
        for (auto left = to_number(head->substr(1)).value_or(0); left > 0; --left) {
            const auto length = take_line(in, at);
            const auto size = length && !length->empty() ? to_number(length->substr(1)) : std::nullopt;
            if (!size || *size < 0 || at + static_cast<std::size_t>(*size) + 2 > in.size()) {
                return std::nullopt;
            }
            words.push_back(in.substr(at, static_cast<std::size_t>(*size)));
            at += static_cast<std::size_t>(*size) + 2;
        }
    }
    in.erase(0, at);
    return words;
}

// --- the server ---

struct Client {
    int fd = -1;
    bool closing = false;
    std::string in;
    std::string out;
};
CUTAWAY_FIELDS(Client, fd, closing, in, out)

struct ServerState {
    bool begun = false;
    bool ending = false;
    int listener = -1;
    std::vector<Client> clients;
    std::map<std::string, std::string> data;
    Output output;
};
CUTAWAY_FIELDS(ServerState, begun, ending, listener, clients, data, output)

void say(Sys& sys, ServerState& state, char role, char level, std::string_view text) {
    state.output.out(std::to_string(sys.pid()) + ":" + role + " " + format_date("%d %b %Y %H:%M:%S", sys.wall_ns()) +
                     "." + zeros(sys.wall_ns() / 1'000'000 % 1000, 3) + " " + level + " " + std::string(text) + "\n");
}

struct Asked {
    ServerState& state;
    const Words& words;
    [[nodiscard]] const std::string& key() const { return words[1]; }
};

std::string wrong_count(const Asked& asked) {
    return "-ERR wrong number of arguments for '" + lower(asked.words[0]) + "' command\r\n";
}

std::string do_ping(const Asked& asked) { return asked.words.size() > 1 ? bulk(asked.key()) : "+PONG\r\n"; }
std::string do_echo(const Asked& asked) { return bulk(asked.key()); }
std::string do_set(const Asked& asked) {
    if (asked.words.size() > 3) {
        return "-ERR options of set: not modelled\r\n";
    }
    asked.state.data[asked.key()] = asked.words[2];
    return "+OK\r\n";
}
std::string do_get(const Asked& asked) {
    const auto found = asked.state.data.find(asked.key());
    return found == asked.state.data.end() ? "$-1\r\n" : bulk(found->second);
}
std::string do_del(const Asked& asked) {
    std::int64_t gone = 0;
    for (std::size_t i = 1; i < asked.words.size(); ++i) {
        gone += static_cast<std::int64_t>(asked.state.data.erase(asked.words[i]));
    }
    return number(gone);
}
std::string do_exists(const Asked& asked) {
    return number(std::count_if(asked.words.begin() + 1, asked.words.end(),
                                [&](const std::string& key) { return asked.state.data.contains(key); }));
}
std::string add_to(const Asked& asked, std::int64_t by) {
    std::string& value = asked.state.data[asked.key()];
    const auto before = value.empty() ? std::optional<std::int64_t>(0) : to_number(value);
    if (!before) {
        return "-ERR value is not an integer or out of range\r\n";
    }
    value = std::to_string(*before + by);
    return number(*before + by);
}
std::string do_incr(const Asked& asked) { return add_to(asked, 1); }
std::string do_decr(const Asked& asked) { return add_to(asked, -1); }
std::string do_keys(const Asked& asked) {
    if (asked.key() != "*") {
        return "-ERR patterns but *: not modelled\r\n";
    }
    Words keys;
    for (const auto& [key, value] : asked.state.data) {
        keys.push_back(key);
    }
    return array(keys);
}
std::string do_dbsize(const Asked& asked) { return number(static_cast<std::int64_t>(asked.state.data.size())); }
std::string do_flushall(const Asked& asked) {
    asked.state.data.clear();
    return "+OK\r\n";
}

struct RedisCommand {
    std::string_view name;
    std::size_t least;  // words
    std::string (*run)(const Asked&);
};

constexpr RedisCommand redis_commands[] = {
    {"ping", 1, do_ping}, {"echo", 2, do_echo},     {"set", 3, do_set},          {"get", 2, do_get},
    {"del", 2, do_del},   {"exists", 2, do_exists}, {"incr", 2, do_incr},        {"decr", 2, do_decr},
    {"keys", 2, do_keys}, {"dbsize", 1, do_dbsize}, {"flushall", 1, do_flushall}};

Status save_data(Sys& sys, const ServerState& state) {
    std::string bytes;
    binary::put(bytes, state.data);
    return write_file(sys, "dump.rdb", bytes);
}

std::string answer(Sys& sys, ServerState& state, const Words& words) {
    const Asked asked{state, words};
    const std::string name = lower(words[0]);
    if (name == "save" || name == "bgsave") {
        const Status saved = save_data(sys, state);
        say(sys, state, 'M', '*', saved ? "DB saved on disk" : "Failed opening the temp RDB file for saving");
        return saved ? (name == "save" ? "+OK\r\n" : "+Background saving started\r\n") : "-ERR\r\n";
    }
    for (const RedisCommand& command : redis_commands) {
        if (command.name == name) {
            return words.size() < command.least ? wrong_count(asked) : command.run(asked);
        }
    }
    return "-ERR unknown command '" + words[0] + "' (not modelled)\r\n";
}

void serve(Sys& sys, ServerState& state, Client& client) {
    const auto got = sys.read(client.fd, most_bytes);
    if (got && !got->empty()) {
        client.in += *got;
    } else if (got || !is_again(got.error())) {
        client.closing = true;
    }
    while (auto words = take_request(client.in)) {
        if (!words->empty()) {
            client.out += answer(sys, state, *words);
        }
    }
    while (!client.out.empty()) {
        const auto wrote = sys.write(client.fd, client.out);
        if (!wrote) {
            client.closing = client.closing || !is_again(wrote.error());
            break;
        }
        client.out.erase(0, *wrote);
    }
    if (client.closing) {
        (void)sys.close(client.fd);
    }
}

bool begin_server(Sys& sys, ServerState& state) {
    state.begun = true;
    say(sys, state, 'C', '*', "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
    say(sys, state, 'C', '*',
        "Redis version=7.2.5, bits=64, commit=00000000, modified=0, pid=" + std::to_string(sys.pid()) +
            ", just started");
    say(sys, state, 'C', '#',
        "Warning: no config file specified, using the default config. In order to specify a config file use "
        "redis-server /path/to/redis.conf");
    say(sys, state, 'M', '*', "monotonic clock: POSIX clock_gettime");
    (void)sys.on_signal(15, Disposition::handle);
    (void)sys.on_signal(2, Disposition::handle);
    const auto listener = sys.listen("0.0.0.0", redis_port);
    if (!listener) {
        say(sys, state, 'M', '#',
            "Warning: Could not create server TCP listening socket *:6379: bind: " + errno_text(listener.error()));
        say(sys, state, 'M', '#', "Failed listening on port 6379 (tcp), aborting.");
        return false;
    }
    state.listener = *listener;
    say(sys, state, 'M', '*', "Running mode=standalone, port=6379.");
    say(sys, state, 'M', '*', "Server initialized");
    if (const auto kept = read_file(sys, "dump.rdb"); kept && binary::decode(*kept, state.data)) {
        say(sys, state, 'M', '*', "Loading RDB produced by version 7.2.5");
        say(sys, state, 'M', '*',
            "Done loading RDB, keys loaded: " + std::to_string(state.data.size()) + ", keys expired: 0.");
    }
    say(sys, state, 'M', '*', "Ready to accept connections tcp");
    return true;
}

void end_server(Sys& sys, ServerState& state, int signal) {
    state.ending = true;
    state.output.out(std::to_string(sys.pid()) + ":signal-handler (" + std::to_string(sys.wall_ns() / 1'000'000'000) +
                     ") Received " + (signal == 2 ? "SIGINT" : "SIGTERM") + " scheduling shutdown...\n");
    say(sys, state, 'M', '*', "User requested shutdown...");
    say(sys, state, 'M', '*', "Saving the final RDB snapshot before exiting.");
    const Status saved = save_data(sys, state);
    say(sys, state, 'M', '*', saved ? "DB saved on disk" : "Failed opening the temp RDB file for saving");
    say(sys, state, 'M', '#', "Redis is now ready to exit, bye bye...");
}

Step step_server(Sys& sys, ServerState& state) {
    if (!state.begun) {
        for (std::size_t i = 1; i < sys.argv().size(); ++i) {
            state.output.err("redis-server: " + sys.argv()[i] + ": not modelled\n");
        }
        if (sys.argv().size() > 1 || !begin_server(sys, state)) {
            (void)flush(sys, state.output);
            return Step::exited(sys.argv().size() > 1 ? 127 : 1);
        }
    }
    while (const auto signal = sys.take_signal()) {
        if (!state.ending) {
            end_server(sys, state, *signal);
        }
    }
    if (!state.ending) {
        while (const auto fresh = sys.accept(state.listener)) {
            state.clients.push_back(Client{*fresh, false, {}, {}});
        }
        for (Client& client : state.clients) {
            serve(sys, state, client);
        }
        std::erase_if(state.clients, [](const Client& client) { return client.closing; });
    }
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    if (state.ending) {
        return Step::exited(0);
    }
    Step step = Step::wait_readable(state.listener);
    for (const Client& client : state.clients) {
        step.readable.push_back(client.fd);
        if (!client.out.empty()) {
            step.writable.push_back(client.fd);
        }
    }
    return step;
}

// --- the client ---

struct CliState {
    bool begun = false;
    int fd = -1;
    int code = 0;
    bool from_input = false;  // commands come as lines of standard input
    bool input_over = false;
    bool waiting = false;  // for an answer
    std::string typed;
    std::string in;
    std::string unsent;
    Output output;
};
CUTAWAY_FIELDS(CliState, begun, fd, code, from_input, input_over, waiting, typed, in, unsent, output)

// One answer as redis-cli prints it: bare in a pipe, with its type on a terminal. Nothing while it is not whole.
std::optional<std::string> take_answer(std::string& in, bool plain, std::size_t& at) {
    const auto head = take_line(in, at);
    if (!head || head->empty()) {
        return std::nullopt;
    }
    const std::string rest = head->substr(1);
    const auto count = to_number(rest).value_or(0);
    switch (head->front()) {
        case '+': return rest + "\n";
        case '-': return (plain ? "" : "(error) ") + rest + "\n";
        case ':': return (plain ? "" : "(integer) ") + rest + "\n";
        case '$': {
            if (count < 0) {
                return plain ? "\n" : "(nil)\n";
            }
            const auto size = static_cast<std::size_t>(count);
            if (at + size + 2 > in.size()) {
                return std::nullopt;
            }
            const std::string text = in.substr(at, size);
            at += size + 2;
            return (plain ? text : "\"" + text + "\"") + "\n";
        }
        default: break;
    }
    std::string all = count == 0 ? (plain ? "\n" : "(empty array)\n") : "";
    for (std::int64_t i = 1; i <= count; ++i) {
        const auto item = take_answer(in, plain, at);
        if (!item) {
            return std::nullopt;
        }
        all += (plain ? "" : std::to_string(i) + ") ") + *item;
    }
    return all;
}

struct CliOptions {
    std::string host = "127.0.0.1";
    std::int64_t port = redis_port;
    Words command;
    std::string refused;
};

CliOptions cli_options(const Words& argv) {
    CliOptions options;
    for (std::size_t i = 1; i < argv.size(); ++i) {
        if (!options.command.empty() || !argv[i].starts_with("-")) {
            options.command.push_back(argv[i]);
        } else if (argv[i] == "-h" && i + 1 < argv.size()) {
            options.host = argv[++i];
        } else if (argv[i] == "-p" && i + 1 < argv.size()) {
            options.port = to_number(argv[++i]).value_or(0);
        } else {
            options.refused = argv[i];
        }
    }
    return options;
}

int begin_cli(Sys& sys, CliState& state) {
    state.begun = true;
    const CliOptions options = cli_options(sys.argv());
    if (!options.refused.empty()) {
        state.output.err("redis-cli: " + options.refused + ": not modelled\n");
        return 127;
    }
    const std::string where = options.host + ":" + std::to_string(options.port);
    const auto address = sys.resolve(options.host);
    if (!address) {
        state.output.err("Could not connect to Redis at " + where + ": Name does not resolve\n");
        return 1;
    }
    const auto fd = sys.connect(*address, static_cast<std::uint16_t>(options.port));
    if (!fd) {
        state.output.err("Could not connect to Redis at " + where + ": " + errno_text(fd.error()) + "\n");
        return 1;
    }
    state.fd = *fd;
    state.from_input = options.command.empty();
    if (!state.from_input) {
        state.unsent = array(options.command);
        state.waiting = true;
    }
    return 0;
}

// The next typed line becomes a request. False: there is none yet, or the input is over.
bool next_line(Sys& sys, CliState& state) {
    while (true) {
        const std::size_t end = state.typed.find('\n');
        if (end != std::string::npos || (state.input_over && !state.typed.empty())) {
            const Words words = split_blank(state.typed.substr(0, end));
            state.typed.erase(0, end == std::string::npos ? end : end + 1);
            if (words.empty()) {
                continue;
            }
            state.input_over = state.input_over || lower(words[0]) == "exit" || lower(words[0]) == "quit";
            if (state.input_over && words.size() == 1 && (lower(words[0]) == "exit" || lower(words[0]) == "quit")) {
                return false;
            }
            state.unsent = array(words);
            state.waiting = true;
            return true;
        }
        const auto got = state.input_over ? Result<std::string>(std::string()) : sys.read(0, most_bytes);
        if (!got && is_again(got.error())) {
            return false;
        }
        if (!got || got->empty()) {
            state.input_over = true;
            if (state.typed.empty()) {
                return false;
            }
            continue;
        }
        state.typed += *got;
    }
}

bool talk(Sys& sys, CliState& state) {
    while (!state.unsent.empty()) {
        const auto wrote = sys.write(state.fd, state.unsent);
        if (!wrote) {
            return is_again(wrote.error());
        }
        state.unsent.erase(0, *wrote);
    }
    const auto got = sys.read(state.fd, most_bytes);
    if (got && got->empty()) {
        state.output.err("Error: Server closed the connection\n");
        return false;
    }
    state.in += got ? *got : std::string();
    std::size_t at = 0;
    if (const auto text = take_answer(state.in, !sys.is_terminal(1), at)) {
        state.output.out(*text);
        state.in.erase(0, at);
        state.waiting = false;
    }
    return got || is_again(got.error());
}

Step step_cli(Sys& sys, CliState& state) {
    if (!state.begun) {
        state.code = begin_cli(sys, state);
    }
    bool over = state.code != 0;
    while (!over) {
        if (state.waiting) {
            if (!talk(sys, state)) {
                state.code = 1;
                over = true;
            } else if (state.waiting) {
                break;
            }
        } else if (!state.from_input || !next_line(sys, state)) {
            over = !state.from_input || state.input_over;
            break;
        }
    }
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    return over ? Step::exited(state.code) : Step::wait_readable(state.waiting ? state.fd : 0);
}

}  // namespace

Entries redis_tools() {
    return {{"redis-server",
             []() -> Made { return std::make_unique<StatefulProgram<ServerState>>("redis-server", step_server); }},
            {"redis-cli", []() -> Made { return std::make_unique<StatefulProgram<CliState>>("redis-cli", step_cli); }}};
}

}  // namespace cutaway::model::programs
