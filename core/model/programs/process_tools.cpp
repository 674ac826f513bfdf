// SPDX-License-Identifier: Apache-2.0
// ps in its two dialects, read from /proc as they do; env, envsubst, nohup-like runners; tini.
#include <algorithm>
#include <cerrno>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Listed {
    Pid pid = 0;
    Pid parent = 0;
    std::uint32_t uid = 0;
    std::string name;
    std::string command;
    std::string state;
    std::int64_t resident = 0;  // KiB
    std::int64_t ticks = 0;     // of 10 ms
    std::int64_t started = 0;
};

std::string status_field(const std::string& status, std::string_view name) {
    for (const std::string& line : split_lines(status)) {
        if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
            return std::string(trim(line.substr(name.size() + 1)));
        }
    }
    return {};
}

std::int64_t first_number(const std::string& text) {
    const Words words = split_blank(text);
    return words.empty() ? 0 : to_number(words[0]).value_or(0);
}

std::vector<Listed> list_processes(Sys& sys) {
    std::vector<Listed> all;
    for (const Pid pid : sys.visible_processes()) {
        const std::string directory = "/proc/" + std::to_string(pid);
        const auto status = read_file(sys, directory + "/status");
        if (!status) {
            continue;
        }
        Listed one;
        one.pid = pid;
        one.parent = first_number(status_field(*status, "PPid"));
        one.uid = static_cast<std::uint32_t>(first_number(status_field(*status, "Uid")));
        one.name = status_field(*status, "Name");
        one.state = status_field(*status, "State").substr(0, 1);
        one.resident = first_number(status_field(*status, "VmRSS"));
        std::string command = read_file(sys, directory + "/cmdline").value_or("");
        while (!command.empty() && command.back() == '\0') {
            command.pop_back();
        }
        std::replace(command.begin(), command.end(), '\0', ' ');
        one.command = command.empty() ? "[" + one.name + "]" : command;
        const std::string stat = read_file(sys, directory + "/stat").value_or("");
        const Words fields = split_blank(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
        one.ticks = fields.size() > 11 ? to_number(fields[11]).value_or(0) : 0;
        one.started = fields.size() > 19 ? to_number(fields[19]).value_or(0) : 0;
        all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) { return a.pid < b.pid; });
    return all;
}

std::string cpu_time(std::int64_t ticks) {
    const std::int64_t seconds = ticks / 100;
    return zeros(seconds / 3600, 2) + ":" + zeros(seconds / 60 % 60, 2) + ":" + zeros(seconds % 60, 2);
}

std::string start_time(Sys& sys, const Listed& one) {
    const std::int64_t booted = sys.wall_ns() - sys.now_ns();
    return format_date("%H:%M", booted + one.started * 10'000'000);
}

int busybox_ps(const Call& call) {
    const Options options = parse_options(call.argv, "aefwo:");
    if (!options.unknown.empty() || options.has('o')) {
        return call.refuse(options.has('o') ? "option -o" : options.unknown);
    }
    call.out("PID   USER     TIME  COMMAND\n");
    for (const Listed& one : list_processes(call.sys)) {
        const std::int64_t seconds = one.ticks / 100;
        call.out(right(std::to_string(one.pid), 5) + " " + left(user_name(call.sys, one.uid).substr(0, 8), 8) + " " +
                 right(std::to_string(seconds / 60), 3) + ":" + zeros(seconds % 60, 2) + " " + one.command + "\n");
    }
    return 0;
}

std::string column(const Call& call, const Listed& one, const std::string& name) {
    if (name == "pid") {
        return right(std::to_string(one.pid), 7);
    }
    if (name == "ppid") {
        return right(std::to_string(one.parent), 7);
    }
    if (name == "user" || name == "uid") {
        return left(name == "uid" ? std::to_string(one.uid) : user_name(call.sys, one.uid), 8);
    }
    if (name == "comm") {
        return left(one.name.substr(0, 15), 15);
    }
    if (name == "stat" || name == "s") {
        return left(one.state, 4);
    }
    if (name == "rss") {
        return right(std::to_string(one.resident), 5);
    }
    if (name == "time") {
        return cpu_time(one.ticks);
    }
    return name == "args" || name == "cmd" || name == "command" ? one.command : "";
}

std::string heading(const std::string& name) {
    const bool number = name == "pid" || name == "ppid" || name == "rss";
    std::string upper = name == "comm" || name == "args" ? "command" : name;
    for (char& c : upper) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    const std::size_t width =
        name == "rss" ? 5 : (number ? 7 : (name == "comm" ? 15 : (name == "stat" || name == "s" ? 4 : 8)));
    return number ? right(upper, width) : left(upper, width);
}

std::string rtrim(std::string text) {
    while (text.ends_with(" ")) {
        text.pop_back();
    }
    return text;
}

int columns_ps(const Call& call, const std::vector<Listed>& all, const std::string& format) {
    const Words names = split(format, ',');
    std::string head;
    for (const std::string& name : names) {
        const bool bare = name.ends_with("=");
        head += (head.empty() ? "" : " ") + (bare ? std::string() : heading(name));
        if (!bare && column(call, Listed{}, name).empty() && name != "args" && name != "cmd" && name != "command") {
            return call.refuse("column " + name);
        }
    }
    if (!trim(head).empty()) {
        call.out(rtrim(head) + "\n");
    }
    for (const Listed& one : all) {
        std::string row;
        for (const std::string& name : names) {
            row += (row.empty() ? "" : " ") +
                   column(call, one, name.ends_with("=") ? name.substr(0, name.size() - 1) : name);
        }
        call.out(rtrim(row) + "\n");
    }
    return all.empty() ? 1 : 0;
}

void print_aux(const Call& call, const std::vector<Listed>& all) {
    call.out("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n");
    const auto memory = static_cast<std::int64_t>(call.sys.machine().memory / 1024);
    for (const Listed& one : all) {
        const std::int64_t tenths = memory > 0 ? one.resident * 1000 / memory : 0;
        const std::int64_t age = std::max<std::int64_t>(call.sys.now_ns() / 10'000'000 - one.started, 1);
        const std::int64_t busy = std::min<std::int64_t>(one.ticks * 1000 / age, 9999);
        call.out(left(user_name(call.sys, one.uid), 8) + " " + right(std::to_string(one.pid), 7) + " " +
                 right(std::to_string(busy / 10) + "." + std::to_string(busy % 10), 4) + " " +
                 right(std::to_string(tenths / 10) + "." + std::to_string(tenths % 10), 4) + " " +
                 right(std::to_string(one.resident), 6) + " " + right(std::to_string(one.resident), 5) + " ?        " +
                 left(one.state, 4) + " " + start_time(call.sys, one) + " " +
                 right(std::to_string(one.ticks / 6000), 3) + ":" + zeros(one.ticks / 100 % 60, 2) + " " + one.command +
                 "\n");
    }
}

void print_full(const Call& call, const std::vector<Listed>& all) {
    call.out("UID          PID    PPID  C STIME TTY          TIME CMD\n");
    for (const Listed& one : all) {
        call.out(left(user_name(call.sys, one.uid), 8) + " " + right(std::to_string(one.pid), 7) + " " +
                 right(std::to_string(one.parent), 7) + "  0 " + start_time(call.sys, one) + " ?        " +
                 cpu_time(one.ticks) + " " + one.command + "\n");
    }
}

int run_ps(const Call& call) {
    if (call.busybox) {
        if (call.argv.size() > 1 && call.argv[1] == "aux") {
            const Words plain{"ps"};
            return busybox_ps(Call{call.sys, plain, call.output, true});
        }
        return busybox_ps(call);
    }
    Words argv = call.argv;
    if (argv.size() > 1 && !argv[1].starts_with("-")) {
        if (argv[1].find_first_not_of("auxwf") != std::string::npos) {
            return call.refuse(argv[1]);
        }
        print_aux(call, list_processes(call.sys));
        return 0;
    }
    const Options options = parse_options(argv, "eAfo:p:C:ww", {{"--no-headers", 'w'}, {"--pid", 'p'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    std::vector<Listed> all = list_processes(call.sys);
    if (options.has('p') || options.has('C')) {
        const Words wanted = split(options.value('p', options.value('C')), ',');
        std::erase_if(all, [&](const Listed& one) {
            const std::string key = options.has('p') ? std::to_string(one.pid) : one.name;
            return std::find(wanted.begin(), wanted.end(), key) == wanted.end();
        });
    } else if (!options.has('e') && !options.has('A')) {
        std::erase_if(all, [&](const Listed& one) { return one.uid != call.sys.uid(); });
    }
    if (options.has('o')) {
        return columns_ps(call, all, options.value('o'));
    }
    if (options.has('f')) {
        print_full(call, all);
        return all.empty() ? 1 : 0;
    }
    call.out("    PID TTY          TIME CMD\n");
    for (const Listed& one : all) {
        call.out(right(std::to_string(one.pid), 7) + " ?        " + cpu_time(one.ticks) + " " + one.name + "\n");
    }
    return all.empty() ? 1 : 0;
}

// --- runners ---

int become(const Call& call, const Words& argv, const Words& env) {
    const bool named = argv[0].find('/') != std::string::npos;
    const auto found = named ? std::optional(argv[0]) : find_in_path(call.sys, environment(call.sys, "PATH"), argv[0]);
    const Status executed =
        found ? call.sys.execute(*found, argv, env) : Status(Error{Errc::not_found, ENOENT, "execve"});
    if (executed) {
        return 0;
    }
    const std::string quoted = call.busybox ? "can't execute '" + argv[0] + "'" : "'" + argv[0] + "'";
    return call.fail(quoted + ": " + errno_text(executed.error()), errno_of(executed.error()) == ENOENT ? 127 : 126);
}

int run_env(const Call& call) {
    const Options options = parse_options(call.argv, "+iu:");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    Words env = options.has('i') ? Words{} : call.sys.env();
    if (options.has('u')) {
        std::erase_if(env, [&](const std::string& pair) { return pair.starts_with(options.value('u') + "="); });
    }
    std::size_t at = 0;
    for (; at < options.rest.size() && options.rest[at].find('=') != std::string::npos; ++at) {
        const std::string name = options.rest[at].substr(0, options.rest[at].find('=') + 1);
        std::erase_if(env, [&](const std::string& pair) { return pair.starts_with(name); });
        env.push_back(options.rest[at]);
    }
    if (at < options.rest.size()) {
        return become(call, Words(options.rest.begin() + static_cast<std::ptrdiff_t>(at), options.rest.end()), env);
    }
    for (const std::string& pair : env) {
        call.out(pair + "\n");
    }
    return 0;
}

int run_gosu(const Call& call) {
    if (call.argv.size() < 3) {
        return call.fail("usage: gosu user-spec command [args]");
    }
    const auto user = find_user(call.sys, call.argv[1].substr(0, call.argv[1].find(':')));
    if (!user) {
        return call.fail("error: unable to find user " + call.argv[1]);
    }
    const Status changed = call.sys.set_user(user->first, user->second);
    if (!changed) {
        return call.fail("error: " + errno_text(changed.error()));
    }
    return become(call, Words(call.argv.begin() + 2, call.argv.end()), call.sys.env());
}

struct TiniState {
    Pid child = 0;
    Output output;
};
CUTAWAY_FIELDS(TiniState, child, output)

// Forwards signals to its one child, reaps everybody, ends as the child does.
Step step_tini(Sys& sys, TiniState& state) {
    if (state.child == 0) {
        const Options options = parse_options(sys.argv(), "+sgv");
        if (options.rest.empty()) {
            state.output.err("tini: no program given\n");
            (void)flush(sys, state.output);
            return Step::exited(1);
        }
        for (const int signal : {1, 2, 3, 10, 12, 15, 28}) {
            (void)sys.on_signal(signal, Disposition::handle);
        }
        const auto found = options.rest[0].find('/') != std::string::npos
                               ? std::optional(options.rest[0])
                               : find_in_path(sys, environment(sys, "PATH"), options.rest[0]);
        Result<Pid> pid =
            found ? sys.spawn(SpawnRequest{*found, options.rest, sys.env(), {{0, 0}, {1, 1}, {2, 2}}, false})
                  : Result<Pid>(Error{Errc::not_found, ENOENT, "spawn"});
        if (!pid) {
            state.output.err("[FATAL tini (" + std::to_string(sys.pid()) + ")] exec " + options.rest[0] +
                             " failed: " + errno_text(pid.error()) + "\n");
            (void)flush(sys, state.output);
            return Step::exited(errno_of(pid.error()) == ENOENT ? 127 : 126);
        }
        state.child = *pid;
        (void)sys.allocate(50'000);
    }
    while (const auto signal = sys.take_signal()) {
        (void)sys.kill(state.child, *signal);
    }
    for (;;) {
        Result<std::optional<WaitResult>> ended = sys.wait(-1);
        if (!ended || !ended->has_value()) {
            return ended ? Step::wait_child() : Step::exited(1);
        }
        if ((**ended).pid == state.child) {
            return Step::exited((**ended).code);
        }
    }
}

}  // namespace

Entries process_tools() {
    return {{"ps", [] { return make_command("ps", run_ps); }},
            {"env", [] { return make_command("env", run_env); }},
            {"gosu", [] { return make_command("gosu", run_gosu); }},
            {"su-exec", [] { return make_command("su-exec", run_gosu); }},
            {"tini", [] { return Made(std::make_unique<StatefulProgram<TiniState>>("tini", step_tini)); }}};
}

}  // namespace cutaway::model::programs
