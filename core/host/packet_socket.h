// SPDX-License-Identifier: Apache-2.0
// PacketSocket: whole messages over a SOCK_SEQPACKET pair, as a single-threaded pump wants them: nothing waits. What
// the other side cannot take yet is kept, in order; to a side that has gone it is dropped.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/host/fd.h"

namespace cutaway::host {

struct SocketPair {
    Fd ours;
    Fd theirs;
};

// Both close-on-exec, buffers wide enough for a plan with its seccomp filter.
Result<SocketPair> make_socket_pair();
// The next message; an empty optional-like false: nothing there. Errc::not_found: the other side has gone.
Result<bool> receive_packet(int fd, std::string& message);

// A descriptor as a message of its own (unix(7), SCM_RIGHTS); neither waits.
Status send_descriptor(int socket, int fd);
Fd receive_descriptor(int socket);  // not open: none came

class PacketSocket {
public:
    PacketSocket() = default;
    explicit PacketSocket(Fd fd) : fd_(std::move(fd)) {}

    void send(std::string_view message);
    bool receive(std::string& message);
    [[nodiscard]] bool closed();  // gone, and nothing is left to read
    void flush();
    [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
    [[nodiscard]] std::size_t unsent_bytes() const { return unsent_bytes_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] bool gone() const { return gone_; }

private:
    Fd fd_;
    bool gone_ = false;
    std::deque<std::string> unsent_;
    std::size_t unsent_bytes_ = 0;
};

}  // namespace cutaway::host
