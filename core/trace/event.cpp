// SPDX-License-Identifier: Apache-2.0
#include "core/trace/event.h"

namespace cutaway::trace {

CUTAWAY_SUM_CODE(Body)

Event event_of(const world::Observed& seen) {
    Event event;
    event.kind = EventKind::observed;
    event.t_ns = seen.at_ns;
    event.actor = seen.actor;
    event.container = std::visit(
        [](const auto& one) {
            if constexpr (requires { one.container; }) {
                return one.container;
            } else {
                return std::string();
            }
        },
        seen.what);
    event.body = seen.what;
    return event;
}

}  // namespace cutaway::trace
