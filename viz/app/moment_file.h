// SPDX-License-Identifier: Apache-2.0
// A moment as one file that can be handed on: a line of JSON, then a trace, then, on a simulated machine, the machine's
// own files one behind the other. Whatever the bytes are, reading gives a moment or one sentence why not: lengths and a
// sum say whether it is whole, names are looked at, and nothing is put anywhere here. Pure functions over values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cli/root_moment.h"
#include "viz/app/points.h"
#include "viz/view/moment.h"

namespace cutaway::app {

// How the window stood. Size of type, theme and speed are the reader's own, and no part of it.
struct Layout {
    trace::StepMode grain = trace::StepMode::step;
    std::string open;    // the part that is open in full
    std::string side;    // what the column shows
    std::string chosen;  // a container
    std::optional<std::uint64_t> pin_a;
    std::optional<std::uint64_t> pin_b;
    std::vector<KeptPoint> points;
    bool present = false;
    friend bool operator==(const Layout&, const Layout&) = default;
};
CUTAWAY_FIELDS(Layout, grain, open, side, chosen, pin_a, pin_b, points, present)

struct MachinePart {
    std::string name;
    std::uint64_t size = 0;
    friend bool operator==(const MachinePart&, const MachinePart&) = default;
};
CUTAWAY_FIELDS(MachinePart, name, size)

struct MomentHead {
    std::string format = "cutaway-moment";
    std::uint32_t version = 1;
    std::string program;
    std::string lesson;  // an id and a step; else the tape is looked at by itself
    std::string step;
    std::uint64_t tape = 0;              // so many events
    std::uint64_t cursor = 0;            // where on it the view stands
    std::uint64_t machine_at = 0;        // … and the machine
    std::vector<std::string> under_way;  // the command after that, if the tape has some of it
    std::string stands_before;           // what would have come next of it, and by which grain that is come to
    trace::StepMode stopped_by = trace::StepMode::call;
    std::vector<cli::Boundary> boundaries;  // of the commands up to the machine
    Layout layout;
    std::uint64_t trace_size = 0;      // bytes
    std::vector<MachinePart> machine;  // none: a recording
    std::string sum;                   // SHA-256 of all behind this line
    friend bool operator==(const MomentHead&, const MomentHead&) = default;
};
CUTAWAY_FIELDS(MomentHead, format, version, program, lesson, step, tape, cursor, machine_at, under_way, stands_before,
               stopped_by, boundaries, layout, trace_size, machine, sum)

struct MomentFile {
    MomentHead head;  // its sizes and its sum are made by encode()
    std::string trace;
    cli::MachineFiles machine;
};

std::string encode(MomentFile moment);
Result<MomentFile> decode_moment(std::string_view bytes);
bool is_moment(std::string_view beginning);  // of a file: what else it may be is not a moment's business

// Errc::exists: there is a file of that name already.
Status write_moment(const std::string& path, MomentFile moment);
Result<MomentFile> read_moment(const std::string& path);
bool is_moment_file(const std::string& path);

}  // namespace cutaway::app
