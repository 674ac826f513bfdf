// SPDX-License-Identifier: Apache-2.0
// What makes a process a shim: its own session, a parent that reaps, nothing inherited but its socket, closed to
// others' eyes; and how it waits. For cutaway-init alone.
#pragma once

#include <cstdint>

#include "core/host/init_child.h"
#include "core/host/name_server.h"
#include "core/host/packet_socket.h"
#include "core/host/shim_door.h"

namespace cutaway::host {

constexpr int shim_socket_fd = 3;
constexpr int shim_pid_fd = 4;

// Forks, tells the child's pid on the descriptor behind the socket's and ends; the child answers with the engine's
// socket. `kept` descriptors behind those two stay open as well.
Result<PacketSocket> become_shim(int socket = shim_socket_fd, int kept = 0);

Fd open_or_nothing(int number);  // what was handed down at this place, if anything was

class ShimWaiter {
public:
    ShimWaiter();
    struct Hold {
        bool output = false;         // the engine does not take what the container prints
        bool input = false;          // the container does not take what the engine sends
        std::int64_t until_ns = -1;  // on now_ns; negative: no timer
    };
    // Until a message, output, a question or a child's end may be there, or what was unsent can go on.
    struct Sides {
        PacketSocket& engine;
        ShimDoor& door;
        InitChild& child;
        NameServer& names;
    };
    void wait(const Sides& sides, Hold hold);

private:
    Fd children_;  // signalfd(2) of SIGCHLD
    bool engine_gone_ = false;
    unsigned births_ = 0;  // of the init whose socket has gone
};

void wait_for_packet(PacketSocket& socket);
void wait_for_visitor(PacketSocket& shim, ShimDoor& door);  // or for the shim, while that is there
void drain(PacketSocket& socket);                           // until all is sent or the other side has gone
std::int64_t wall_ns();
std::int64_t now_ns();  // CLOCK_MONOTONIC

}  // namespace cutaway::host
