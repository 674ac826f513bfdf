// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/init.h"

#include <algorithm>

namespace cutaway::runtime {

Ended to_ended(std::uint32_t index, const Result<world::Reply>& result) {
    Ended ended;
    ended.index = index;
    if (result) {
        ended.reply = *result;
        return ended;
    }
    ended.failed = true;
    ended.code = result.error().code;
    ended.sys_errno = result.error().sys_errno;
    ended.error = result.error().doing;
    return ended;
}

Result<world::Reply> to_result(const Ended& ended) {
    if (ended.failed) {
        return Error{ended.code, ended.sys_errno, ended.error};
    }
    return ended.reply;
}

namespace {

void take_messages(InitState& state, Port& shim) {
    Message message;
    while (shim.receive(message)) {
        std::visit(Overloaded{[&](Begin& begin) {
                                  state.plan = std::move(begin.plan);
                                  state.begun = true;
                              },
                              [&](const Proceed& proceed) { state.upto = std::max(state.upto, proceed.upto); },
                              [&](const Abort&) { state.failed = true; }, [&](const Leave&) { state.left = true; },
                              [](const auto&) {}},
                   message);
    }
    // A shim that has gone cannot supervise: what is not a container yet must not become one.
    state.failed = state.failed || (!state.left && shim.closed());
}

}  // namespace

Progress pump_init(InitState& state, world::Kernel& kernel, Port& shim) {
    take_messages(state, shim);
    const auto size = static_cast<std::uint32_t>(state.plan.calls.size());
    while (state.begun && !state.failed && !state.executed && state.next < std::min(state.upto, size)) {
        const std::uint32_t index = state.next++;
        const plan::PlannedCall& planned = state.plan.calls[index];
        if (planned.place != plan::Place::init) {
            continue;
        }
        const Result<world::Reply> result = kernel.perform(planned.call);
        state.failed = !result;
        state.executed = result && std::holds_alternative<world::Execute>(planned.call);
        if (!state.executed) {  // a successful execve has closed the channel: that is its message
            shim.send(to_ended(index, result));
        }
    }
    return state.executed || state.failed ? Progress::finished : Progress::waiting;
}

}  // namespace cutaway::runtime
