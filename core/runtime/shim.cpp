// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/shim.h"

#include <algorithm>

#include "core/runtime/supervise.h"

namespace cutaway::runtime {

namespace {

constexpr std::int32_t cannot_start = 128;       // docker's status of a container whose start failed
constexpr std::size_t longest_line = 16 * 1024;  // docker's json-file driver cuts there too

struct Shim {
    ShimState& state;
    world::Kernel& kernel;
    ShimHost& host;

    const plan::Plan& plan() const { return state.begin.plan; }

    // --- the start ----------------------------------------------------------------------------------------------

    void take_message(Message& message) {
        std::visit(Overloaded{[&](Begin& begin) {
                                  state.begin = std::move(begin);
                                  state.begun = true;
                              },
                              [&](const Proceed& proceed) { state.upto = std::max(state.upto, proceed.upto); },
                              [&](const Abort& abort) { give_up(!abort.engine_undoes); },
                              [&](const Kept&) { state.kept = true; }, [&](const Leave&) { leave(); },
                              [&](const Input& in) { host.write_input(in.bytes); },
                              [&](const Resize& size) { host.resize(size); }, [&](const Ask& ask) { answer(ask.call); },
                              [](const auto&) {}},
                   message);
    }

    // Only what an engine cannot do itself: to answer names takes somebody who stays.
    void answer(const world::Call& call) {
        const bool ours = state.started && std::holds_alternative<world::OpenResolver>(call);
        host.engine().send(to_ended(
            Ask::index, ours ? kernel.perform(call) : fail(Errc::unsupported, "a shim is not asked for that")));
    }

    void perform(std::uint32_t index) {
        const world::Call call = plan::with_pid(plan().calls[index].call, state.pid);
        const Result<world::Reply> result = kernel.perform(call);
        if (!result && state.alone) {
            start_failed();
        }
        if (result && std::holds_alternative<world::Clone>(call)) {
            state.pid = result->value;
            Begin begin;
            begin.plan = plan();
            host.init().send(begin);
        }
        tell_engine(to_ended(index, result));
    }

    // Of the first start; what it does alone is nobody's.
    void tell_engine(const Message& message) {
        if (!state.alone) {
            host.engine().send(message);
        }
    }

    // In the plan's order, whoever performs a call: what is ours waits until the init has answered what it was let go on
    // to, and so, where no engine sees to it, does the execve.
    void go_on() {
        const auto size = static_cast<std::uint32_t>(plan().calls.size());
        while (!state.undone && !state.failed && state.next < std::min(state.upto, size)) {
            const std::uint32_t index = state.next;
            const plan::PlannedCall& planned = plan().calls[index];
            const bool ours =
                planned.place == plan::Place::shim || (state.alone && planned.place == plan::Place::engine);
            const bool last = std::holds_alternative<world::Execute>(planned.call);
            if (state.awaited >= 0 && (ours || (state.alone && last))) {
                return;
            }
            ++state.next;
            if (ours) {
                perform(index);
            } else if (planned.place == plan::Place::init) {
                state.executing = last;
                state.awaited = index;
                host.init().send(Proceed{index + 1});
            }
        }
    }

    void relay_init() {
        Message message;
        while (host.init().receive(message)) {
            if (auto* ended = std::get_if<Ended>(&message)) {
                state.executing = state.executing && !ended->failed;
                state.awaited = ended->index == state.awaited || ended->failed ? -1 : state.awaited;
                if (ended->failed && state.alone) {
                    start_failed();
                }
                tell_engine(*ended);
            }
        }
        if (state.executing && !state.started && host.init().closed()) {
            state.started = true;
            state.started_ns = host.now_ns();
            Ended ended;
            ended.index = static_cast<std::uint32_t>(plan().calls.size() - 1);
            tell_engine(ended);
            tell_engine(Started{state.pid});
            if (state.alone) {
                started_again();
            }
        }
    }

    // What nobody has written down does not exist: such a container would be found by no verb.
    bool is_the_engines() const {
        return (!state.started && !state.alone) || (!state.kept && !state.begin.exit_record.empty());
    }

    // The start failed, was given up, or (then the undo is ours) the engine died in the middle of it.
    void give_up(bool take_back) {
        if (state.undone || !is_the_engines()) {
            return;
        }
        state.undone = true;
        if (state.pid != 0) {
            // Unanswered: it may have ended already. Frozen tasks take no signal, but nothing freezes a start.
            static_cast<void>(kernel.perform(world::SendSignal{state.pid, "SIGKILL"}));
        }
        state.take_back = take_back;
    }

    void leave() {
        if (!state.undone && state.pid != 0) {
            state.left = true;
            host.init().send(Leave{});
        }
    }

    // Once the init is gone, else its cgroup and mounts are still in use.
    void take_back_now() {
        for (const world::Call& undo : plan::undo_of(plan(), state.upto)) {
            static_cast<void>(kernel.perform(plan::with_pid(undo, state.pid)));
        }
        state.take_back = false;
    }

    // --- while it runs, and its end -----------------------------------------------------------------------------

    void log_piece(world::Stream stream, std::string_view bytes) {
        std::string& partial = stream == world::Stream::out ? state.partial.out : state.partial.err;
        for (const char c : bytes) {
            partial.push_back(c);
            if (c == '\n' || partial.size() >= longest_line) {
                log_whole(stream, partial);
            }
        }
    }

    void log_whole(world::Stream stream, std::string& line) {
        if (line.empty()) {
            return;
        }
        if (!state.begin.log.empty()) {
            // A full disk must not stop the container; what is lost is lost for `logs` only.
            static_cast<void>(host.append_log(state.begin.log, log_line(stream, line, host.wall_ns())));
        }
        if (line.back() == '\n') {
            host.printed(stream, std::string_view(line).substr(0, line.size() - 1));
        } else {
            host.printed(stream, line);
        }
        line.clear();
    }

    void copy_output() {
        while (auto piece = host.read_output()) {
            log_piece(piece->stream, piece->bytes);
            if (state.begin.attached) {
                host.engine().send(*piece);
            }
        }
    }

    void record_exit() {
        log_whole(world::Stream::out, state.partial.out);
        log_whole(world::Stream::err, state.partial.err);
        const bool ran = state.started || state.alone;
        if (ran && !state.undone && !state.begin.exit_record.empty()) {
            if (wait_to_restart()) {
                return;
            }
            const ExitRecord record{state.exited->code, state.exited->signal, state.exited->oom, host.wall_ns()};
            static_cast<void>(host.save(state.begin.exit_record, to_json(record)));
        }
        if (ran) {
            host.engine().send(*state.exited);
        }
        state.recorded = true;
    }

    // --- --restart ----------------------------------------------------------------------------------------------

    std::optional<RestartOrder> order() {
        const std::optional<std::string> bytes = host.load(restart_order_path(state.begin.exit_record));
        Result<RestartOrder> read = bytes ? decode_order(*bytes) : Result<RestartOrder>(RestartOrder{});
        return bytes && read ? std::optional<RestartOrder>(std::move(*read)) : std::nullopt;
    }

    void tell_record() {
        static_cast<void>(host.save(restart_record_path(state.begin.exit_record), encode_record(state.told)));
    }

    // False: it has ended for good.
    bool wait_to_restart() {
        const std::optional<RestartOrder> wish = order();
        if (!wish || state.failed || !wants_restart(*wish, state.told.count, state.exited->code)) {
            return false;
        }
        Exited exited = *state.exited;
        exited.restarts = true;
        host.engine().send(exited);
        state.begin.attached = false;
        state.upto = static_cast<std::uint32_t>(plan().calls.size());
        take_back_now();
        state.delay_ns = next_delay(state.delay_ns, host.now_ns() - state.started_ns);
        state.wake_ns = host.now_ns() + state.delay_ns;
        state.told = {state.told.count + 1, 0, 0, exited.code, exited.oom, host.wall_ns()};
        state.pid = 0;
        state.exited.reset();
        state.started = false;
        state.executing = false;
        state.awaited = -1;
        state.alone = true;
        state.next = 0;
        state.upto = 0;
        tell_record();
        return true;
    }

    // Time's up, or somebody has taken the order back.
    void wake() {
        const std::optional<RestartOrder> wish = order();
        if (!wish) {
            state.wake_ns = -1;
            state.exited = Exited{state.told.code, 0, state.told.oom, false};
            record_exit();
        } else if (host.now_ns() >= state.wake_ns) {
            state.wake_ns = -1;
            state.begin.plan = with_network(std::move(state.begin.plan), wish->network);
            state.upto = static_cast<std::uint32_t>(plan().calls.size());
        }
    }

    void started_again() {
        state.told.pid = state.pid;
        state.told.started_wall_ns = host.wall_ns();
        tell_record();
        if (!order()) {  // taken back while it was being started
            static_cast<void>(kernel.perform(world::SendSignal{state.pid, "SIGKILL"}));
        }
    }

    // As docker: a container that cannot be started again has ended.
    void start_failed() {
        state.failed = true;
        if (state.pid != 0) {
            static_cast<void>(kernel.perform(world::SendSignal{state.pid, "SIGKILL"}));
        } else {
            state.exited = Exited{cannot_start, 0, false, false};
        }
    }

    Progress pump() {
        Message message;
        while (host.engine().receive(message)) {
            take_message(message);
        }
        if (state.wake_ns >= 0 && !state.undone) {
            wake();
        }
        const auto start_on = [&] {
            if (state.begun && !state.undone && state.wake_ns < 0) {
                go_on();
            }
        };
        start_on();
        if (state.pid != 0) {
            relay_init();
            copy_output();
            start_on();  // what the init has answered just now lets the next call go on
        }
        if (state.left) {
            return Progress::finished;
        }
        if (is_the_engines() && host.engine().closed()) {
            give_up(true);
        }
        if (state.pid != 0 && !state.exited) {
            state.exited = host.reap(state.pid);
            if (state.exited && !state.started) {  // it became the program and ended since we looked
                relay_init();
            }
        }
        if (state.failed && state.exited) {
            state.exited->code = cannot_start;
        }
        // The exit is told when the last word was said: whoever still holds the pipe is a child it left behind, and
        // with the end of a pid namespace's first process they all end.
        const bool silent = host.output_ended() || state.undone || !state.started;
        if (state.exited && !state.recorded && silent) {
            copy_output();
            record_exit();
        }
        const bool dead = state.pid == 0 || state.exited.has_value();
        if (state.undone && dead && state.take_back) {
            take_back_now();
        }
        const bool over = state.recorded || (state.undone && dead);
        return over ? Progress::finished : Progress::waiting;
    }
};

}  // namespace

Progress pump_shim(ShimState& state, world::Kernel& kernel, ShimHost& host) { return Shim{state, kernel, host}.pump(); }

}  // namespace cutaway::runtime
