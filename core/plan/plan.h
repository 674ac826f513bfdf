// SPDX-License-Identifier: Apache-2.0
// Plan: a container's start, as data, before any of it happens. Planners (rootfs, cgroup, network, sandbox) write
// it, the engine, the shim and the init perform it in this order, the stepper and the lessons show it, `plan` prints
// the shell line of each call. A call names the place that performs it; `$PID` in it stands for the init's pid on
// the host, known once the clone has returned. Undo is performed in reverse if the start fails or is given up.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/world/call.h"

namespace cutaway::plan {

enum class Place { engine, shim, init };
CUTAWAY_ENUM(Place, engine, shim, init)

// A pid in a planned call that is not known yet: the init's.
inline constexpr std::int64_t init_pid = -1;

struct PlannedCall {
    Place place = Place::engine;
    world::Actor actor = world::Actor::runtime;
    world::Phase phase = world::Phase::none;
    std::string step;  // the stepper's line; consecutive calls with one step form one step
    std::string why;
    world::Call call;
    std::vector<world::Call> undo;  // what takes it back; performed by the place `engine`, or by the shim alone
    friend bool operator==(const PlannedCall&, const PlannedCall&) = default;
};
CUTAWAY_FIELDS(PlannedCall, place, actor, phase, step, why, call, undo)

struct Plan {
    std::string container;
    std::vector<PlannedCall> calls;
    friend bool operator==(const Plan&, const Plan&) = default;
};
CUTAWAY_FIELDS(Plan, container, calls)

// The call with the init's pid filled in: in pids, and in values written to cgroup.procs ("$PID").
world::Call with_pid(const world::Call& call, std::int64_t pid);

// What takes back the calls before `upto`, in the order to do it: newest first.
std::vector<world::Call> undo_of(const Plan& plan, std::uint32_t upto);

// The plan as bytes for the child, and back. A plan cut or odd is Errc::invalid.
std::string encode(const Plan& plan);
Result<Plan> decode(std::string_view bytes);

}  // namespace cutaway::plan
