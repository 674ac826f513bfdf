// SPDX-License-Identifier: Apache-2.0
#include "core/trace/event.h"

#include <algorithm>

namespace cutaway::trace {

CUTAWAY_SUM_CODE(Body)

namespace {

template <class Sum>
std::string named_in(const Sum& sum) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.container; }) {
                return one.container;
            } else {
                return std::string();
            }
        },
        sum);
}

}  // namespace

// An exec's shim is named CONTAINER/EXEC.
std::string container_of(const world::Call& call) {
    std::string name = named_in(call);
    name.resize(std::min(name.size(), name.find('/')));
    return name;
}

Event event_of(const world::Observed& seen) {
    Event event;
    event.kind = EventKind::observed;
    event.t_ns = seen.at_ns;
    event.actor = seen.actor;
    event.container = named_in(seen.what);
    event.body = seen.what;
    return event;
}

}  // namespace cutaway::trace
