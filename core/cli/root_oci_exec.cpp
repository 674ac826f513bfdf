// SPDX-License-Identifier: Apache-2.0
// exec: a further process in a container that runs.
#include <algorithm>
#include <charconv>

#include "core/bundle/start.h"
#include "core/cli/root_oci_parts.h"
#include "core/cli/root_oci_terminal.h"
#include "core/host/bundle_process.h"
#include "core/host/channel.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"
#include "core/runtime/init.h"
#include "core/runtime/launch.h"

namespace cutaway::cli {

namespace {

Result<std::uint32_t> to_id(std::string_view text, std::string_view flag) {
    std::uint32_t id = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), id);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size() || id > 0x7FFFFFFF) {
        return fail(Errc::invalid, std::string(flag) + " takes numbers up to 2147483647, not \"" + std::string(text) +
                                       "\": names are the engine's to look up");
    }
    return id;
}

Status set_user(const Parsed& given, oci::SpecUser& user) {
    if (given.has("user")) {
        const std::string text = given.text("user");
        const std::size_t colon = text.find(':');
        user.uid = TRY(to_id(std::string_view(text).substr(0, colon), "--user"));
        if (colon != std::string::npos) {
            user.gid = TRY(to_id(std::string_view(text).substr(colon + 1), "--user"));
        }
    }
    for (const std::string& group : given.list("additional-gids")) {
        user.additional_gids.push_back(TRY(to_id(group, "--additional-gids")));
    }
    return {};
}

void add_capabilities(const std::vector<std::string>& names, oci::SpecCapabilities& sets) {
    for (const std::string& name : names) {
        for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted}) {
            if (std::find(set->begin(), set->end(), name) == set->end()) {
                set->push_back(name);
            }
        }
    }
}

// What is not said is as config.json has it.
Result<oci::SpecProcess> wanted_process(const OciCall& call, const oci::RuntimeSpec& spec, const std::string& root) {
    const Parsed& given = call.given;
    oci::SpecProcess process = spec.process;
    if (given.has("process")) {
        process = TRY(oci::parse_process(TRY(host::read_file(given.text("process")))));
    } else {
        process.terminal = given.on("tty");
        process.console_size.reset();
        process.args.assign(given.arguments.begin() + 1, given.arguments.end());
        process.cwd = given.has("cwd") ? given.text("cwd") : process.cwd;
        const std::vector<std::string>& more = given.list("env");
        process.env.insert(process.env.end(), more.begin(), more.end());
        process.no_new_privileges = process.no_new_privileges || given.on("no-new-privs");
        TRY(set_user(given, process.user));
        add_capabilities(given.list("cap"), process.capabilities);
    }
    if (process.args.empty()) {
        return fail(Errc::invalid, "exec: neither a command nor --process says what to run");
    }
    complete_environment(root, process);
    return process;
}

Result<int> exec(const OciCall& call) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    const bundle::Standing standing = standing_of(call, record);
    if (standing != bundle::Standing::running && standing != bundle::Standing::created) {
        return fail(Errc::conflict, "container \"" + record.id + "\" is " + std::string(to_name(standing)));
    }
    const oci::RuntimeSpec spec = TRY(load_spec(call, record.id));
    bundle::Setting setting;
    setting.id = record.id;
    setting.groups = record.groups;
    setting.seccomp_filter = TRY(compile_seccomp(call, spec.on_linux.seccomp));
    setting.preserved = TRY(preserved_descriptors(call));
    setting.new_keyring = false;  // it shares the container's
    const oci::SpecProcess process = TRY(wanted_process(call, spec, record.root));
    const bool detached = call.given.on("detach");
    OciTerminal terminal;
    if (detached) {
        TRY(terminal.must_be_sent(call));
    } else {
        TRY(host::become_reaper());
    }
    host::SocketPair door = TRY(host::make_socket_pair());
    host::HandedOn handed;
    handed.preserved = setting.preserved;
    handed.door = std::move(door.theirs);
    if (process.terminal) {
        handed.terminal = TRY(terminal.open(call));
    }
    BundleWorld machine(std::move(handed));
    runtime::Begin begin;
    bundle::Start start = bundle::plan_join(process, record.pid, setting);
    begin.plan = std::move(start.plan);
    begin.terminal = process.terminal;
    runtime::Launched launched = TRY(runtime::launch(machine.world(), record.id + "/exec", begin, start.gate));
    TRY(terminal.take(process));
    TRY(write_pid_file(call, launched.pid));
    // It is ours, or our supervisor's, before its program runs: however soon that ends, its end is seen.
    TRY(launched.channel->send(runtime::encode(runtime::Leave{})));
    TRY(machine.spawner().await_shim());
    const world::Cancel never;
    host::HostChannel channel(std::move(door.ours), never);
    TRY(let_go(call, channel, begin.plan.calls.size()));
    return detached ? 0 : terminal.follow(launched.pid);
}

std::vector<FlagSpec> flags() {
    return {{"process", 'p', FlagKind::text, "A file with the whole process as JSON, as config.json has it", ""},
            {"tty", 't', FlagKind::boolean, "Give it a terminal", ""},
            {"detach", 'd', FlagKind::boolean, "Do not wait for its end", ""},
            {"pid-file", 0, FlagKind::text, "Write the process number there", ""},
            {"console-socket", 0, FlagKind::text, "Send the terminal's outer end to this socket", ""},
            {"preserve-fds", 0, FlagKind::number, "Hand on this many descriptors behind 0, 1 and 2", ""},
            {"cwd", 0, FlagKind::text, "The working directory", ""},
            {"env", 'e', FlagKind::list, "Set a variable of the environment", ""},
            {"user", 'u', FlagKind::text, "UID or UID:GID", ""},
            {"additional-gids", 'g', FlagKind::list, "A further group", ""},
            {"cap", 'c', FlagKind::list, "A further capability", ""},
            {"no-new-privs", 0, FlagKind::boolean, "No setuid program gives it more", ""},
            {"apparmor", 0, FlagKind::text, "", "AppArmor is not supported"},
            {"process-label", 0, FlagKind::text, "", "SELinux is not supported"},
            {"cgroup", 0, FlagKind::text, "", "a further process is counted with the others"}};
}

}  // namespace

const std::vector<OciCommand>& oci_joining_commands() {
    constexpr std::size_t any = 1000000;
    static const std::vector<OciCommand> commands{{"exec", "[OPTIONS] CONTAINER [COMMAND [ARG...]]",
                                                   "Run a further process in a running container", flags(),
                                                   Mix::before_arguments, 1, any, exec}};
    return commands;
}

}  // namespace cutaway::cli
