// SPDX-License-Identifier: Apache-2.0
// A hook: a program of the host's own.
#include "core/host/kernel_calls.h"
#include "core/host/run_program.h"

namespace cutaway::host {

Done perform(Acting& acting, const world::RunHook& call) {
    TRY(run_program(acting.ledger, {"the hook " + call.name + " " + call.path, call.path, call.argv, call.env,
                                    call.state, call.timeout_ns}));
    return world::Reply{};
}

}  // namespace cutaway::host
