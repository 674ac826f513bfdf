// SPDX-License-Identifier: Apache-2.0
// The messages between an engine and a container's shim, and between the shim and its init. One message is one
// datagram of core/base/binary.h bytes; both ends are the same build.
//
//   engine                        shim (outlives the engine)             init (becomes the container's process)
//     |  Begin{plan} --------------->|                                      |
//     |  Proceed{i+1} -------------->|  performs calls[i] if it is the shim's
//     |<-- Ended{i, reply} ----------|  (the clone's reply carries the pid) |
//     |                              |---- Begin{plan} to the new child --->|
//     |  [the engine's own calls: cgroup.procs, a veth into $PID, NAT, each at its place, each after a Proceed]
//     |  Proceed{i+1} -------------->|---- Proceed{i+1} ------------------->|  performs calls[i] if it is init's
//     |<-- Ended{i, reply} ----------|<--- Ended{i, reply} -----------------|
//     |  Proceed{last} ------------->|---- Proceed{last} ------------------>|  execve
//     |<-- Ended{last}, Started -----|  the init's channel was closed by the execve: the program runs
//     |  Kept ---------------------->|  the record says that it runs: from here on it is the shim's
//     |<-- Output{…} ----------------|  while attached
//     |<-- Exited{code, signal} -----|  after the exit record is written
//
// A gate is a Proceed that is not sent yet: init stands still between two calls, waiting for a message, and can be
// looked at from the host. Proceed is sent before every call, the engine's own too, so that the shim knows how far the
// start came: if the engine's side closes before Kept, the shim kills the init, performs the undo of every call that
// was let go on, newest first, and ends. A living engine says Abort, waits for the shim to be gone and performs the undo
// itself, traced. After Kept the engine's going changes nothing: the shim keeps
// the log and writes the exit record. An exec has no record, and its Started is as good as a Kept.
//
// The process of an OCI bundle has a supervisor of its own (conmon, containerd's shim, a shell), who must be its parent:
// Leave lets go of it. Behind that the shim ends, the process is whoever's who reaps, and what is left of the plan, if
// anything is, waits for a Proceed from whoever knocks at its door (core/cli/root_init.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/plan/plan.h"

namespace cutaway::runtime {

struct Begin {
    static constexpr std::string_view kind = "begin";
    plan::Plan plan;
    bool terminal = false;
    bool keep_stdin = false;
    bool attached = false;    // send Output messages
    std::string log;          // the json log's path; empty: none (exec)
    std::string exit_record;  // where the exit is written; empty: nowhere (exec)
};
CUTAWAY_FIELDS(Begin, plan, terminal, keep_stdin, attached, log, exit_record)

struct Proceed {  // calls before this index may be performed
    static constexpr std::string_view kind = "proceed";
    std::uint32_t upto = 0;
};
CUTAWAY_FIELDS(Proceed, upto)

struct Abort {  // give up: kill the init and end; the undo is the shim's only if the engine does not take it on
    static constexpr std::string_view kind = "abort";
    bool engine_undoes = true;
};
CUTAWAY_FIELDS(Abort, engine_undoes)

struct Kept {  // the engine has written down that the container runs
    static constexpr std::string_view kind = "kept";
};
CUTAWAY_FIELDS(Kept)

struct Leave {  // the shim's work is done: the init goes on without it
    static constexpr std::string_view kind = "leave";
};
CUTAWAY_FIELDS(Leave)

struct Ended {  // calls[index] ended
    static constexpr std::string_view kind = "ended";
    std::uint32_t index = 0;
    bool failed = false;
    Errc code = Errc::internal;
    int sys_errno = 0;
    std::string error;
    world::Reply reply;
};
CUTAWAY_FIELDS(Ended, index, failed, code, sys_errno, error, reply)

struct Started {
    static constexpr std::string_view kind = "started";
    std::int64_t pid = 0;
};
CUTAWAY_FIELDS(Started, pid)

struct Output {
    static constexpr std::string_view kind = "output";
    world::Stream stream = world::Stream::out;
    std::string bytes;
};
CUTAWAY_FIELDS(Output, stream, bytes)

struct Input {  // empty bytes: end of input
    static constexpr std::string_view kind = "input";
    std::string bytes;
};
CUTAWAY_FIELDS(Input, bytes)

struct Resize {
    static constexpr std::string_view kind = "resize";
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
};
CUTAWAY_FIELDS(Resize, rows, columns)

struct Exited {
    static constexpr std::string_view kind = "exited";
    std::int32_t code = 0;  // 128 + n for a signal
    std::int32_t signal = 0;
    bool oom = false;
    bool restarts = false;  // not for good: its policy has it started again
};
CUTAWAY_FIELDS(Exited, code, signal, oom, restarts)

struct Ask {  // of a shim that runs, by an engine that came back: one call more, answered by Ended with this index
    static constexpr std::string_view kind = "ask";
    static constexpr std::uint32_t index = ~std::uint32_t{0};
    world::Call call;
};
CUTAWAY_FIELDS(Ask, call)

using Message = std::variant<Begin, Proceed, Abort, Kept, Ended, Started, Output, Input, Resize, Exited, Leave, Ask>;

// Who comes back to a shim that runs may type, say how large the window is, and ask; the start is none of their business.
// They are told what the container prints, how it ends, and what was answered.
bool is_a_guests(const Message& message);
bool is_for_all(const Message& message);

std::string encode(const Message& message);
Result<Message> decode(std::string_view bytes);

// What the shim leaves behind for whoever asks later, as JSON at `Begin::exit_record`.
struct ExitRecord {
    std::int32_t code = 0;
    std::int32_t signal = 0;
    bool oom = false;
    std::int64_t finished_wall_ns = 0;
};
CUTAWAY_FIELDS(ExitRecord, code, signal, oom, finished_wall_ns)

std::string to_json(const ExitRecord& record);
Result<ExitRecord> parse_exit_record(std::string_view text);

// --restart, beside the exit record: an engine writes it, and takes it away again to stop the container; the shim reads
// it when the container has ended, and again when it has waited. None: it stays as it is.
struct RestartOrder {
    std::string policy;  // "always", "unless-stopped", "on-failure"
    std::uint32_t maximum_retries = 0;
    std::vector<plan::PlannedCall> network;  // of the next start, where that is another than the first one's by now
};
CUTAWAY_FIELDS(RestartOrder, policy, maximum_retries, network)

// And what the shim tells of it: how the last run ended, and whether the next has begun.
struct RestartRecord {
    std::uint32_t count = 0;
    std::int64_t pid = 0;  // 0: it waits
    std::int64_t started_wall_ns = 0;
    std::int32_t code = 0;
    bool oom = false;
    std::int64_t finished_wall_ns = 0;
};
CUTAWAY_FIELDS(RestartRecord, count, pid, started_wall_ns, code, oom, finished_wall_ns)

// Their places, from the exit record's.
std::string restart_order_path(std::string_view exit_record);
std::string restart_record_path(std::string_view exit_record);
// binary.h bytes: both sides are of one build
std::string encode_order(const RestartOrder& order);
Result<RestartOrder> decode_order(std::string_view bytes);
std::string encode_record(const RestartRecord& record);
Result<RestartRecord> decode_record(std::string_view bytes);

// One end of a message stream as a state machine sees it: nothing here waits.
class Port {
public:
    virtual ~Port() = default;
    virtual void send(const Message& message) = 0;  // to a side that has gone: dropped
    virtual bool receive(Message& message) = 0;     // false: nothing there now
    [[nodiscard]] virtual bool closed() = 0;        // the other side has gone and nothing is left to read
};

// What a pump answers: done something, call me again when a message, output or an exit may be there; or finished.
enum class Progress { waiting, finished };

}  // namespace cutaway::runtime
