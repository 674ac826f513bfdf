// SPDX-License-Identifier: Apache-2.0
// Shim: a container's parent. It clones the init, relays the start's messages, keeps the log, reaps, and writes how it
// ended, and starts it again where --restart has it so; it outlives the engine. A state machine like Init, pumped by cutaway-init on the host and by the scheduler in
// the model. It opens no network and reads no configuration.
#pragma once

#include <optional>

#include "core/runtime/init.h"

namespace cutaway::runtime {

// What a shim needs beside a kernel; host and model each give one. Nothing here waits.
class ShimHost {
public:
    virtual ~ShimHost() = default;
    virtual Port& engine() = 0;
    virtual Port& init() = 0;
    virtual std::optional<Output> read_output() = 0;       // the next piece the container printed
    [[nodiscard]] virtual bool output_ended() = 0;         // nobody holds the writing ends any more
    virtual void write_input(std::string_view bytes) = 0;  // empty: close it
    virtual void resize(const Resize& size) = 0;
    virtual std::optional<Exited> reap(std::int64_t pid) = 0;
    virtual Status append_log(std::string_view path, std::string_view text) = 0;
    virtual Status save(std::string_view path, std::string_view text) = 0;
    virtual std::optional<std::string> load(std::string_view path) = 0;     // nothing: there is no such file
    virtual void printed(world::Stream stream, std::string_view line) = 0;  // a whole line went to the log
    [[nodiscard]] virtual std::int64_t wall_ns() = 0;
    [[nodiscard]] virtual std::int64_t now_ns() = 0;
};

struct PartialLine {
    std::string out;
    std::string err;
};
CUTAWAY_FIELDS(PartialLine, out, err)

struct ShimState {
    Begin begin;
    bool begun = false;
    bool started = false;
    bool kept = false;       // and the engine has written that down
    bool undone = false;     // the start was given up
    bool take_back = false;  // and the undo is still to be done, by us
    bool executing = false;  // the execve was let go on
    bool left = false;       // the process is somebody else's from here on; on hosts alone, so no machine keeps it
    std::uint32_t next = 0;  // the first call not looked at yet
    std::uint32_t upto = 0;
    std::int64_t pid = 0;  // the init's, on the host
    PartialLine partial;
    std::optional<Exited> exited;
    bool recorded = false;
    // --restart: from the first end on the shim is its own engine.
    bool alone = false;
    bool failed = false;        // to start it again; then nobody tries any more
    std::int64_t awaited = -1;  // the init's call that is let go on and not answered yet
    std::int64_t started_ns = 0;
    std::int64_t delay_ns = 0;
    std::int64_t wake_ns = -1;  // on now_ns: it is started again then; negative: nothing is waited for
    RestartRecord told;
};
CUTAWAY_FIELDS(ShimState, begin, begun, started, kept, undone, take_back, executing, next, upto, pid, partial, exited,
               recorded, alone, failed, awaited, started_ns, delay_ns, wake_ns, told)

Progress pump_shim(ShimState& state, world::Kernel& kernel, ShimHost& host);

// The json log's line: {"log":"…\n","stream":"stdout","time":"2026-01-02T03:04:05.000000006Z"} and a newline.
std::string log_line(world::Stream stream, std::string_view text, std::int64_t wall_ns);
std::string rfc3339(std::int64_t wall_ns);

}  // namespace cutaway::runtime
