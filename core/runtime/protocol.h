// SPDX-License-Identifier: Apache-2.0
// The messages between an engine and a container's shim, and between the shim and its init. One message is one
// datagram of core/base/binary.h bytes; both ends are the same build.
//
//   engine                      shim (outlives the engine)              init (becomes the container's process)
//     |  Begin{plan, gated} ------->|                                        |
//     |                             |  [shim's calls: clone, …]              |
//     |<-- Announce{i, call} -------|  (only when gated; waits for Go)       |
//     |--- Go ---------------------->                                        |
//     |<-- Ended{i, reply} ---------|  the clone's reply carries the pid     |
//     |                             |------- Begin{init's part} ------------>|
//     |  [engine's calls: cgroup.procs, veth into $PID, NAT, at their place in the plan]
//     |--- Proceed{upto} ---------->|------- Proceed{upto} ----------------->|  init may go on to call `upto`
//     |<-- Announce / Ended --------|<------ Announce / Ended ---------------|  relayed, in order
//     |<-- Started{pid} ------------|  the channel closed by a successful execve: the program runs
//     |<-- Output{…} ---------------|  while attached
//     |<-- Exited{code, signal} ----|  after the exit record is written
//
// If the engine's side closes before Started, the shim performs the undo list, newest first, and goes. Afterwards the
// engine's going changes nothing: the shim keeps the log and writes the exit record.
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
    bool gated = false;   // announce each call and wait for Go
    bool terminal = false;
    bool keep_stdin = false;
    std::string log;          // the json log's path; empty: none (exec)
    std::string exit_record;  // where the exit is written, durable across process death; empty: none
    bool attached = false;    // send Output messages
};
CUTAWAY_FIELDS(Begin, plan, gated, terminal, keep_stdin, log, exit_record, attached)

struct Announce {  // about to perform calls[index], as filled in
    static constexpr std::string_view kind = "announce";
    std::uint32_t index = 0;
    world::Call call;
};
CUTAWAY_FIELDS(Announce, index, call)

struct Go {
    static constexpr std::string_view kind = "go";
};
CUTAWAY_FIELDS(Go)

struct Proceed {  // calls before this index may be performed
    static constexpr std::string_view kind = "proceed";
    std::uint32_t upto = 0;
};
CUTAWAY_FIELDS(Proceed, upto)

struct Abort {  // give up: undo what was done, end
    static constexpr std::string_view kind = "abort";
};
CUTAWAY_FIELDS(Abort)

struct Ended {  // calls[index] ended; began_ns and ended_ns on the performer's monotonic clock
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
};
CUTAWAY_FIELDS(Exited, code, signal, oom)

using Message = std::variant<Begin, Announce, Go, Proceed, Abort, Ended, Started, Output, Input, Resize, Exited>;

std::string encode(const Message& message);
Result<Message> decode(std::string_view bytes);

// What the shim leaves behind for whoever asks later, as JSON in `Begin::exit_record`.
struct ExitRecord {
    std::int32_t code = 0;
    std::int32_t signal = 0;
    bool oom = false;
    std::int64_t finished_wall_ns = 0;
};
CUTAWAY_FIELDS(ExitRecord, code, signal, oom, finished_wall_ns)

}  // namespace cutaway::runtime
