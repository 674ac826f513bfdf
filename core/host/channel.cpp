// SPDX-License-Identifier: Apache-2.0
#include "core/host/channel.h"

#include <poll.h>

#include <algorithm>

#include "core/host/clock.h"

namespace cutaway::host {

namespace {

constexpr std::int64_t slice_ns = 20'000'000;  // how long a given-up wait goes on at most
constexpr int slice_ms = slice_ns / 1'000'000;

}  // namespace

// What the shim has not taken by then it will not miss: it takes messages at once, but for input.
HostChannel::~HostChannel() {
    for (int i = 0; i < 50 && !accepts(); ++i) {
        pollfd one{socket_.fd(), POLLOUT, 0};
        static_cast<void>(::poll(&one, 1, slice_ms));
    }
}

Status HostChannel::send(std::string_view message) {
    socket_.send(message);
    return socket_.gone() ? Status(fail(Errc::not_found, "speak to the shim: it has gone")) : Status();
}

bool HostChannel::accepts() {
    socket_.flush();
    return !socket_.has_unsent();
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
        if (TRY(receive_packet(socket_.fd(), message))) {
            return std::optional<std::string>(std::move(message));
        }
        if (given_up()) {
            return fail(Errc::cancelled, "wait for the shim");
        }
        const std::int64_t left = timeout_ns < 0 ? slice_ns : std::min(slice_ns, until - clock.now_ns());
        if (left <= 0) {
            return std::optional<std::string>{};
        }
        pollfd one{socket_.fd(), static_cast<short>(POLLIN | (accepts() ? 0 : POLLOUT)), 0};
        static_cast<void>(::poll(&one, 1, static_cast<int>((left + 999'999) / 1'000'000)));
    }
}

}  // namespace cutaway::host
