// SPDX-License-Identifier: Apache-2.0
// A further process in a running container, and looking at what the container said.
#include <algorithm>

#include "core/engine/configure.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/restarting.h"
#include "core/engine/rootless.h"
#include "core/engine/security.h"
#include "core/engine/speak.h"
#include "core/runtime/shim.h"
#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/json_log.h"
#include "core/trace/redact.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using store::ContainerState;
using world::Phase;

constexpr std::int64_t poll_ns = 100'000'000;

Result<sandbox::Config> program_of(world::World& world, const ContainerRecord& record, const ExecOptions& options,
                                   const Brought* brought) {
    sandbox::Config program;
    const User user = TRY(find_user(world, record, options.user.empty() ? record.config.user : options.user));
    program.container = record.id;
    program.uids = world.machine.uids;
    program.gids = world.machine.gids;
    program.cgroup_space = has_cgroup_space(world.machine);
    program.uid = user.uid;
    program.gid = user.gid;
    program.groups = user.groups;
    program.capabilities = TRY(sandbox::capabilities(record.host.cap_add, record.host.cap_drop));
    Filter filter = TRY(filter_for(world.machine, record, brought));
    program.seccomp = std::move(filter.profile);
    program.seccomp_filter = std::move(filter.bytes);
    program.no_new_privileges = no_new_privileges(record);
    program.terminal = options.terminal;
    program.argv = options.command;
    program.env = merge_env(program_env(record, user, options.terminal), options.env);
    program.working_dir = options.working_dir.empty() ? record.config.working_dir : options.working_dir;
    if (program.working_dir.empty()) {
        program.working_dir = "/";
    }
    return program;
}

Status check_running(const ContainerRecord& record, const std::string& asked) {
    if (record.state.status == ContainerState::paused) {
        return fail(Errc::conflict, "Container " + asked + " is paused, unpause the container before exec");
    }
    TRY(check_not_restarting(record));
    if (record.state.status != ContainerState::running) {
        return fail(Errc::conflict, "container " + record.id + " is not running");
    }
    return {};
}

bool wanted(const LogOptions& options, const store::LogEntry& entry) {
    return (!options.since_wall_ns || entry.wall_ns >= *options.since_wall_ns) &&
           (!options.until_wall_ns || entry.wall_ns <= *options.until_wall_ns);
}

void print(const LogOptions& options, const store::LogEntry& entry, Io& io) {
    const std::string text = (options.timestamps ? runtime::rfc3339(entry.wall_ns) + " " : "") + entry.text;
    entry.stream == world::Stream::out ? io.out(text) : io.err(text);
}

// What was typed, without what it says in secret.
std::string shown_words(std::vector<std::string> words) {
    trace::redact_argv(words);
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

}  // namespace

Result<std::int32_t> Engine::exec(const ExecOptions& options, Io& io) {
    TRY(reconcile());
    const ContainerRecord record = TRY(store::find_container(world_, options.container));
    TRY(check_running(record, options.container));
    if (options.command.empty()) {
        return fail(Errc::invalid, "No exec command specified");
    }
    return api(
        world_, "POST", "/containers/" + store::short_id(record.id) + "/exec", 201, [&]() -> Result<std::int32_t> {
            runtime::Begin begin;
            begin.plan = plan_exec(record, TRY(program_of(world_, record, options, brought_)), world_.machine);
            begin.terminal = options.terminal;
            begin.keep_stdin = options.keep_stdin;
            begin.attached = !options.detach;
            const std::string exec_id = store::random_id(world_.entropy);
            const std::string name = record.id + "/exec-" + store::short_id(exec_id);
            const std::string words = shown_words(options.command);
            happened(world_, record, "exec_create: " + words, {{"execID", exec_id}});
            happened(world_, record, "exec_start: " + words, {{"execID", exec_id}});
            Result<runtime::Launched> launched = runtime::launch(world_, name, begin);
            if (!launched) {
                return exec_error(options.command.front(), std::move(launched).error());
            }
            if (options.detach) {
                return 0;
            }
            const auto exited = TRY(follow(world_, *launched->channel, io,
                                           {options.keep_stdin, {}, options.terminal, options.detach_keys}));
            if (!exited) {
                return fail(Errc::cancelled, "read escape sequence");
            }
            happened(world_, record, "exec_die", {{"execID", exec_id}, {"exitCode", std::to_string(exited->code)}});
            return exited->code;
        });
}

Result<std::int32_t> Engine::attach(const AttachOptions& options, Io& io) {
    const ContainerRecord record = TRY(store::find_container(world_, options.container));
    if (record.state.status == ContainerState::paused) {
        return fail(Errc::conflict, "cannot attach to a paused container, unpause it first");
    }
    if (record.state.status == ContainerState::restarting) {
        return fail(Errc::conflict, "cannot attach to a restarting container, wait until it is running");
    }
    if (record.state.status != ContainerState::running) {
        return fail(Errc::conflict, "cannot attach to a stopped container, start it first");
    }
    const Result<std::unique_ptr<world::Channel>> channel = world_.spawner.connect(record.id);
    if (!channel) {
        return channel.error().code == Errc::not_found ? wait(record.id) : Result<std::int32_t>(channel.error());
    }
    happened(world_, record, "attach");
    const Attachment attachment{options.keep_stdin && record.config.open_stdin, signals_to(world_, record),
                                record.config.tty, options.detach_keys};
    return end_of(world_, record, TRY(follow(world_, **channel, io, attachment)));
}

Status Engine::logs(const LogOptions& options, Io& io) {
    TRY(reconcile());
    const ContainerRecord record = TRY(store::find_container(world_, options.container));
    std::vector<store::LogEntry> entries = TRY(store::read_log(world_, record.id));
    std::size_t seen = entries.size();
    std::erase_if(entries, [&](const store::LogEntry& entry) { return !wanted(options, entry); });
    const std::size_t skip = options.tail && *options.tail < entries.size() ? entries.size() - *options.tail : 0;
    std::for_each(entries.begin() + static_cast<std::ptrdiff_t>(skip), entries.end(),
                  [&](const store::LogEntry& entry) { print(options, entry, io); });
    while (options.follow) {
        const Result<ContainerRecord> now = store::load_container(world_, record.id);
        entries = store::read_log(world_, record.id).value_or({});
        for (; seen < entries.size(); ++seen) {
            print(options, entries[seen], io);
        }
        const bool over = !now || now->state.status == ContainerState::exited ||
                          world_.disk.stat(exit_record_path(world_, record.id)).has_value();
        if (over) {
            break;
        }
        if (Status waited = world_.clock.sleep(poll_ns); !waited) {
            return waited.error().code == Errc::cancelled ? Status() : waited;  // nobody wants to see more
        }
    }
    return {};
}

}  // namespace cutaway::engine
