// SPDX-License-Identifier: Apache-2.0
// What the simulated kernel does with processes: birth, execve, signals, death, reaping, namespaces, descriptors and
// the limits of cgroups. All pids are the host's. Rules as in fork(2), execve(2), signal(7), pid_namespaces(7).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/machine.h"
#include "core/model/vfs.h"

namespace cutaway::model {

// --- processes.cpp ---
struct Birth {
    Pid parent = 0;
    std::vector<world::Space> spaces;               // new ones
    std::optional<std::map<int, int>> descriptors;  // child's → parent's; nothing: all of the parent's
    std::string program;                            // what it runs at first
};
Result<Pid> fork_process(Machine& machine, const Birth& birth);  // EAGAIN at a pids limit
void announce(Machine& machine, Pid pid);                        // ProcessStarted
struct Executed {
    std::string path;
    std::vector<std::string> argv;
    std::vector<std::string> env;
};
Status exec_process(Machine& machine, Pid pid, const Executed& what);
void end_process(Machine& machine, Pid pid, int code, int signal);
Result<std::optional<WaitResult>> wait_process(Machine& machine, Pid parent, Pid child);  // child in host's numbering
Program* program_of(Machine& machine, Pid pid);                                           // null: it has none

// --- signals.cpp ---
std::optional<int> signal_number(std::string_view name);  // "SIGTERM", "TERM" or "15"
std::string signal_name(int number);
void send_signal(Machine& machine, Pid sender, Pid target, int signal);  // sender 0: the kernel
void deliver_pending(Machine& machine, Process& process, Pid pid);       // after a thaw
bool is_number_one(const Process& process);                              // of its pid namespace

// --- spaces.cpp ---
void enter_new_spaces(Machine& machine, Process& process, const std::vector<world::Space>& spaces);
Status join_spaces(Machine& machine, Pid pid, Pid target, const std::vector<world::Space>& spaces);
SpaceId space_id(const Process& process, world::Space what);
void number_process(Machine& machine, Pid pid, Process& process, SpaceId space);
void forget_empty_spaces(Machine& machine);
std::string space_name(world::Space what);  // "mnt", "pid", … as in /proc/PID/ns

// --- descriptors.cpp ---
ObjectId add_file(Machine& machine, OpenFile file);
int install(Process& process, ObjectId file, bool close_on_exec, int at);  // at < 0: the lowest free
void share_file(Machine& machine, ObjectId file);
void release_file(Machine& machine, ObjectId file);
OpenFile* file_of(Machine& machine, Process& process, int fd);
WatchedFile watched_file(const Machine& machine, const OpenFile* file);
bool is_readable(Machine& machine, const WatchedFile& watched);  // of a file that stays open meanwhile
bool is_readable(Machine& machine, const OpenFile& file);
bool is_writable(Machine& machine, const OpenFile& file);
Result<std::string> read_file(Machine& machine, OpenFile& file, std::size_t most);
Result<std::size_t> write_file(Machine& machine, OpenFile& file, std::string_view bytes);
Result<ObjectId> open_file(Machine& machine, Pid pid, std::string_view path, OpenFlags flags, std::uint32_t mode);
std::pair<ObjectId, ObjectId> make_pipe(Machine& machine);  // reading, writing
ObjectId message_end(Machine& machine, ObjectId queue, bool second);
ObjectId new_object(Machine& machine);

// --- cgroups.cpp ---
std::vector<std::string> hierarchies(const world::MachineProfile& profile);
std::string hierarchy_of(const Machine& machine, std::string_view controller);
Cgroup* find_cgroup(Machine& machine, const std::string& hierarchy, const std::string& path);
Result<int> may_fork(Machine& machine, const Process& parent);
Status charge_memory(Machine& machine, Pid pid, std::int64_t bytes);
std::int64_t memory_of(const Machine& machine, const std::string& hierarchy, const std::string& path);
std::vector<Pid> members_of(const Machine& machine, const std::string& hierarchy, const std::string& path, bool deep);
bool is_frozen(Machine& machine, const Process& process);
void burn_cpu(Machine& machine, Process& process, std::int64_t ns);
Status join_cgroup(Machine& machine, const std::string& hierarchy, const std::string& path, Pid pid);
Status freeze(Machine& machine, const std::string& hierarchy, const std::string& path, bool frozen);
// Of a container whose first process runs.
std::optional<world::UsageSampled> usage_of(Machine& machine, const std::string& container);

}  // namespace cutaway::model
