// SPDX-License-Identifier: Apache-2.0
// The verbs that move a container from one state to the next.
#include "core/engine/lifecycle.h"

#include <algorithm>
#include <cerrno>

#include "core/engine/clean_up.h"
#include "core/engine/happenings.h"
#include "core/engine/networking.h"
#include "core/engine/restarting.h"
#include "core/engine/rootless.h"
#include "core/engine/signals.h"
#include "core/engine/speak.h"
#include "core/engine/unseen.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

using store::ContainerRecord;
using store::ContainerState;
using world::Phase;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t look_again_ns = 20'000'000;

std::string path_of(const ContainerRecord& record, std::string_view verb) {
    return "/containers/" + store::short_id(record.id) + "/" + std::string(verb);
}

Status signal(world::World& world, const ContainerRecord& record, const std::string& name) {
    TRY(world.kernel.perform(world::SendSignal{record.state.pid, name}));
    happened(world, record, "kill", {{"signal", std::to_string(signal_number(name))}});
    return {};
}

}  // namespace

Status set_frozen(world::World& world, ContainerRecord& record, bool frozen) {
    TRY(check_cgroups(world.machine, frozen ? "pause" : "unpause"));
    world::SpanStart phase = phase_span(Phase::running, record.id);
    return world::within(world.narrator, phase, [&]() -> Status {
        world::Span step(world.narrator);
        TRY(step.open(step_span(Phase::running, record.id, frozen ? "freeze every process" : "thaw every process")));
        for (const world::Call& call : cgroup::freeze_calls(cgroup_config(record, world.machine), frozen)) {
            TRY(world.kernel.perform(call));
        }
        record.state.status = frozen ? ContainerState::paused : ContainerState::running;
        record.state.why = frozen ? "pause" : "unpause";
        TRY(store::save_container(world, record));
        happened(world, record, record.state.why);
        return {};
    });
}

PassOn signals_to(world::World& world, const ContainerRecord& record) {
    return [&world, record](const std::string& name) -> Status {
        static_cast<void>(api(world, "POST", path_of(record, "kill?signal=" + name), 204,
                              [&] { return signal(world, record, name); }));  // a moment too late: the channel tells
        return {};
    };
}

namespace {

Result<bool> ended_within(world::World& world, const ContainerRecord& record, std::int64_t ns) {
    return TRY(world.kernel.perform(world::AwaitExit{record.id, record.state.pid, ns})).value != 0;
}

}  // namespace

namespace {

// Exits that happened while no engine looked. What is half removed is removed. False: a record changed or went, and the
// list is not true any more.
Result<bool> take_in(world::World& world, std::vector<ContainerRecord>& records) {
    bool is_true = true;
    for (ContainerRecord& record : records) {
        if (record.state.status == ContainerState::removing) {
            is_true = false;
            TRY(discard(world, record, record.host.auto_remove));
        } else if (!is_tended(record)) {
            continue;
        } else if (const auto text = world.disk.read(exit_record_path(world, record.id))) {
            is_true = false;
            TRY(put_away(world, record.id, TRY(runtime::parse_exit_record(*text)), "the first process ended"));
        } else if (!runs(world, record) && is_orphan(world, record.id)) {
            is_true = false;
            TRY(end_orphan(world, record));
        } else {
            TRY(take_in_restarts(world, record));
        }
    }
    return is_true;
}

}  // namespace

Result<std::vector<ContainerRecord>> Engine::containers() {
    TRY(store::prepare(world_));
    TRY(ensure_networks(world_));
    std::vector<ContainerRecord> records = TRY(store::list_containers(world_));
    TRY(sweep(world_, records));
    return TRY(take_in(world_, records)) ? std::move(records) : store::list_containers(world_);
}

Status Engine::reconcile() {
    TRY(containers());
    return {};
}

Result<ContainerRecord> Engine::container(const std::string& name) { return store::find_container(world_, name); }

Status Engine::start(const std::string& name) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, name));
    if (record.state.status == ContainerState::paused) {
        return fail(Errc::conflict, "cannot start a paused container, try unpause instead");
    }
    if (is_tended(record)) {
        return {};
    }
    TRY(api(world_, "POST", path_of(record, "start"), 204,
            [&] { return bring_up(world_, record, Attach::no, brought_); }));
    return {};
}

Result<std::int32_t> Engine::start_attached(const AttachOptions& options, Io& io) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, options.container));
    TRY(check_not_restarting(record));
    if (store::is_up(record)) {
        return attach(options, io);
    }
    happened(world_, record, "attach");
    const runtime::Launched launched = TRY(api(world_, "POST", path_of(record, "start"), 204,
                                               [&] { return bring_up(world_, record, Attach::yes, brought_); }));
    const Attachment attachment{options.keep_stdin, signals_to(world_, record), record.config.tty, options.detach_keys};
    return end_of(world_, record, TRY(follow(world_, *launched.channel, io, attachment)));
}

// The first signal is a request; the last, after the grace period, is not. Nothing to signal: it has ended meanwhile, or
// waited to be started again.
Status Engine::end(const std::string& id, const std::string& signal_text, std::int32_t grace_s) {
    ContainerRecord record = TRY(store::load_container(world_, id));
    TRY(world::within(world_.narrator, phase_span(Phase::stop, id), [&]() -> Status {
        record.state.stopped_by_user = true;
        TRY(store::save_container(world_, record));
        TRY(take_back_order(world_, record));
        TRY(take_in_restarts(world_, record));
        bool ended = record.state.pid == 0;
        if (!ended) {
            world::Span step(world_.narrator);
            TRY(step.open(step_span(Phase::stop, id, "ask the first process to end: " + signal_text)));
            Status sent = signal(world_, record, signal_text);
            if (!sent && sent.error().sys_errno != ESRCH) {
                return sent;
            }
            const std::int64_t grace = grace_s < 0 ? -1 : grace_s * second_ns;
            ended = !sent || TRY(ended_within(world_, record, grace));
        }
        if (!ended) {
            world::Span step(world_.narrator);
            TRY(step.open(step_span(Phase::stop, id, "the grace period is over: SIGKILL")));
            TRY(signal(world_, record, "SIGKILL"));
            TRY(ended_within(world_, record, -1));
        }
        return {};
    }));
    return put_away(world_, id, TRY(await_exit_record(world_, id)), "stop");
}

Status Engine::stop(const std::string& name, std::optional<std::int32_t> timeout_s, const std::string& signal_text) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, name));
    if (!is_tended(record)) {
        return {};
    }
    const std::string own = parse_signal(record.config.stop_signal).value_or("SIGTERM");  // an image may say anything
    const std::string sent =
        signal_text.empty() ? own : TRY_IN("cannot stop container: " + name, parse_signal(signal_text));
    return api(world_, "POST", path_of(record, "stop"), 204, [&]() -> Status {
        if (record.state.status == ContainerState::paused) {
            TRY(set_frozen(world_, record, false));
        }
        TRY(end(record.id, sent, timeout_s.value_or(record.config.stop_timeout)));
        happened(world_, record, "stop");
        return {};
    });
}

Status Engine::restart(const std::string& name, std::optional<std::int32_t> timeout_s) {
    TRY(stop(name, timeout_s, ""));
    TRY(start(name));
    happened(world_, TRY(store::find_container(world_, name)), "restart");
    return {};
}

namespace {

// docker's: a kill is meant to be for good, unless it is another signal than the one that the image stops by.
bool ends_tending(const ContainerRecord& record, const std::string& sent) {
    const std::string own = parse_signal(record.config.stop_signal).value_or("");
    return record.config.stop_signal.empty() || sent == "SIGKILL" || sent == own;
}

Status send(world::World& world, const ContainerRecord& record, const std::string& name, bool final) {
    if (record.state.pid == 0) {  // it waits to be started again, and has been told not to
        return {};
    }
    world::Span step(world.narrator);
    TRY(step.open(step_span(Phase::stop, record.id, "send " + name)));
    TRY(signal(world, record, name));
    if (final) {
        TRY(ended_within(world, record, -1));
    }
    return {};
}

}  // namespace

Status Engine::kill(const std::string& name, const std::string& signal_text) {
    TRY(reconcile());
    const std::string sent = TRY(parse_signal(signal_text.empty() ? "SIGKILL" : signal_text));
    ContainerRecord record = TRY_IN("cannot kill container: " + name, store::find_container(world_, name));
    if (!is_tended(record)) {
        return fail(Errc::conflict, "cannot kill container: " + name + ": container " + record.id + " is not running");
    }
    return api(world_, "POST", path_of(record, "kill?signal=" + sent), 204, [&]() -> Status {
        const bool final = sent == "SIGKILL" || record.state.status == ContainerState::restarting;
        if (ends_tending(record, sent)) {
            TRY(take_back_order(world_, record));
        }
        if (final && record.state.status == ContainerState::paused) {
            TRY(set_frozen(world_, record, false));  // a frozen task keeps even SIGKILL pending
        }
        TRY(world::within(world_.narrator, phase_span(Phase::stop, record.id),
                          [&] { return send(world_, record, sent, final); }));
        return final ? put_away(world_, record.id, TRY(await_exit_record(world_, record.id)), "kill") : Status();
    });
}

Status Engine::pause(const std::string& name) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, name));
    if (record.state.status == ContainerState::paused) {
        return fail(Errc::conflict, "Container " + record.id + " is already paused");
    }
    TRY(check_not_restarting(record));
    if (!store::is_up(record)) {
        return fail(Errc::conflict, "container " + record.id + " is not running");
    }
    return api(world_, "POST", path_of(record, "pause"), 204, [&] { return set_frozen(world_, record, true); });
}

Status Engine::unpause(const std::string& name) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, name));
    if (record.state.status != ContainerState::paused) {
        return fail(Errc::conflict, "Container " + record.id + " is not paused");
    }
    return api(world_, "POST", path_of(record, "unpause"), 204, [&] { return set_frozen(world_, record, false); });
}

// For good: what is started again in between has not ended.
Result<std::int32_t> Engine::wait(const std::string& name) {
    TRY(reconcile());
    ContainerRecord record = TRY(store::find_container(world_, name));
    while (is_tended(record)) {
        if (record.state.pid != 0) {
            TRY(ended_within(world_, record, -1));
        }
        const bool again = record.host.restart.name != "no" && !world_.disk.read(exit_record_path(world_, record.id));
        if (again) {
            TRY(world_.clock.sleep(look_again_ns));
            TRY(take_in_restarts(world_, record));
            continue;
        }
        const runtime::ExitRecord exit = TRY(await_exit_record(world_, record.id));
        TRY(put_away(world_, record.id, exit, "the first process ended"));
        return exit.code;
    }
    return record.state.exit_code;
}

Status Engine::remove(const std::string& name, bool force, bool volumes) {
    TRY(reconcile());
    const ContainerRecord record = TRY(store::find_container(world_, name));
    const std::string refusal =
        "cannot remove container \"" + (record.name.empty() ? name : record.name) + "\": container is ";
    if (!force && record.state.status == ContainerState::paused) {
        return fail(Errc::conflict, refusal + "paused and must be unpaused first");
    }
    if (!force && record.state.status == ContainerState::restarting) {
        return fail(Errc::conflict, refusal + "restarting: stop the container before removing or force remove");
    }
    if (!force && store::is_up(record)) {
        return fail(Errc::conflict, refusal + "running: stop the container before removing or force remove");
    }
    return api(world_, "DELETE", "/containers/" + store::short_id(record.id), 204, [&]() -> Status {
        if (is_tended(record)) {
            TRY(kill(record.id, "SIGKILL"));
        }
        const Result<ContainerRecord> left = store::load_container(world_, record.id);  // --rm may have been faster
        return left ? discard(world_, *left, volumes) : Status();
    });
}

Status Engine::rename(const std::string& name, const std::string& to) {
    ContainerRecord record = TRY(store::find_container(world_, name));
    const std::string before = record.name;
    TRY(store::rename_container(world_, record, to));
    happened(world_, record, "rename", {{"oldName", "/" + before}});
    return {};
}

Result<PruneResult> Engine::prune_containers(const MayGo& may_go) {
    PruneResult result;
    for (const ContainerRecord& record : TRY(containers())) {
        if (!is_tended(record) && (!may_go || may_go(record.config.labels, record.created))) {
            result.reclaimed += TRY(size_beneath(world_.disk, record.upper));
            TRY(discard(world_, record, false));
            result.removed.push_back(record.id);
        }
    }
    return result;
}

}  // namespace cutaway::engine
