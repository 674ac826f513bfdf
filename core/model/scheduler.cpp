// SPDX-License-Identifier: Apache-2.0
// One virtual processor, turns in the order in which processes became ready. A turn costs a little modelled time, with
// a seeded jitter; what a program burns on purpose keeps it off the processor for as long as its cgroups say.
#include <algorithm>

#include "core/model/host_disk.h"
#include "core/model/process_sys.h"
#include "core/model/processes.h"

namespace cutaway::model {
namespace {

constexpr std::int64_t turn_ns = 20000;

// Who has children to wait for. Gathered once a turn: asked of every waiting parent by itself, it would cost the square
// of what runs.
using Bereaved = std::vector<Pid>;

Bereaved find_bereaved(const Machine& machine) {
    Bereaved parents;
    for (const auto& [pid, process] : machine.state.processes) {
        if (process.life == Life::zombie) {
            parents.push_back(process.parent);
        }
    }
    return parents;
}

// What it waits for is looked up once: while it waits, nobody else opens or closes its descriptors, and what a descriptor
// leads to stays where it is. Its next turn makes another wait.
void watch(Machine& machine, Process& process) {
    Watched& watched = process.watched;
    if (watched.turn == process.turn) {
        return;
    }
    watched = Watched{process.turn, {}, {}};
    for (const int fd : process.waits.readable) {
        watched.readable.push_back(watched_file(machine, file_of(machine, process, fd)));
    }
    for (const int fd : process.waits.writable) {
        watched.writable.push_back(file_of(machine, process, fd));
    }
}

bool met(Machine& machine, Process& process, Pid pid, const Bereaved& bereaved) {
    const Step& waits = process.waits;
    if (!process.caught.empty() || (waits.until_ns >= 0 && machine.state.now_ns >= waits.until_ns)) {
        return true;
    }
    watch(machine, process);
    for (const WatchedFile& one : process.watched.readable) {
        if (one.file == nullptr || is_readable(machine, one)) {
            return true;
        }
    }
    for (const OpenFile* file : process.watched.writable) {
        if (file == nullptr || is_writable(machine, *file)) {
            return true;
        }
    }
    return waits.child && std::find(bereaved.begin(), bereaved.end(), pid) != bereaved.end();
}

bool can_run(Machine& machine, Process& process, Pid pid, const Bereaved& bereaved) {
    if (process.program.empty() || process.busy_until_ns > machine.state.now_ns ||
        (process.life != Life::ready && process.life != Life::waiting)) {
        return false;
    }
    return (process.life == Life::ready || met(machine, process, pid, bereaved)) && !is_frozen(machine, process);
}

Pid next_to_run(Machine& machine) {
    const Bereaved bereaved = find_bereaved(machine);
    Pid best = 0;
    std::uint64_t turn = 0;
    for (auto& [pid, process] : machine.state.processes) {
        if ((best == 0 || process.turn < turn) && can_run(machine, process, pid, bereaved)) {
            best = pid;
            turn = process.turn;
        }
    }
    return best;
}

std::int64_t next_timer(Machine& machine) {
    const Bereaved bereaved = find_bereaved(machine);
    std::int64_t soonest = -1;
    for (auto& [pid, process] : machine.state.processes) {
        if (process.program.empty() || (process.life != Life::ready && process.life != Life::waiting)) {
            continue;
        }
        std::int64_t at = process.life == Life::waiting ? process.waits.until_ns : machine.state.now_ns;
        if (process.busy_until_ns > machine.state.now_ns) {
            const bool due = process.life == Life::ready || met(machine, process, pid, bereaved);
            at = due ? process.busy_until_ns : (at < 0 ? -1 : std::max(at, process.busy_until_ns));
        }
        if (at >= 0 && (soonest < 0 || at < soonest) && !is_frozen(machine, process)) {
            soonest = at;
        }
    }
    return soonest;
}

void take_turn(Machine& machine, Pid pid) {
    Program* program = program_of(machine, pid);
    if (program == nullptr) {
        end_process(machine, pid, 126, 0);
        return;
    }
    machine.state.processes.at(pid).life = Life::ready;
    machine.state.processes.at(pid).turn = machine.state.next_turn++;
    const Pid before = machine.caller;
    machine.caller = pid;
    HostDisk disk(machine);
    ProcessSys sys(machine, pid, disk);
    // Out of the table for its own turn: it may die or execute another program in it.
    std::unique_ptr<Program> running = std::move(machine.live.at(pid));
    machine.live.erase(pid);
    const Step step = program->step(sys);
    machine.caller = before;
    Process* process = find_process(machine, pid);
    if (process == nullptr || process->life == Life::zombie || machine.next.contains(pid)) {
        return;
    }
    machine.live[pid] = std::move(running);
    if (step.what == Step::What::exited) {
        end_process(machine, pid, step.code & 0xff, 0);
        return;
    }
    process->waits = step;
    if (process->life != Life::stopped) {
        process->life = step.what == Step::What::wait && process->caught.empty() ? Life::waiting : Life::ready;
    }
}

}  // namespace

void wake(Machine& machine, Process& process) {
    if (process.life == Life::waiting) {
        process.life = Life::ready;
    }
    ++machine.change;
}

void pass(Machine& machine, std::int64_t ns) { machine.state.now_ns += std::max<std::int64_t>(0, ns); }

Ran run_until(Machine& machine, const std::function<bool()>& done, std::int64_t deadline_ns) {
    while (!done()) {
        if (deadline_ns >= 0 && machine.state.now_ns >= deadline_ns) {
            return Ran::deadline;
        }
        if (const Pid pid = next_to_run(machine); pid != 0) {
            take_turn(machine, pid);
            pass(machine, turn_ns + static_cast<std::int64_t>(random_number(machine) % 8000));
            continue;
        }
        const std::int64_t timer = next_timer(machine);
        if (timer < 0 || (deadline_ns >= 0 && timer > deadline_ns)) {
            if (deadline_ns >= 0) {
                machine.state.now_ns = std::max(machine.state.now_ns, deadline_ns);
                return Ran::deadline;
            }
            return Ran::idle;
        }
        machine.state.now_ns = std::max(machine.state.now_ns, timer);
    }
    return Ran::done;
}

}  // namespace cutaway::model
