// SPDX-License-Identifier: Apache-2.0
// TracedWorld: a world whose every call is an event and passes the gate. Reading is not traced; changes of the disk,
// HTTP exchanges, started shims and everything a Kernel performs are. It adds no behaviour: the same replies and
// errors come back, except Errc::cancelled where a gate or the world's Cancel gave up before a call was made.
// Owns the decorators; `inner` and `recorder` outlive it, and it outlives every body and sink that it handed out.
#pragma once

#include <memory>

#include "core/trace/recorder.h"
#include "core/world/world.h"

namespace cutaway::trace {

class TracedWorld {
public:
    TracedWorld(world::World& inner, Recorder& recorder);
    ~TracedWorld();
    TracedWorld(const TracedWorld&) = delete;
    TracedWorld& operator=(const TracedWorld&) = delete;

    world::World& world();
    // Records what Watch has seen and nobody asked for yet; done after every call and span too. The engine still gets
    // all of it from world().watch, of which the newest 65,536 observations are kept until it asks.
    void drain();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cutaway::trace
