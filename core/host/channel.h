// SPDX-License-Identifier: Apache-2.0
// HostChannel: the engine's end of a shim's message socket. A wait that is given up answers Errc::cancelled once for
// one request of the Cancel; asked again it waits on, so that a clean-up can see its shim go.
// One thread at a time. Closing it before Started makes the shim take the start back.
#pragma once

#include "core/host/packet_socket.h"
#include "core/world/world.h"

namespace cutaway::host {

class HostChannel final : public world::Channel {
public:
    HostChannel(Fd fd, const world::Cancel& cancel) : socket_(std::move(fd)), cancel_(cancel) {}
    ~HostChannel() override;
    HostChannel(const HostChannel&) = delete;
    HostChannel& operator=(const HostChannel&) = delete;
    Status send(std::string_view message) override;
    Result<std::optional<std::string>> receive(std::int64_t timeout_ns) override;
    [[nodiscard]] bool accepts() override;
    // No longer than a typist notices nothing of.
    Result<std::optional<std::string>> attend() override { return receive(15'000'000); }

private:
    bool given_up();

    PacketSocket socket_;
    const world::Cancel& cancel_;
    bool told_ = false;
};

}  // namespace cutaway::host
