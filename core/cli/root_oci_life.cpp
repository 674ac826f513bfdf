// SPDX-License-Identifier: Apache-2.0
// state, list, kill, delete, ps, pause, resume, update: what is done with an OCI container that is there.
#include <algorithm>
#include <cstdio>

#include "core/bundle/start.h"
#include "core/cli/root_console.h"
#include "core/cli/root_oci_delete.h"
#include "core/cli/root_oci_parts.h"
#include "core/engine/signals.h"
#include "core/host/bundle_process.h"
#include "core/host/kernel.h"
#include "core/host/process_facts.h"
#include "core/host/syscall.h"

namespace cutaway::cli {

void run_hooks(const OciCall& call, const char* name, const std::vector<oci::SpecHook>& hooks,
               const bundle::Record& record, const char* status) {
    const world::Cancel never;
    host::HostKernel kernel(&never);
    const std::string pid = std::to_string(std::string_view(status) == "stopped" ? 0 : record.pid);
    const std::string state = bundle::hook_state(record.id, record.bundle, status, pid, record.annotations);
    for (const world::RunHook& hook : bundle::hook_calls(name, hooks, state)) {
        if (const Result<world::Reply> done = kernel.perform(hook); !done) {
            call.log.warning(done.error().doing);
        }
    }
}

Status remove_container(const OciCall& call, const bundle::Record& record) {
    const world::Cancel never;
    host::HostKernel kernel(&never);
    TRY(end_all(record));
    for (const std::string& directory : bundle::directories(record.groups)) {
        for (const std::string& one : host::cgroups_below(directory)) {
            const Result<world::Reply> gone = kernel.perform(world::RemoveCgroup{one});
            if (!gone && gone.error().code != Errc::not_found) {
                return gone.error();
            }
        }
    }
    const Result<oci::RuntimeSpec> spec = load_spec(call, record.id);
    TRY(kernel.perform(world::RemovePath{oci_folder(call, record.id)}));
    if (spec) {
        run_hooks(call, "poststop", spec->hooks.poststop, record, "stopped");
    }
    return {};
}

namespace {

Result<int> print_state(const OciCall& call) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    std::fputs((bundle::state_json(record, standing_of(call, record)) + "\n").c_str(), stdout);
    return 0;
}

std::vector<std::pair<bundle::Record, bundle::Standing>> all_containers(const OciCall& call) {
    std::vector<std::pair<bundle::Record, bundle::Standing>> all;
    for (const std::string& name : host::folders_in(call.root)) {
        if (const Result<bundle::Record> record = load_record(call, name)) {
            all.emplace_back(*record, standing_of(call, *record));
        }
    }
    return all;
}

std::string padded(std::string text, std::size_t width) {
    text.append(text.size() < width ? width - text.size() : 0, ' ');
    return text + "   ";
}

Result<int> list(const OciCall& call) {
    const auto all = all_containers(call);
    const std::string format = call.given.has("format") ? call.given.text("format") : "table";
    if (format != "table" && format != "json") {
        return fail(Errc::invalid, "--format is table or json, not \"" + format + "\"");
    }
    std::string text;
    if (call.given.on("quiet")) {
        for (const auto& [record, standing] : all) {
            text += record.id + "\n";
        }
    } else if (format == "json") {
        text = bundle::list_json(all) + "\n";
    } else {
        std::size_t width = 2;
        for (const auto& [record, standing] : all) {
            width = std::max(width, record.id.size());
        }
        text = padded("ID", width) + padded("PID", 8) + padded("STATUS", 8) + padded("CREATED", 30) + "BUNDLE\n";
        for (const auto& [record, standing] : all) {
            const std::int64_t pid = standing == bundle::Standing::stopped ? 0 : record.pid;
            text += padded(record.id, width) + padded(std::to_string(pid), 8) +
                    padded(std::string(to_name(standing)), 8) + padded(record.created, 30) + record.bundle + "\n";
        }
    }
    std::fputs(text.c_str(), stdout);
    return 0;
}

std::vector<std::int64_t> members(const bundle::Record& record) {
    return host::members_of(bundle::directories(record.groups).front());
}

Result<int> kill(const OciCall& call) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    const std::string signal =
        TRY(engine::parse_signal(call.given.arguments.size() > 1 ? call.given.arguments[1] : "TERM"));
    const bundle::Standing standing = standing_of(call, record);
    const bool all = call.given.on("all");
    const bool alive = standing != bundle::Standing::stopped && standing != bundle::Standing::creating;
    if (!alive && !all) {
        return fail(Errc::conflict, "container \"" + record.id + "\" is not running");
    }
    const world::Cancel never;
    host::HostKernel kernel(&never);
    for (const std::int64_t pid : all ? members(record) : std::vector<std::int64_t>{record.pid}) {
        const Result<world::Reply> sent = kernel.perform(world::SendSignal{pid, signal});
        if (!sent && sent.error().code != Errc::not_found) {
            return sent.error();
        }
    }
    if (standing == bundle::Standing::paused && signal == "SIGKILL") {  // it stays pending until they thaw
        for (const world::Call& thaw : bundle::freeze_calls(record.groups, false)) {
            TRY(kernel.perform(thaw));
        }
    }
    return 0;
}

Result<int> remove(const OciCall& call) {
    const bool force = call.given.on("force");
    const Result<bundle::Record> record = load_record(call, call.id());
    if (!record) {
        // Who forces wants it gone; what is gone already, or was never whole, is no trouble.
        const std::string folder = oci_folder(call, call.id());
        const bool named = bundle::check_id(call.id()).has_value();
        if (force && named && record.error().code != Errc::denied) {
            const world::Cancel never;
            static_cast<void>(host::HostKernel(&never).perform(world::RemovePath{folder}));
            return 0;
        }
        return record.error();
    }
    const bundle::Standing standing = standing_of(call, *record);
    if (!force && standing != bundle::Standing::stopped) {
        return fail(Errc::conflict, "container \"" + record->id + "\" is " + std::string(to_name(standing)) +
                                        ": only a stopped one is deleted without --force");
    }
    TRY(remove_container(call, *record));
    return 0;
}

Result<int> freeze(const OciCall& call, bool frozen) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    const bundle::Standing standing = standing_of(call, record);
    const bool able = frozen ? standing == bundle::Standing::running || standing == bundle::Standing::created
                             : standing == bundle::Standing::paused;
    if (!able) {
        return fail(Errc::conflict, "container \"" + record.id + "\" is " + std::string(to_name(standing)));
    }
    const world::Cancel never;
    host::HostKernel kernel(&never);
    for (const world::Call& one : bundle::freeze_calls(record.groups, frozen)) {
        TRY(kernel.perform(one));
    }
    return 0;
}

Result<int> pause(const OciCall& call) { return freeze(call, true); }
Result<int> resume(const OciCall& call) { return freeze(call, false); }

Result<int> ps(const OciCall& call) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    const std::string format = call.given.has("format") ? call.given.text("format") : "table";
    if (format != "table" && format != "json") {
        return fail(Errc::invalid, "--format is table or json, not \"" + format + "\"");
    }
    std::string text = format == "json" ? "[" : padded("UID", 5) + padded("PID", 7) + padded("PPID", 7) + "CMD\n";
    for (const std::int64_t pid : members(record)) {
        const std::optional<host::ProcessFacts> facts = host::read_process(pid);
        if (format == "json") {
            text += (text.size() > 1 ? "," : "") + std::to_string(pid);
        } else if (facts) {
            text += padded(std::to_string(facts->uid), 5) + padded(std::to_string(pid), 7) +
                    padded(std::to_string(facts->parent), 7) + facts->command + "\n";
        }
    }
    std::fputs((format == "json" ? text + "]\n" : text).c_str(), stdout);
    return 0;
}

Result<oci::SpecResources> wanted_resources(const OciCall& call) {
    oci::SpecResources wanted;
    if (call.given.has("resources")) {
        const std::string path = call.given.text("resources");
        ProcessConsole console("real");
        wanted = TRY(oci::parse_resources(path == "-" ? console.all_input() : TRY(host::read_file(path))));
    }
    const auto take = [&](const char* flag, std::optional<std::int64_t>& into) {
        if (const auto number = call.given.number(flag)) {
            into = number;
        }
    };
    const auto take_natural = [&](const char* flag, std::optional<std::uint64_t>& into) {
        if (const auto number = call.given.number(flag); number && *number >= 0) {
            into = static_cast<std::uint64_t>(*number);
        }
    };
    take("memory", wanted.memory.limit);
    take("memory-swap", wanted.memory.swap);
    take("memory-reservation", wanted.memory.reservation);
    take("cpu-quota", wanted.cpu.quota);
    take("pids-limit", wanted.pids);
    take_natural("cpu-period", wanted.cpu.period);
    take_natural("cpu-share", wanted.cpu.shares);
    wanted.cpu.cpus = call.given.has("cpuset-cpus") ? call.given.text("cpuset-cpus") : wanted.cpu.cpus;
    wanted.cpu.mems = call.given.has("cpuset-mems") ? call.given.text("cpuset-mems") : wanted.cpu.mems;
    return wanted;
}

// Version 1 refuses memory beyond memory and swap together, and the other way round: raised, the second goes first.
void order_memory(const bundle::Groups& groups, const oci::SpecMemory& memory, std::vector<world::Call>& calls) {
    if (groups.layout == world::CgroupLayout::v2 || !memory.limit || !memory.swap) {
        return;
    }
    const std::string directory = bundle::directory_of(groups, "memory");
    const std::string now = host::read_file(directory + "/memory.limit_in_bytes").value_or("0");
    if (*memory.limit < 0 || *memory.limit > std::atoll(now.c_str())) {
        const auto is = [](const world::Call& call, std::string_view file) {
            const auto* write = std::get_if<world::WriteCgroup>(&call);
            return write != nullptr && write->file == file;
        };
        const auto first =
            std::find_if(calls.begin(), calls.end(), [&](const auto& one) { return is(one, "memory.limit_in_bytes"); });
        const auto second = std::find_if(calls.begin(), calls.end(),
                                         [&](const auto& one) { return is(one, "memory.memsw.limit_in_bytes"); });
        if (first != calls.end() && second != calls.end()) {
            std::iter_swap(first, second);
        }
    }
}

Result<int> update(const OciCall& call) {
    const bundle::Record record = TRY(load_record(call, call.id()));
    if (standing_of(call, record) == bundle::Standing::stopped) {
        return fail(Errc::conflict, "container \"" + record.id + "\" is stopped");
    }
    const oci::SpecResources wanted = TRY(wanted_resources(call));
    std::vector<world::Call> calls = TRY(bundle::limit_calls(record.groups, wanted));
    order_memory(record.groups, wanted.memory, calls);
    const world::Cancel never;
    host::HostKernel kernel(&never);
    for (const world::Call& one : calls) {
        TRY(kernel.perform(one));
    }
    return 0;
}

std::vector<FlagSpec> update_flags() {
    return {{"resources", 'r', FlagKind::text, "A file with linux.resources as JSON, or - for standard input", ""},
            {"memory", 0, FlagKind::number, "Memory in bytes", ""},
            {"memory-swap", 0, FlagKind::number, "Memory and swap together, in bytes; -1: no limit", ""},
            {"memory-reservation", 0, FlagKind::number, "Memory that is left to it, in bytes", ""},
            {"cpu-quota", 0, FlagKind::number, "Microseconds a period", ""},
            {"cpu-period", 0, FlagKind::number, "The period, in microseconds", ""},
            {"cpu-share", 0, FlagKind::number, "Its weight beside others", ""},
            {"cpuset-cpus", 0, FlagKind::text, "The CPUs that it may use", ""},
            {"cpuset-mems", 0, FlagKind::text, "The memory nodes that it may use", ""},
            {"pids-limit", 0, FlagKind::number, "Processes and threads", ""}};
}

}  // namespace

const std::vector<OciCommand>& oci_living_commands() {
    static const FlagSpec format{"format", 'f', FlagKind::text, "table or json", ""};
    static const std::vector<OciCommand> commands{
        {"state", "CONTAINER", "Print a container's state as JSON", {}, Mix::anywhere, 1, 1, print_state},
        {"list",
         "[OPTIONS]",
         "List the containers below --root",
         {format, {"quiet", 'q', FlagKind::boolean, "Only their ids", ""}},
         Mix::anywhere,
         0,
         0,
         list},
        {"kill",
         "[OPTIONS] CONTAINER [SIGNAL]",
         "Send a signal (default: TERM) to its first process",
         {{"all", 'a', FlagKind::boolean, "To all its processes", ""}},
         Mix::anywhere,
         1,
         2,
         kill},
        {"delete",
         "[OPTIONS] CONTAINER",
         "Delete a stopped container",
         {{"force", 'f', FlagKind::boolean, "Kill it first if it runs; one that is not there is no error", ""}},
         Mix::anywhere,
         1,
         1,
         remove},
        {"ps", "[OPTIONS] CONTAINER", "List its processes", {format}, Mix::anywhere, 1, 1, ps},
        {"pause", "CONTAINER", "Freeze all its processes", {}, Mix::anywhere, 1, 1, pause},
        {"resume", "CONTAINER", "Thaw them", {}, Mix::anywhere, 1, 1, resume},
        {"update", "[OPTIONS] CONTAINER", "Change its resources", update_flags(), Mix::anywhere, 1, 1, update},
    };
    return commands;
}

}  // namespace cutaway::cli
