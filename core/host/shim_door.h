// SPDX-License-Identifier: Apache-2.0
// ShimDoor: where engines come back to a shim that runs: a socket beside the container's records, for root alone. Whoever
// comes sees what the container prints from then on and may type. For cutaway-init alone; nothing here waits.
#pragma once

#include <string>
#include <vector>

#include "core/host/packet_socket.h"

namespace cutaway::host {

// The socket of the container whose records lie in `folder`, whatever the length of its path.
Result<Fd> connect_to_shim(const std::string& folder);

class ShimDoor {
public:
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
