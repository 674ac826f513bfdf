// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_oci_parts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/bundle/start.h"
#include "core/host/bundle_process.h"
#include "core/host/kernel.h"
#include "core/host/profile.h"
#include "core/host/save_file.h"
#include "core/host/seccomp_filters.h"
#include "core/host/shim_door.h"
#include "core/host/state_dir.h"
#include "core/host/syscall.h"
#include "core/host/terminal.h"
#include "core/runtime/launch.h"
#include "core/runtime/shim.h"

namespace cutaway::cli {

namespace {

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else {
            out += byte < 0x20 || byte == 0x7F ? ' ' : c;
        }
    }
    return out + "\"";
}

constexpr std::int64_t patience_ns = 10'000'000'000;  // for killed processes to be gone

}  // namespace

void OciLog::write(std::string_view level, std::string_view text) const {
    std::fprintf(stderr, "cutaway oci: %s%s\n", level == "error" ? "" : "warning: ", std::string(text).c_str());
    if (path_.empty()) {
        return;
    }
    const std::string time = in_quotes(runtime::rfc3339(host::wall_clock_ns()));
    const std::string line =
        json_ ? "{\"level\":" + in_quotes(level) + ",\"msg\":" + in_quotes(text) + ",\"time\":" + time + "}\n"
              : "time=" + time + " level=" + std::string(level) + " msg=" + in_quotes(text) + "\n";
    static_cast<void>(host::append_file(path_, line));  // who cannot read it there reads it above
}

void OciLog::error(std::string_view text) const { write("error", text); }
void OciLog::warning(std::string_view text) const { write("warning", text); }

std::string oci_folder(const OciCall& call, const std::string& id) { return call.root + "/" + id; }

Result<bundle::Record> load_record(const OciCall& call, const std::string& id) {
    TRY(bundle::check_id(id));
    const Result<std::string> text = host::read_file(oci_folder(call, id) + "/state.json");
    if (!text && text.error().code == Errc::not_found) {
        return fail(Errc::not_found, "container \"" + id + "\" does not exist");
    }
    return bundle::parse_record(TRY(Result<std::string>(text)));
}

Status save_record(const OciCall& call, const bundle::Record& record) {
    return host::save_file(oci_folder(call, record.id) + "/state.json", bundle::to_json(record), host::Sync::no);
}

Result<oci::RuntimeSpec> load_spec(const OciCall& call, const std::string& id) {
    return oci::parse_runtime_spec(TRY(host::read_file(oci_folder(call, id) + "/config.json")));
}

namespace {

bool is_frozen(const bundle::Groups& groups) {
    const bool v2 = groups.layout == world::CgroupLayout::v2;
    const std::string directory = bundle::directory_of(groups, v2 ? "" : "freezer");
    const std::string state = host::read_file(directory + (v2 ? "/cgroup.freeze" : "/freezer.state")).value_or("");
    return v2 ? state.starts_with('1') : state.starts_with("FROZEN") || state.starts_with("FREEZING");
}

}  // namespace

// Asked anew each time: between two commands anything may have happened to the process.
bundle::Standing standing_of(const OciCall& call, const bundle::Record& record) {
    if (record.pid == 0) {
        return bundle::Standing::creating;
    }
    const std::optional<std::uint64_t> born = host::born_of(record.pid);
    if (!born || *born != record.born) {
        return bundle::Standing::stopped;
    }
    if (is_frozen(record.groups)) {
        return bundle::Standing::paused;
    }
    // Nobody listens at the door any more once the program has taken the init's place.
    return host::connect_to_shim(oci_folder(call, record.id)) ? bundle::Standing::created : bundle::Standing::running;
}

BundleWorld::BundleWorld(host::HandedOn handed)
    : host_({std::string(oci_root), std::string(oci_root), "", ""}),
      program_(""),
      spawner_(program_, std::move(handed), host_.cancel()),
      world_{host_.world().kernel,   host_.world().disk, host_.world().transport, host_.world().clock,
             host_.world().entropy,  spawner_,           host_.world().watch,     host_.world().tasks,
             host_.world().narrator, host_.cancel(),     host_.world().machine} {}

Result<std::string> compile_seccomp(const OciCall& call, const std::string& seccomp) {
    const world::MachineProfile machine = host::host_profile(call.root, call.root);
    const std::optional<std::string> rules = TRY(bundle::seccomp_rules_of(seccomp, machine));
    return rules ? host::SeccompFilters(call.root + "/.seccomp").compile(*rules) : Result<std::string>(std::string());
}

void complete_environment(const std::string& root, oci::SpecProcess& process) {
    const auto named = [&](std::string_view name) {
        return std::any_of(process.env.begin(), process.env.end(),
                           [&](const std::string& variable) { return variable.starts_with(name); });
    };
    if (!named("HOME=")) {
        process.env.push_back("HOME=" + host::home_in(root, process.user.uid));
    }
    const char* listen = std::getenv("LISTEN_FDS");
    if (listen != nullptr && !named("LISTEN_FDS=")) {
        process.env.push_back(std::string("LISTEN_FDS=") + listen);
        process.env.emplace_back("LISTEN_PID=1");
    }
}

Result<int> preserved_descriptors(const OciCall& call) {
    constexpr std::int64_t most = 1000;
    const char* listen = std::getenv("LISTEN_FDS");
    const std::int64_t all =
        call.given.number("preserve-fds").value_or(0) + (listen == nullptr ? 0 : std::atoll(listen));
    if (all < 0 || all > most) {
        return fail(Errc::invalid, "--preserve-fds takes a number of descriptors up to " + std::to_string(most));
    }
    return static_cast<int>(all);
}

Status end_all(const bundle::Record& record) {
    const world::Cancel never;
    host::HostKernel kernel(&never);
    const std::vector<std::string> directories = bundle::directories(record.groups);
    const auto all = [&] {
        std::vector<std::int64_t> pids;
        for (const std::string& directory : directories) {
            const std::vector<std::int64_t> here = host::members_of(directory);
            pids.insert(pids.end(), here.begin(), here.end());
        }
        std::sort(pids.begin(), pids.end());
        pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
        return pids;
    };
    for (const std::int64_t pid : all()) {
        static_cast<void>(kernel.perform(world::SendSignal{pid, "SIGKILL"}));
    }
    if (is_frozen(record.groups)) {  // a frozen task takes no signal: it is killed when it thaws
        for (const world::Call& call : bundle::freeze_calls(record.groups, false)) {
            TRY(kernel.perform(call));
        }
    }
    for (const std::int64_t pid : all()) {
        static_cast<void>(kernel.perform(world::SendSignal{pid, "SIGKILL"}));
        TRY(kernel.perform(world::AwaitExit{record.id, pid, patience_ns}));
    }
    return {};
}

Status write_pid_file(const OciCall& call, std::int64_t pid) {
    const std::string path = call.given.text("pid-file");
    return path.empty() ? Status() : host::save_file(path, std::to_string(pid), host::Sync::no);
}

Status let_go(const OciCall& call, world::Channel& channel, std::size_t calls) {
    TRY(channel.send(runtime::encode(runtime::Proceed{static_cast<std::uint32_t>(calls)})));
    for (;;) {
        const Result<std::optional<runtime::Message>> message = runtime::next_message(channel, -1);
        if (!message) {
            return message.error().code == Errc::not_found ? Status() : Status(message.error());
        }
        const auto* ended = *message ? std::get_if<runtime::Ended>(&**message) : nullptr;
        if (ended != nullptr && ended->failed) {
            return Error{ended->code, ended->sys_errno, ended->error};
        }
        for (const world::Pair& detail : ended != nullptr ? ended->reply.details : std::vector<world::Pair>{}) {
            if (detail.name == "not_held") {
                call.log.warning("the capability " + detail.value + " is not this machine's root's to give");
            } else if (detail.name == "not_ambient") {
                call.log.warning("the capability " + detail.value +
                                 " cannot be ambient: it is not both permitted and inheritable");
            }
        }
    }
}

int follow_child(std::int64_t pid) {
    constexpr int slice_ms = 50;
    const world::Cancel never;
    host::HostKernel kernel(&never);
    for (;;) {
        if (const auto ended = host::await_child(pid, slice_ms)) {
            return ended->code < 0 ? 1 : ended->code;
        }
        if (const auto signal = host::take_signal()) {
            static_cast<void>(kernel.perform(world::SendSignal{pid, *signal}));
        }
    }
}

}  // namespace cutaway::cli
