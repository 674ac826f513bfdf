// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/shim.h"

#include <algorithm>

namespace cutaway::runtime {

namespace {

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
                              [&](const Resize& size) { host.resize(size); }, [](const auto&) {}},
                   message);
    }

    void perform(std::uint32_t index) {
        const world::Call call = plan::with_pid(plan().calls[index].call, state.pid);
        const Result<world::Reply> result = kernel.perform(call);
        if (result && std::holds_alternative<world::Clone>(call)) {
            state.pid = result->value;
            Begin begin;
            begin.plan = plan();
            host.init().send(begin);
        }
        host.engine().send(to_ended(index, result));
    }

    void go_on() {
        const auto size = static_cast<std::uint32_t>(plan().calls.size());
        while (!state.undone && state.next < std::min(state.upto, size)) {
            const std::uint32_t index = state.next++;
            const plan::PlannedCall& planned = plan().calls[index];
            if (planned.place == plan::Place::shim) {
                perform(index);
            } else if (planned.place == plan::Place::init) {
                state.executing = std::holds_alternative<world::Execute>(planned.call);
                host.init().send(Proceed{index + 1});
            }
        }
    }

    void relay_init() {
        Message message;
        while (host.init().receive(message)) {
            if (auto* ended = std::get_if<Ended>(&message)) {
                state.executing = state.executing && !ended->failed;
                host.engine().send(*ended);
            }
        }
        if (state.executing && !state.started && host.init().closed()) {
            state.started = true;
            Ended ended;
            ended.index = static_cast<std::uint32_t>(plan().calls.size() - 1);
            host.engine().send(ended);
            host.engine().send(Started{state.pid});
        }
    }

    // What nobody has written down does not exist: such a container would be found by no verb.
    bool is_the_engines() const { return !state.started || (!state.kept && !state.begin.exit_record.empty()); }

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
        if (state.started && !state.undone && !state.begin.exit_record.empty()) {
            const ExitRecord record{state.exited->code, state.exited->signal, state.exited->oom, host.wall_ns()};
            static_cast<void>(host.save(state.begin.exit_record, to_json(record)));
        }
        if (state.started) {
            host.engine().send(*state.exited);
        }
        state.recorded = true;
    }

    Progress pump() {
        Message message;
        while (host.engine().receive(message)) {
            take_message(message);
        }
        if (state.begun && !state.undone) {
            go_on();
        }
        if (state.pid != 0) {
            relay_init();
            copy_output();
        }
        if (state.left) {
            return Progress::finished;
        }
        if (is_the_engines() && host.engine().closed()) {
            give_up(true);
        }
        if (state.pid != 0 && !state.exited) {
            state.exited = host.reap(state.pid);
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
