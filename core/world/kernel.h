// SPDX-License-Identifier: Apache-2.0
// Kernel: performs one call as one process. The engine's own Kernel acts as the daemon on the host's root; a
// container's init has another, bound to its process. Errors carry the errno and the call's name. One thread at a time.
#pragma once

#include "core/base/result.h"
#include "core/world/call.h"

namespace cutaway::world {

class Kernel {
public:
    virtual ~Kernel() = default;
    virtual Result<Reply> perform(const Call& call) = 0;
};

inline Result<Reply> ask(Kernel& kernel, const Call& call) { return kernel.perform(call); }

}  // namespace cutaway::world
