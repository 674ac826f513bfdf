// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/supervise.h"

#include <algorithm>

namespace cutaway::runtime {

bool wants_restart(const RestartOrder& order, std::uint32_t count, std::int32_t code) {
    if (order.policy == "on-failure") {
        return code != 0 && (order.maximum_retries == 0 || count < order.maximum_retries);
    }
    return order.policy == "always" || order.policy == "unless-stopped";
}

std::int64_t next_delay(std::int64_t before_ns, std::int64_t ran_ns) {
    if (before_ns == 0 || ran_ns >= long_enough_ns) {
        return first_delay_ns;
    }
    return std::min(2 * before_ns, longest_delay_ns);
}

plan::Plan with_network(plan::Plan plan, const std::vector<plan::PlannedCall>& network) {
    const auto is_network = [](const plan::PlannedCall& one) { return one.phase == world::Phase::network; };
    const auto first = std::find_if(plan.calls.begin(), plan.calls.end(), is_network);
    const auto at = first - plan.calls.begin();
    if (network.empty() || first == plan.calls.end()) {
        return plan;
    }
    std::erase_if(plan.calls, is_network);
    plan.calls.insert(plan.calls.begin() + at, network.begin(), network.end());
    return plan;
}

}  // namespace cutaway::runtime
