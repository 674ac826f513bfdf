// SPDX-License-Identifier: Apache-2.0
// Story: what a trace holds worth stopping at, as its events come in: commands, phases, steps, calls. From it come the
// rail, the ticks of the timeline and every step of the view. Position n means that n events are folded and event n
// happens next. It folds no Picture and keeps no event.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/trace/breakpoints.h"
#include "core/trace/event.h"
#include "core/trace/replay.h"

namespace cutaway::view {

struct PhaseRun {
    world::Phase phase = world::Phase::none;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  // behind its last event; of an open one: as far as it has come
    std::uint32_t span = 0;
    bool open = true;
    bool failed = false;
    friend bool operator==(const PhaseRun&, const PhaseRun&) = default;
};

struct StepRun {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t span = 0;
    world::Phase phase = world::Phase::none;
    std::string title;
    friend bool operator==(const StepRun&, const StepRun&) = default;
};

struct Typed {
    std::uint64_t position = 0;
    std::string text;
    bool starts_run = false;  // run, create, pull: the rail begins anew
    std::uint64_t begin = 0;  // from there on nothing was done but for it: time passed, what there was is told
    friend bool operator==(const Typed&, const Typed&) = default;
};

struct Known {  // a container, where the trace first has it
    std::string name;
    std::string id;
    std::uint64_t position = 0;
    friend bool operator==(const Known&, const Known&) = default;
};

class Story {
public:
    Story() = default;
    // As if all its events had been added, read from its index; of the events only those that the index marks.
    explicit Story(const trace::Trace& trace);
    void add(const trace::Event& event);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<PhaseRun>& phases() const { return phases_; }
    [[nodiscard]] const std::vector<StepRun>& steps() const { return steps_; }
    [[nodiscard]] const std::vector<Typed>& commands() const { return commands_; }
    [[nodiscard]] const std::vector<Known>& containers() const { return containers_; }
    [[nodiscard]] const std::vector<std::uint64_t>& stops(trace::StepMode mode) const {
        return stops_[static_cast<std::size_t>(mode)];
    }

    // The nearest stop beyond `position`: the end if there is none behind it, the start if there is none before it.
    [[nodiscard]] std::uint64_t after(trace::StepMode mode, std::uint64_t position) const;
    [[nodiscard]] std::uint64_t before(trace::StepMode mode, std::uint64_t position) const;
    // How many stops lie between two positions.
    [[nodiscard]] std::size_t between(trace::StepMode mode, std::uint64_t from, std::uint64_t to) const;

    [[nodiscard]] const PhaseRun* phase_at(std::uint64_t position) const;  // that it lies in; null: between two
    [[nodiscard]] const StepRun* step_at(std::uint64_t position) const;    // the innermost
    [[nodiscard]] const Typed* command_at(std::uint64_t position) const;   // the last one typed before
    [[nodiscard]] std::uint64_t run_begin(std::uint64_t position) const;   // where the last run before it begins

private:
    void close(const trace::Event& event);
    void note(const world::Note& note, std::uint64_t at, std::uint64_t begin);
    void add_spans(const trace::Trace& trace);

    std::uint64_t size_ = 0;
    std::uint64_t done_ = 0;  // up to there something was done
    std::vector<PhaseRun> phases_;
    std::vector<StepRun> steps_;
    std::vector<Typed> commands_;
    std::vector<Known> containers_;
    std::array<std::vector<std::uint64_t>, count_of<trace::StepMode>()> stops_;
};

}  // namespace cutaway::view
