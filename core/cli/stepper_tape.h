// SPDX-License-Identifier: Apache-2.0
// Tape: the events that a stepper looks at, by number, and the Picture at any of them. A live tape grows with the run,
// a recorded one is read from a trace. Position n means that n events are folded and event n (from 0) happens next.
// One thread at a time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "core/scene/snapshots.h"
#include "core/trace/replay.h"

namespace cutaway::cli {

class Tape {
public:
    explicit Tape(const trace::Header& header);  // live
    explicit Tape(const trace::Trace& trace);    // recorded; `trace` outlives it
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    void add(const trace::Event& event);

    // Folds Pictures ahead, for at most about that long, so that a jump finds them; whether there was something to do.
    bool read_on(std::int64_t budget_ns) const;
    [[nodiscard]] std::uint64_t folded() const { return timeline_.folded(); }  // a jump up to there is quick

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(timeline_.size()); }
    [[nodiscard]] trace::Event event(std::size_t n) const;
    [[nodiscard]] std::string line(std::size_t n) const;  // of event n, as a trace file has it
    [[nodiscard]] const scene::Timeline& timeline() const { return timeline_; }
    [[nodiscard]] scene::Picture picture(std::size_t position) const { return timeline_.at(position); }
    [[nodiscard]] const std::string& world() const { return header_.world; }
    [[nodiscard]] const trace::Header& header() const { return header_; }
    // The full id of a container that the tape has ever named so; an id or its beginning is answered as it is.
    [[nodiscard]] std::string container_id(const std::string& name) const;

private:
    bool read(std::uint64_t position, trace::Event& event) const;
    void learn(const trace::Event& event);

    const trace::Trace* trace_ = nullptr;
    std::deque<trace::Event> events_;
    std::map<std::string, std::string> ids_;  // by name
    trace::Header header_;
    scene::Timeline timeline_;
};

}  // namespace cutaway::cli
