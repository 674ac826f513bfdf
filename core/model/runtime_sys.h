// SPDX-License-Identifier: Apache-2.0
// RuntimeSys: what a simulated shim or init may ask besides Sys: a Kernel bound to its own process, message channels,
// the host's Disk. Channels are descriptors, so that a step waits for them as for any other: a shim starts with its
// engine on descriptor 3 and, on 4, a door where further engines knock; a child that its Kernel cloned has its parent
// on 3. Channels close on exec. Every program of this machine is stepped with a RuntimeSys; ordinary programs see Sys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/sys.h"
#include "core/world/disk.h"
#include "core/world/kernel.h"
#include "core/world/observation.h"

namespace cutaway::model {

inline constexpr std::string_view shim_program = "cutaway-shim";  // what start_shim makes
inline constexpr std::string_view init_program = "cutaway-init";  // what a Clone's child runs
inline constexpr int channel_descriptor = 3;
inline constexpr int door_descriptor = 4;

class RuntimeSys : public Sys {
public:
    // Performs calls as this process. A Clone's reply carries the child's pid as value and, in the detail "channel",
    // the descriptor of the channel to it. AwaitExit answers at once; the shim waits by Step::child.
    virtual world::Kernel& kernel() = 0;
    virtual world::Disk& disk() = 0;  // of the host: logs, exit records
    virtual Pid host_pid() const = 0;
    virtual std::string container() const = 0;

    // What the child of the next Clone gets besides its channel: its descriptor → mine. Nothing else is inherited.
    virtual void next_child(const std::map<int, int>& descriptors) = 0;

    virtual Status send(int channel, std::string_view message) = 0;
    // Nothing: wait readable. Errc::not_found: the other side is gone.
    virtual Result<std::optional<std::string>> receive(int channel) = 0;
    virtual bool is_gone(int channel) = 0;    // the other side has gone and nothing is left to read
    virtual Result<int> accept_engine() = 0;  // EAGAIN: nobody knocks; else the new channel's descriptor

    virtual Result<std::pair<int, int>> terminal() = 0;  // both ends of a pty: the master, the slave
    virtual void become_subreaper() = 0;                 // prctl(PR_SET_CHILD_SUBREAPER)
    virtual bool was_oom_killed(Pid child) = 0;          // before it is waited for
    virtual void observe(world::Observation what) = 0;   // an OutputLine as the log keeps it
};

// A program of the engine's own inside the machine.
class RuntimeProgram : public Program {
public:
    Step step(Sys& sys) final {
        auto* full = dynamic_cast<RuntimeSys*>(&sys);
        return full == nullptr ? Step::exited(126) : step(*full);
    }
    virtual Step step(RuntimeSys& sys) = 0;
};

}  // namespace cutaway::model
