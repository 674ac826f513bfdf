// SPDX-License-Identifier: Apache-2.0
// Recorder: stamps events and hands them to its sinks; the traced decorators around a world write through it and
// nothing else does. Credentials are blotted out here, before any sink sees an event (core/trace/redact.h).
// Safe from several tasks; sinks are called one event at a time.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "core/trace/event.h"
#include "core/trace/gate.h"
#include "core/world/world.h"

namespace cutaway::trace {

class Recorder {
public:
    // `evidence` is what this world's calls are: performed on the host, modelled in the model.
    Recorder(world::Clock& clock, world::Evidence evidence) : clock_(clock), evidence_(evidence) {}

    void add_sink(Sink& sink);
    void set_gate(Gate* gate);  // null: nothing stops

    // Stamps seq, t_ns (unless set; never earlier than the event before it) and evidence; answers the seq.
    std::uint64_t record(Event event);
    Status ask(Event next, bool locked = false);  // what a gate shows is blotted too; no lock is held while it decides
    std::uint32_t new_span();
    [[nodiscard]] bool attended();  // there is a sink or a gate
    [[nodiscard]] world::Evidence evidence() const { return evidence_; }

private:
    world::Clock& clock_;
    world::Evidence evidence_;
    std::mutex mutex_;
    std::vector<Sink*> sinks_;
    Gate* gate_ = nullptr;
    std::uint64_t seq_ = 0;
    std::int64_t last_ns_ = 0;
    std::uint32_t span_ = 0;
};

}  // namespace cutaway::trace
