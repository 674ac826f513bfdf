// SPDX-License-Identifier: Apache-2.0
// Init: the container's first process before it becomes the container's program. A state machine over messages: on
// the host the sealed cutaway-init pumps it over a socket, in the model the scheduler pumps the same machine. It
// performs the plan's init calls one Proceed at a time and never does anything that the plan does not say.
#pragma once

#include "core/runtime/protocol.h"
#include "core/world/kernel.h"

namespace cutaway::runtime {

struct InitState {
    plan::Plan plan;
    bool begun = false;
    std::uint32_t next = 0;  // the first call not looked at yet
    std::uint32_t upto = 0;
    bool executed = false;  // the last call was a successful execve: this process is another program now
    bool failed = false;
    bool left = false;  // the shim has ended as it was told to: whoever comes to the door says Proceed. On hosts alone
};
CUTAWAY_FIELDS(InitState, plan, begun, next, upto, executed, failed)

// Does all that can be done now. finished: either executed, or failed and to be ended with status 1.
Progress pump_init(InitState& state, world::Kernel& kernel, Port& shim);

// The end of calls[index] as a message.
Ended to_ended(std::uint32_t index, const Result<world::Reply>& result);
Result<world::Reply> to_result(const Ended& ended);

}  // namespace cutaway::runtime
