// SPDX-License-Identifier: Apache-2.0
// docker's rules for --restart: whether a container that ended is started again, and after how long. Pure: who waits and
// who starts is the shim (shim.h).
#pragma once

#include <cstdint>

#include "core/runtime/protocol.h"

namespace cutaway::runtime {

inline constexpr std::int64_t first_delay_ns = 100'000'000;
inline constexpr std::int64_t longest_delay_ns = 60'000'000'000;
inline constexpr std::int64_t long_enough_ns = 10'000'000'000;  // a run of this length makes the next wait short again

// `count`: how often it was started again already.
bool wants_restart(const RestartOrder& order, std::uint32_t count, std::int32_t code);
std::int64_t next_delay(std::int64_t before_ns, std::int64_t ran_ns);

// The plan with another network part, where it had one or could have: behind the mounts, before the program.
plan::Plan with_network(plan::Plan plan, const std::vector<plan::PlannedCall>& network);

}  // namespace cutaway::runtime
