// SPDX-License-Identifier: Apache-2.0
// Machine: a simulated machine's values together with what lives only while it is in memory: its programs' objects and
// who acts at the moment. The free functions of this room are its kernel. One thread at a time. It waits for nothing
// and knows no real clock, disk or network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/machine_state.h"
#include "core/model/sys.h"
#include "core/world/observation.h"

namespace cutaway::model {

// Who is in which control group, as it was when it was last asked: whoever asks for two hundred groups goes through all
// processes once.
struct Members {
    std::uint64_t change = 0;  // of the machine, then
    std::size_t processes = 0;
    std::string hierarchy;
    std::map<std::string, std::vector<Pid>> groups;
};

struct Machine {
    MachineState state;
    const Programs* programs = nullptr;
    Objects* objects = nullptr;                    // where long contents are; null: all are in memory
    std::map<Pid, std::unique_ptr<Program>> live;  // loaded from their saved state when first run
    std::map<Pid, std::unique_ptr<Program>> next;  // of a process that executed another program in this turn
    Pid caller = 0;                                // who acts: /proc/self, permissions
    std::uint64_t change = 1;                      // counts whatever could wake somebody
    mutable Members members;
    std::string damage;  // what of it could not be read: it is not kept any more
};

// A machine just booted: host file systems, namespaces, cgroups, links, PID 1 and the daemon.
void boot(Machine& machine, const world::MachineProfile& profile, std::uint64_t seed);

Process* find_process(Machine& machine, Pid pid);
const Process* find_process(const Machine& machine, Pid pid);
Pid number_in(const Process& process, SpaceId pid_space);            // 0: not visible there
Pid host_pid(const Machine& machine, SpaceId pid_space, Pid inner);  // 0: nobody

std::uint64_t random_number(Machine& machine);
void see(Machine& machine, world::Actor actor, world::Observation what);
void pass(Machine& machine, std::int64_t ns);  // the clock goes on

// Before a snapshot: every live program's state into its process. After loading: nothing is live.
void save_programs(Machine& machine);

// --- scheduler --------------------------------------------------------------------------------------------------

enum class Ran { done, deadline, idle };  // idle: nobody can run and no timer is due before the deadline

// Runs processes until `done` answers true or the clock has reached `deadline_ns` (negative: none). When everybody
// waits, the clock jumps to the next timer, never beyond the deadline.
Ran run_until(Machine& machine, const std::function<bool()>& done, std::int64_t deadline_ns);
void wake(Machine& machine, Process& process);

// What cannot be: a process in a namespace that is not there, descriptors that lead nowhere, counts that differ. Empty:
// all is well; otherwise the first contradiction as a sentence.
std::string contradiction(const MachineState& state);

}  // namespace cutaway::model
