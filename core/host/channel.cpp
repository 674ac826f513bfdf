// SPDX-License-Identifier: Apache-2.0
#include "core/host/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/host/clock.h"
#include "core/host/error.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::int64_t slice_ns = 20'000'000;  // how long a given-up wait goes on at most

}  // namespace

Status HostChannel::send(std::string_view message) {
    for (;;) {
        if (::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL) >= 0) {
            return {};
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            return fail(Errc::not_found, "speak to the shim: it has gone");
        }
        if (errno != EINTR) {
            return sys_error(errno, "speak to the shim");
        }
    }
}

bool HostChannel::given_up() {
    const bool requested = cancel_.requested();
    const bool news = requested && !told_;
    told_ = requested;
    return news;
}

Result<std::optional<std::string>> HostChannel::receive(std::int64_t timeout_ns) {
    HostClock clock(cancel_);
    const std::int64_t until = clock.now_ns() + timeout_ns;
    std::string message;
    for (;;) {
        if (TRY(receive_packet(fd_.get(), message))) {
            return std::optional<std::string>(std::move(message));
        }
        if (given_up()) {
            return fail(Errc::cancelled, "wait for the shim");
        }
        const std::int64_t left = timeout_ns < 0 ? slice_ns : std::min(slice_ns, until - clock.now_ns());
        if (left <= 0) {
            return std::optional<std::string>{};
        }
        TRY(wait_readable(fd_.get(), static_cast<int>((left + 999'999) / 1'000'000)));
    }
}

}  // namespace cutaway::host
