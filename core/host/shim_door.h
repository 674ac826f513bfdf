// SPDX-License-Identifier: Apache-2.0
// ShimDoor: where engines come back to a shim that runs: a socket beside the container's records, for root alone. Whoever
// comes sees what the container prints from then on and may type. For cutaway-init alone; nothing here waits.
#pragma once

#include <string>
#include <vector>

#include "core/host/packet_socket.h"

namespace cutaway::host {

// A socket that listens in `folder`, for root alone, whatever the length of its path; and one that knocks there:
// Errc::not_found if nobody listens any more.
Result<Fd> make_door(const std::string& folder);
Result<Fd> connect_to_shim(const std::string& folder);

class ShimDoor {
public:
    ShimDoor() = default;
    // A socket that listens, whose name is its maker's; or one at whose other end the only visitor is already.
    explicit ShimDoor(Fd socket);
    ShimDoor(const ShimDoor&) = delete;
    ShimDoor& operator=(const ShimDoor&) = delete;
    ~ShimDoor();
    void open(const std::string& folder);  // best effort: without it the container runs all the same
    [[nodiscard]] bool is_open() const { return door_.open(); }
    bool let_in();  // whether anybody new came
    void send(std::string_view message);
    bool receive(std::string& message);  // from anybody
    [[nodiscard]] std::size_t unsent_bytes() const;
    [[nodiscard]] const Fd& door() const { return door_; }
    std::vector<PacketSocket>& guests() { return guests_; }

private:
    Fd folder_;
    Fd door_;
    std::vector<PacketSocket> guests_;
};

}  // namespace cutaway::host
