// SPDX-License-Identifier: Apache-2.0
// Signals by signal(7), with pid_namespaces(7)'s rule for number 1: what it has no handler for is dropped, except
// SIGKILL and SIGSTOP from an ancestor namespace.
#include <algorithm>
#include <array>

#include "core/model/processes.h"

namespace cutaway::model {
namespace {

struct Row {
    int number;
    std::string_view name;
};
constexpr std::array<Row, 31> table{{
    {1, "SIGHUP"},   {2, "SIGINT"},     {3, "SIGQUIT"},  {4, "SIGILL"},     {5, "SIGTRAP"},  {6, "SIGABRT"},
    {7, "SIGBUS"},   {8, "SIGFPE"},     {9, "SIGKILL"},  {10, "SIGUSR1"},   {11, "SIGSEGV"}, {12, "SIGUSR2"},
    {13, "SIGPIPE"}, {14, "SIGALRM"},   {15, "SIGTERM"}, {16, "SIGSTKFLT"}, {17, "SIGCHLD"}, {18, "SIGCONT"},
    {19, "SIGSTOP"}, {20, "SIGTSTP"},   {21, "SIGTTIN"}, {22, "SIGTTOU"},   {23, "SIGURG"},  {24, "SIGXCPU"},
    {25, "SIGXFSZ"}, {26, "SIGVTALRM"}, {27, "SIGPROF"}, {28, "SIGWINCH"},  {29, "SIGIO"},   {30, "SIGPWR"},
    {31, "SIGSYS"},
}};

constexpr int sig_kill = 9;
constexpr int sig_cont = 18;
constexpr int sig_stop = 19;

bool stops(int signal) { return signal >= sig_stop && signal <= 22; }
bool ignored_by_default(int signal) { return signal == 17 || signal == sig_cont || signal == 23 || signal == 28; }

Disposition disposition_of(const Process& process, int signal) {
    if (signal == sig_kill || signal == sig_stop) {
        return Disposition::standard;
    }
    const auto found = process.dispositions.find(signal);
    return found == process.dispositions.end() ? Disposition::standard : found->second;
}

void tell(Machine& machine, const Process& process, Pid pid, int signal, std::string_view outcome) {
    see(machine, world::Actor::kernel,
        world::SignalSeen{process.container, pid, signal_name(signal), std::string(outcome)});
}

// Whether the sender looks into the target's namespace from outside: the kernel itself, or an ancestor namespace.
bool from_outside(Machine& machine, Pid sender, const Process& target) {
    const Process* from = find_process(machine, sender);
    return from == nullptr || number_in(*from, target.spaces.pid) == 0;
}

bool protected_from(Machine& machine, Pid sender, const Process& target, int signal) {
    if (!is_number_one(target) || disposition_of(target, signal) != Disposition::standard) {
        return false;
    }
    const bool host_init = target.numbers.size() == 1;
    const bool forced = signal == sig_kill || signal == sig_stop;
    return host_init || !forced || !from_outside(machine, sender, target);
}

void act(Machine& machine, Process& process, Pid pid, int signal) {
    switch (disposition_of(process, signal)) {
        case Disposition::ignore: tell(machine, process, pid, signal, "ignored"); return;
        case Disposition::handle:
            tell(machine, process, pid, signal, "handled");
            process.caught.push_back(signal);
            wake(machine, process);
            return;
        case Disposition::standard: break;
    }
    if (stops(signal)) {
        process.life = Life::stopped;
        tell(machine, process, pid, signal, "stopped");
    } else if (ignored_by_default(signal)) {
        tell(machine, process, pid, signal, "ignored");
    } else {
        tell(machine, process, pid, signal, "terminated");
        end_process(machine, pid, 128 + signal, signal);
    }
}

}  // namespace

std::optional<int> signal_number(std::string_view name) {
    std::string wanted(name);
    int number = 0;
    for (const char digit : wanted) {
        if (digit < '0' || digit > '9' || number > 64) {
            number = 0;
            break;
        }
        number = number * 10 + (digit - '0');
    }
    if (number > 0 && number <= 64) {
        return number;
    }
    if (wanted.rfind("SIG", 0) != 0) {
        wanted = "SIG" + wanted;
    }
    for (const Row& row : table) {
        if (row.name == wanted) {
            return row.number;
        }
    }
    return std::nullopt;
}

std::string signal_name(int number) {
    for (const Row& row : table) {
        if (row.number == number) {
            return std::string(row.name);
        }
    }
    return "SIG" + std::to_string(number);
}

bool is_number_one(const Process& process) { return !process.numbers.empty() && process.numbers.front().pid == 1; }

void send_signal(Machine& machine, Pid sender, Pid target, int signal) {
    Process* process = find_process(machine, target);
    if (process == nullptr || process->life == Life::zombie || signal == 0) {
        return;
    }
    if (protected_from(machine, sender, *process, signal)) {
        tell(machine, *process, target, signal, "dropped");
        return;
    }
    if (signal == sig_cont && process->life == Life::stopped) {
        process->life = Life::ready;
        ++machine.change;
    }
    // cgroup v1's freezer keeps even SIGKILL waiting; v2's lets it through (cgroup-v2.rst, cgroup.freeze).
    const bool killed_frozen = signal == sig_kill && machine.state.profile.cgroup == world::CgroupLayout::v2;
    if ((is_frozen(machine, *process) && !killed_frozen) || (process->life == Life::stopped && signal != sig_kill)) {
        process->pending.push_back(signal);
        tell(machine, *process, target, signal, "pending");
        return;
    }
    act(machine, *process, target, signal);
}

void deliver_pending(Machine& machine, Process& process, Pid pid) {
    while (find_process(machine, pid) != nullptr && process.life != Life::zombie && process.life != Life::stopped &&
           !process.pending.empty()) {
        const int signal = process.pending.front();
        process.pending.erase(process.pending.begin());
        act(machine, process, pid, signal);
    }
}

}  // namespace cutaway::model
