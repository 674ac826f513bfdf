// SPDX-License-Identifier: Apache-2.0
// Gate: asked before every span and every call; answers "go on" by returning, and "give up" by Errc::cancelled. It may
// keep the asking task waiting as long as it likes, and several tasks may ask at once: whoever asks holds no lock and lets
// no time-out run. `next` is what is about to happen; nothing of it has. What happens while a lock of the disk is held is
// passing: it cannot be held up, since others would wait for that lock, so a stop that is due there comes behind it. Calls
// that clean up are recorded and never asked about.
#pragma once

#include "core/base/result.h"
#include "core/trace/event.h"

namespace cutaway::trace {

class Gate {
public:
    virtual ~Gate() = default;
    virtual Status before(const Event& next) = 0;
    virtual void passing(const Event& /*next*/) {}
};

// Takes each event as it is recorded, in order. Must not block on whoever caused it.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void take(const Event& event) = 0;
};

}  // namespace cutaway::trace
