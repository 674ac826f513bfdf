// SPDX-License-Identifier: Apache-2.0
#include "core/host/clock.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace cutaway::host {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t slice = 50'000'000;

std::int64_t read_clock(clockid_t which) {
    timespec now{};
    static_cast<void>(::clock_gettime(which, &now));
    return static_cast<std::int64_t>(now.tv_sec) * second + now.tv_nsec;
}

}  // namespace

std::int64_t HostClock::now_ns() { return read_clock(CLOCK_MONOTONIC); }

std::int64_t HostClock::wall_ns() { return read_clock(CLOCK_REALTIME); }

Status HostClock::sleep(std::int64_t ns) {
    const std::int64_t until = now_ns() + ns;
    for (std::int64_t left = ns; left > 0; left = until - now_ns()) {
        if (cancel_.requested()) {
            return fail(Errc::cancelled, "sleep");
        }
        const std::int64_t piece = std::min(left, slice);
        const timespec pause{static_cast<time_t>(piece / second), static_cast<long>(piece % second)};
        static_cast<void>(::nanosleep(&pause, nullptr));
    }
    return {};
}

void HostEntropy::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            std::abort();  // no such system call: ids and nonces that are guessable are worse than an end
        }
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace cutaway::host
