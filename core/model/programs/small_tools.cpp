// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

int run_date(const Call& call) {
    std::string format = call.busybox ? "%a %b %e %H:%M:%S %Z %Y" : "%a %b %e %H:%M:%S %Z %Y";
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const std::string& word = call.argv[i];
        if (word.starts_with("+")) {
            format = word.substr(1);
        } else if (word == "-R") {
            format = "%a, %d %b %Y %H:%M:%S %z";
        } else if (word == "-I" || word == "-Iseconds" || word == "-Is") {
            format = word == "-I" ? "%F" : "%FT%T+00:00";
        } else if (word != "-u" && word != "--utc") {
            return call.refuse(word);
        }
    }
    call.out(format_date(format, call.sys.wall_ns()) + "\n");
    return 0;
}

int run_printenv(const Call& call) {
    if (call.argv.size() == 1) {
        for (const std::string& pair : call.sys.env()) {
            call.out(pair + "\n");
        }
        return 0;
    }
    int code = 0;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        bool found = false;
        for (const std::string& pair : call.sys.env()) {
            if (pair.starts_with(call.argv[i] + "=")) {
                call.out(pair.substr(call.argv[i].size() + 1) + "\n");
                found = true;
            }
        }
        code = found ? code : 1;
    }
    return code;
}

int run_id(const Call& call) {
    const Options options = parse_options(call.argv, "ugnG");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    std::uint32_t uid = call.sys.uid();
    std::uint32_t gid = call.sys.gid();
    if (!options.rest.empty()) {
        const auto found = find_user(call.sys, options.rest[0]);
        if (!found) {
            return call.busybox ? call.fail("unknown user " + options.rest[0])
                                : call.fail("'" + options.rest[0] + "': no such user");
        }
        uid = found->first;
        gid = found->second;
    }
    const bool names = options.has('n');
    if (options.has('u')) {
        call.out((names ? user_name(call.sys, uid) : std::to_string(uid)) + "\n");
        return 0;
    }
    if (options.has('g') || options.has('G')) {
        call.out((names ? group_name(call.sys, gid) : std::to_string(gid)) + "\n");
        return 0;
    }
    const auto with_name = [](std::uint32_t number, const std::string& name) {
        const std::string digits = std::to_string(number);
        return name == digits ? digits : digits + "(" + name + ")";
    };
    const std::string group = with_name(gid, group_name(call.sys, gid));
    call.out("uid=" + with_name(uid, user_name(call.sys, uid)) + " gid=" + group + " groups=" + group + "\n");
    return 0;
}

int run_whoami(const Call& call) {
    const std::string name = user_name(call.sys, call.sys.uid());
    if (to_number(name)) {
        return call.busybox ? call.fail("unknown uid " + name) : call.fail("cannot find name for user ID " + name);
    }
    call.out(name + "\n");
    return 0;
}

int run_hostname(const Call& call) {
    const Options options = parse_options(call.argv, "siIf");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    if (!options.rest.empty()) {
        return call.fail("sethostname: Operation not permitted");
    }
    const std::string name = call.sys.hostname();
    if (options.has('i') || options.has('I')) {
        const auto address = call.sys.resolve(name);
        call.out(address ? *address + (options.has('I') ? " \n" : "\n") : "");
        return address ? 0 : call.fail("Name or service not known");
    }
    call.out((options.has('s') ? name.substr(0, name.find('.')) : name) + "\n");
    return 0;
}

int run_uname(const Call& call) {
    const Options options = parse_options(call.argv, "asnrvmo", {{"--all", 'a'}});
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    const world::MachineProfile& machine = call.sys.machine();
    const std::string architecture = machine.architecture == "amd64"   ? "x86_64"
                                     : machine.architecture == "arm64" ? "aarch64"
                                                                       : machine.architecture;
    const bool all = options.has('a');
    const std::vector<std::pair<char, std::string>> parts{
        {'s', "Linux"},  {'n', call.sys.hostname()}, {'r', machine.kernel},
        {'v', "#1 SMP"}, {'m', architecture},        {'o', call.busybox ? "Linux" : "GNU/Linux"}};
    std::string text;
    for (const auto& [letter, part] : parts) {
        if (all || options.has(letter) || (options.values.empty() && letter == 's')) {
            text += (text.empty() ? "" : " ") + part;
        }
    }
    call.out(text + "\n");
    return 0;
}

int run_pwd(const Call& call) {
    call.out(call.sys.working_dir() + "\n");
    return 0;
}

int run_which(const Call& call) {
    int code = 0;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const std::string& name = call.argv[i];
        const auto found = name.find('/') != std::string::npos
                               ? (call.sys.stat(name, true) ? std::optional(name) : std::nullopt)
                               : find_in_path(call.sys, environment(call.sys, "PATH"), name);
        code = found ? code : 1;
        call.out(found ? *found + "\n" : "");
    }
    return call.argv.size() > 1 ? code : 1;
}

// Every link on the way resolved.
std::optional<std::string> real_path(Sys& sys, const std::string& path, int links) {
    std::string made = path.starts_with("/") ? "/" : sys.working_dir();
    const Words parts = split(path, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].empty() || parts[i] == ".") {
            continue;
        }
        if (parts[i] == "..") {
            made = dir_name(made);
            continue;
        }
        const std::string next = join_path(made, parts[i]);
        const auto info = sys.stat(next, false);
        if (!info) {
            return std::nullopt;
        }
        if (info->type == world::FileType::symlink) {
            std::string rest = info->link.starts_with("/") ? info->link : join_path(made, info->link);
            for (std::size_t j = i + 1; j < parts.size(); ++j) {
                rest = join_path(rest, parts[j]);
            }
            return links > 40 ? std::nullopt : real_path(sys, rest, links + 1);
        }
        made = next;
    }
    return made;
}

int run_readlink(const Call& call) {
    const Options options = parse_options(call.argv, "fen");
    if (!options.unknown.empty()) {
        return call.refuse(options.unknown);
    }
    const bool whole = options.has('f') || options.has('e') || call.name() == "realpath";
    int code = options.rest.empty() ? 1 : 0;
    for (const std::string& path : options.rest) {
        std::optional<std::string> found;
        if (whole) {
            found = real_path(call.sys, path, 0);
        } else if (const auto info = call.sys.stat(path, false); info && info->type == world::FileType::symlink) {
            found = info->link;
        }
        code = found ? code : 1;
        call.out(found ? *found + (options.has('n') ? "" : "\n") : "");
        if (!found && call.name() == "realpath") {
            code = call.fail(path + ": No such file or directory");
        }
    }
    return code;
}

int run_base_name(const Call& call) {
    if (call.argv.size() < 2) {
        return call.fail("missing operand");
    }
    if (call.name() == "dirname") {
        call.out(dir_name(call.argv[1]) + "\n");
        return 0;
    }
    std::string text(base_name(call.argv[1]));
    if (call.argv.size() > 2 && text.ends_with(call.argv[2]) && text != call.argv[2]) {
        text.resize(text.size() - call.argv[2].size());
    }
    call.out(text + "\n");
    return 0;
}

int run_seq(const Call& call) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const auto number = to_number(call.argv[i]);
        if (!number) {
            return call.refuse(call.argv[i]);
        }
        numbers.push_back(*number);
    }
    if (numbers.empty() || numbers.size() > 3) {
        return call.fail("missing operand");
    }
    const std::int64_t first = numbers.size() > 1 ? numbers[0] : 1;
    const std::int64_t by = numbers.size() > 2 ? numbers[1] : 1;
    const std::int64_t last = numbers.back();
    if (by == 0 || (last - first) / by > 1'000'000) {
        return call.refuse("so many numbers");
    }
    for (std::int64_t i = first; by > 0 ? i <= last : i >= last; i += by) {
        call.out(std::to_string(i) + "\n");
    }
    return 0;
}

// --- sleep ---

struct SleepState {
    std::int64_t until_ns = -1;
    Output output;
};
CUTAWAY_FIELDS(SleepState, until_ns, output)

Step step_sleep(Sys& sys, SleepState& state) {
    if (state.until_ns < 0) {
        std::int64_t total = 0;
        const Words& argv = sys.argv();
        for (std::size_t i = 1; i < argv.size(); ++i) {
            const auto part = to_duration(argv[i]);
            if (!part) {
                state.output.err("sleep: invalid time interval '" + argv[i] + "'\n");
                (void)flush(sys, state.output);
                return Step::exited(1);
            }
            total += *part;
        }
        if (argv.size() < 2) {
            state.output.err("sleep: missing operand\n");
            (void)flush(sys, state.output);
            return Step::exited(1);
        }
        state.until_ns = sys.now_ns() + total;
    }
    return sys.now_ns() >= state.until_ns ? Step::exited(0) : Step::wait_until(state.until_ns);
}

// --- yes and tee ---

struct PlainState {
    bool begun = false;
    bool done = false;
    int code = 0;
    std::vector<int> files;
    Output output;
};
CUTAWAY_FIELDS(PlainState, begun, done, code, files, output)

Step step_yes(Sys& sys, PlainState& state) {
    if (state.output.empty()) {
        const std::string word = sys.argv().size() > 1 ? sys.argv()[1] : "y";
        for (int i = 0; i < 512; ++i) {
            state.output.out(word + "\n");
        }
    }
    switch (flush(sys, state.output)) {
        case Flush::blocked: return wait_to_flush(state.output);
        case Flush::broken: return Step::exited(1);
        case Flush::done: break;
    }
    sys.burn(1'000'000);
    return Step::again();
}

Step step_tee(Sys& sys, PlainState& state) {
    if (!state.begun) {
        state.begun = true;
        const Options options = parse_options(sys.argv(), "a");
        for (const std::string& path : options.rest) {
            OpenFlags flags;
            flags.read = false;
            flags.write = true;
            flags.create = true;
            flags.append = options.has('a');
            flags.truncate = !flags.append;
            Result<int> fd = sys.open(path, flags, 0666);
            if (fd) {
                state.files.push_back(*fd);
            } else {
                state.output.err("tee: " + path + ": " + errno_text(fd.error()) + "\n");
                state.code = 1;
            }
        }
    }
    if (flush(sys, state.output) == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    if (state.done) {
        return Step::exited(state.code);
    }
    Result<std::string> got = sys.read(0, 65536);
    if (!got && is_again(got.error())) {
        return Step::wait_readable(0);
    }
    state.done = !got || got->empty();
    if (!state.done) {
        state.output.out(*got);
        for (const int fd : state.files) {
            state.output.to(fd, *got);
        }
    }
    return Step::again();
}

template <class State>
Made plain(std::string_view name, Step (*function)(Sys&, State&)) {
    return std::make_unique<StatefulProgram<State>>(name, function);
}

}  // namespace

Entries small_tools() {
    return {{"echo", [] { return make_command("echo", run_echo); }},
            {"printf", [] { return make_command("printf", run_printf); }},
            {"test", [] { return make_command("test", run_test); }},
            {"[", [] { return make_command("[", run_test); }},
            {"kill", [] { return make_command("kill", run_kill); }},
            {"true", [] { return make_command("true", run_true); }},
            {"false", [] { return make_command("false", run_false); }},
            {"sleep", [] { return plain("sleep", step_sleep); }},
            {"yes", [] { return plain("yes", step_yes); }},
            {"tee", [] { return plain("tee", step_tee); }},
            {"date", [] { return make_command("date", run_date); }},
            {"printenv", [] { return make_command("printenv", run_printenv); }},
            {"id", [] { return make_command("id", run_id); }},
            {"whoami", [] { return make_command("whoami", run_whoami); }},
            {"hostname", [] { return make_command("hostname", run_hostname); }},
            {"uname", [] { return make_command("uname", run_uname); }},
            {"pwd", [] { return make_command("pwd", run_pwd); }},
            {"which", [] { return make_command("which", run_which); }},
            {"readlink", [] { return make_command("readlink", run_readlink); }},
            {"realpath", [] { return make_command("realpath", run_readlink); }},
            {"basename", [] { return make_command("basename", run_base_name); }},
            {"dirname", [] { return make_command("dirname", run_base_name); }},
            {"seq", [] { return make_command("seq", run_seq); }}};
}

}  // namespace cutaway::model::programs
