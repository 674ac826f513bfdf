// SPDX-License-Identifier: Apache-2.0
// Worker: a process of its own for one command of somebody else's: a fork of a program that has one thread, with the
// caller's descriptors 0 to 2 and nothing else of its parent's but one socket and, if given, a file for the trace.
// It has a session of its own and no terminal of its own, so that it may read any. Known by a pidfd, never by a number
// that could be another's by now.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/host/fd.h"
#include "core/host/packet_socket.h"

namespace cutaway::host {

struct WorkerPlace {
    std::vector<Fd> stdio;  // three
    Fd directory;
    Fd trace;  // not open: none
};
struct WorkerEnds {  // inside
    int socket = -1;
    int trace = -1;
};

class Worker {
public:
    // `work` is called in the new process, whose status is what it answers. Refused in a program with several threads.
    static Result<Worker> start(WorkerPlace place, const std::function<int(WorkerEnds)>& work);
    PacketSocket& socket() { return socket_; }
    [[nodiscard]] int life() const { return life_.get(); }  // readable: it has ended
    void signal(const std::string& name) const;             // "SIGINT"
    std::optional<int> collect() const;                     // its status, 128 + n of a signal, once it has ended

private:
    Worker(std::int64_t pid, Fd life, Fd socket) : pid_(pid), life_(std::move(life)), socket_(std::move(socket)) {}
    std::int64_t pid_;
    Fd life_;
    PacketSocket socket_;
};

// From inside: at once, the terminal as it was, and nothing else done or undone.
[[noreturn]] void vanish();

// From inside: the caller does not listen any more; 0 to 2 become /dev/null.
void be_unheard();
// A thread that waits for the socket wakes up: nothing more will come.
void stop_reading(int socket);

struct Awaited {
    int fd = -1;
    bool writes = false;  // wait until it can take something, too
    bool ready = false;
};
// Until one is ready, a signal came or the time is over.
void wait_for_any(std::span<Awaited> those, int timeout_ms);

}  // namespace cutaway::host
