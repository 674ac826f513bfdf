// SPDX-License-Identifier: Apache-2.0
// What happens by itself: nobody asked for it, a world noticed it. Watch delivers these, the recorder stamps them.
// `container` is the container's full id, empty for the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/sum.h"
#include "core/world/vocabulary.h"

namespace cutaway::world {

struct ProcessStarted {  // a fork, or a shim or init that a call made; pids in the host's numbering and in its own
    static constexpr std::string_view kind = "process_started";
    std::string container;
    std::int64_t pid = 0;
    std::int64_t parent = 0;
    std::int64_t inner_pid = 0;  // in its own pid namespace
    std::string command;
    std::uint32_t uid = 0;
    std::vector<Pair> spaces;  // namespace kind → inode number, where they are known
    friend bool operator==(const ProcessStarted&, const ProcessStarted&) = default;
};
CUTAWAY_FIELDS(ProcessStarted, container, pid, parent, inner_pid, command, uid, spaces)

struct ProcessChanged {  // it executed another program, changed its title or its user
    static constexpr std::string_view kind = "process_changed";
    std::string container;
    std::int64_t pid = 0;
    std::string command;
    std::uint32_t uid = 0;
    friend bool operator==(const ProcessChanged&, const ProcessChanged&) = default;
};
CUTAWAY_FIELDS(ProcessChanged, container, pid, command, uid)

struct ProcessExited {  // it ended; `zombie` until its parent waits
    static constexpr std::string_view kind = "process_exited";
    std::string container;
    std::int64_t pid = 0;
    std::int32_t code = 0;  // 128 + n for a signal
    std::string signal;
    bool zombie = false;
    friend bool operator==(const ProcessExited&, const ProcessExited&) = default;
};
CUTAWAY_FIELDS(ProcessExited, container, pid, code, signal, zombie)

struct ProcessReaped {
    static constexpr std::string_view kind = "process_reaped";
    std::string container;
    std::int64_t pid = 0;
    friend bool operator==(const ProcessReaped&, const ProcessReaped&) = default;
};
CUTAWAY_FIELDS(ProcessReaped, container, pid)

struct SignalSeen {  // a signal reached a process: what became of it
    static constexpr std::string_view kind = "signal";
    std::string container;
    std::int64_t pid = 0;
    std::string signal;
    std::string outcome;  // "handled", "terminated", "dropped", "pending", "ignored"
    friend bool operator==(const SignalSeen&, const SignalSeen&) = default;
};
CUTAWAY_FIELDS(SignalSeen, container, pid, signal, outcome)

struct OutputLine {  // a line that the container printed, as its log keeps it
    static constexpr std::string_view kind = "output";
    std::string container;
    Stream stream = Stream::out;
    std::string text;
    friend bool operator==(const OutputLine&, const OutputLine&) = default;
};
CUTAWAY_FIELDS(OutputLine, container, stream, text)

struct SocketListening {
    static constexpr std::string_view kind = "listening";
    std::string container;
    std::int64_t pid = 0;
    std::string protocol;
    std::string address;
    std::uint16_t port = 0;
    friend bool operator==(const SocketListening&, const SocketListening&) = default;
};
CUTAWAY_FIELDS(SocketListening, container, pid, protocol, address, port)

struct SocketClosed {
    static constexpr std::string_view kind = "socket_closed";
    std::string container;
    std::string protocol;
    std::uint16_t port = 0;
    friend bool operator==(const SocketClosed&, const SocketClosed&) = default;
};
CUTAWAY_FIELDS(SocketClosed, container, protocol, port)

struct ConnectionSeen {  // a packet's way: from whom, to where it was sent, to where it went, and how that ended
    static constexpr std::string_view kind = "connection";
    std::string from;       // "host" or a container's id
    std::string asked;      // "127.0.0.1:8080"
    std::string reached;    // "172.17.0.2:80" after translation
    std::string container;  // that answers
    std::string outcome;    // "connected", "refused", "unreachable", "timeout"
    friend bool operator==(const ConnectionSeen&, const ConnectionSeen&) = default;
};
CUTAWAY_FIELDS(ConnectionSeen, from, asked, reached, container, outcome)

struct NameLookup {
    static constexpr std::string_view kind = "name_lookup";
    std::string container;
    std::string name;
    std::string answer;  // empty: NXDOMAIN
    std::string server;
    friend bool operator==(const NameLookup&, const NameLookup&) = default;
};
CUTAWAY_FIELDS(NameLookup, container, name, answer, server)

struct FileChanged {  // in a container's upper directory or volume
    static constexpr std::string_view kind = "file_changed";
    std::string container;
    std::string path;    // as the container sees it
    std::string change;  // "added", "copied_up", "modified", "whiteout", "opaque", "removed"
    std::string where;   // "upper" or the mount's target
    std::uint64_t size = 0;
    friend bool operator==(const FileChanged&, const FileChanged&) = default;
};
CUTAWAY_FIELDS(FileChanged, container, path, change, where, size)

struct UsageSampled {
    static constexpr std::string_view kind = "usage";
    std::string container;
    std::string cgroup;
    std::uint64_t memory = 0;
    std::uint64_t cpu_ns = 0;
    std::uint32_t processes = 0;
    std::uint64_t throttled = 0;
    friend bool operator==(const UsageSampled&, const UsageSampled&) = default;
};
CUTAWAY_FIELDS(UsageSampled, container, cgroup, memory, cpu_ns, processes, throttled)

struct OutOfMemory {
    static constexpr std::string_view kind = "oom_kill";
    std::string container;
    std::string cgroup;
    std::int64_t pid = 0;
    friend bool operator==(const OutOfMemory&, const OutOfMemory&) = default;
};
CUTAWAY_FIELDS(OutOfMemory, container, cgroup, pid)

struct FrozenSeen {
    static constexpr std::string_view kind = "frozen";
    std::string container;
    std::string cgroup;
    bool frozen = false;
    friend bool operator==(const FrozenSeen&, const FrozenSeen&) = default;
};
CUTAWAY_FIELDS(FrozenSeen, container, cgroup, frozen)

struct TimePassed {  // the simulated clock was moved between commands
    static constexpr std::string_view kind = "time_passed";
    std::int64_t ns = 0;
    friend bool operator==(const TimePassed&, const TimePassed&) = default;
};
CUTAWAY_FIELDS(TimePassed, ns)

CUTAWAY_SUM(Observation, ProcessStarted, ProcessChanged, ProcessExited, ProcessReaped, SignalSeen, OutputLine,
            SocketListening, SocketClosed, ConnectionSeen, NameLookup, FileChanged, UsageSampled, OutOfMemory,
            FrozenSeen, TimePassed)

struct Observed {
    std::int64_t at_ns = 0;  // on the world's own clock
    Actor actor = Actor::kernel;
    Observation what;
    friend bool operator==(const Observed&, const Observed&) = default;
};
CUTAWAY_FIELDS(Observed, at_ns, actor, what)

}  // namespace cutaway::world
