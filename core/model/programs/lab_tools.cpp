// SPDX-License-Identifier: Apache-2.0
// The lab's own programs: each shows one thing about processes. Also hello, and nologin.
#include "core/model/programs/commands.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct LabState {
    bool begun = false;
    bool ending = false;
    std::int64_t amount = 0;
    std::int64_t limit = 0;
    std::int64_t next_ns = 0;
    Output output;
};
CUTAWAY_FIELDS(LabState, begun, ending, amount, limit, next_ns, output)

Step drained(Sys& sys, LabState& state, Step then) {
    return flush(sys, state.output) == Flush::blocked ? wait_to_flush(state.output) : then;
}

std::int64_t argument(Sys& sys, std::int64_t otherwise) {
    return sys.argv().size() > 1 ? to_number(sys.argv()[1]).value_or(otherwise) : otherwise;
}

// Handles SIGTERM: says so, cleans up for a second, ends with 0.
Step step_trap_term(Sys& sys, LabState& state) {
    if (!state.begun) {
        state.begun = true;
        (void)sys.on_signal(15, Disposition::handle);
        state.output.out("trap-term: waiting, pid " + std::to_string(sys.pid()) + "\n");
    }
    while (sys.take_signal()) {
        if (!state.ending) {
            state.ending = true;
            state.next_ns = sys.now_ns() + 1'000'000'000;
            state.output.out("trap-term: got SIGTERM, cleaning up\n");
        }
    }
    if (state.ending && sys.now_ns() >= state.next_ns) {
        state.output.out("trap-term: done\n");
        return drained(sys, state, Step::exited(0));
    }
    return drained(sys, state, state.ending ? Step::wait_until(state.next_ns) : Step::wait());
}

Step step_child(Sys& sys, LabState& state) {
    (void)state;
    (void)sys;
    return Step::exited(0);
}

// Starts children that end at once, and never waits for them.
Step step_zombie_maker(Sys& sys, LabState& state) {
    if (!state.begun) {
        state.begun = true;
        state.limit = argument(sys, 3);
    }
    if (state.amount < state.limit && sys.now_ns() >= state.next_ns) {
        const auto pid =
            sys.fork(std::make_unique<StatefulProgram<LabState>>("zombie-child", step_child), {{1, 1}, {2, 2}});
        ++state.amount;
        state.next_ns = sys.now_ns() + 1'000'000'000;
        state.output.out(pid ? "zombie-maker: started " + std::to_string(*pid) + ", will not wait for it\n"
                             : "zombie-maker: fork: " + errno_text(pid.error()) + "\n");
    }
    return drained(sys, state, state.amount < state.limit ? Step::wait_until(state.next_ns) : Step::wait());
}

// Takes a piece of memory each 100 ms, up to its argument in MiB (default: without end).
Step step_memhog(Sys& sys, LabState& state) {
    constexpr std::int64_t piece = 16;
    if (!state.begun) {
        state.begun = true;
        state.limit = argument(sys, 1'000'000);
    }
    if (state.amount < state.limit && sys.now_ns() >= state.next_ns) {
        const Status taken = sys.allocate(piece << 20);
        if (!taken) {
            state.output.err("memhog: " + errno_text(taken.error()) + "\n");
            return drained(sys, state, Step::exited(1));
        }
        state.amount += piece;
        state.next_ns = sys.now_ns() + 100'000'000;
        state.output.out("memhog: holding " + std::to_string(state.amount) + " MiB\n");
    }
    return drained(sys, state, state.amount < state.limit ? Step::wait_until(state.next_ns) : Step::wait());
}

// Computes for its argument in seconds of cpu (default: without end).
Step step_cpu_spin(Sys& sys, LabState& state) {
    if (!state.begun) {
        state.begun = true;
        state.limit = argument(sys, 0) * 1000;
    }
    if (state.limit > 0 && state.amount >= state.limit) {
        return Step::exited(0);
    }
    sys.burn(10'000'000);
    state.amount += 10;
    return Step::again();
}

int run_hello(const Call& call) {
    call.out("Hello from a container on the simulated machine.\n");
    return 0;
}

int run_nologin(const Call& call) {
    call.out("This account is currently not available.\n");
    return 1;
}

template <class Function>
Made lab(std::string_view name, Function function) {
    return std::make_unique<StatefulProgram<LabState>>(name, function);
}

}  // namespace

Entries lab_tools() {
    return {{"trap-term", [] { return lab("trap-term", step_trap_term); }},
            {"zombie-maker", [] { return lab("zombie-maker", step_zombie_maker); }},
            {"zombie-child", [] { return lab("zombie-child", step_child); }},
            {"memhog", [] { return lab("memhog", step_memhog); }},
            {"cpu-spin", [] { return lab("cpu-spin", step_cpu_spin); }},
            {"hello", [] { return make_command("hello", run_hello); }},
            {"nologin", [] { return make_command("nologin", run_nologin); }}};
}

}  // namespace cutaway::model::programs
