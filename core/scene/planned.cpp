// SPDX-License-Identifier: Apache-2.0
// Which call of a container's plan was just performed. A plan is written before the init's pid is known, so -1 and
// "$PID" in it stand for any pid (core/plan/plan.h).
#include <algorithm>
#include <type_traits>

#include "core/scene/bounds.h"
#include "core/scene/evolve_parts.h"

namespace cutaway::scene {

namespace {

constexpr std::size_t look_ahead = 16;  // calls of a plan that a world may leave out in a row
constexpr std::string_view pid_mark = "$PID";

bool same(const std::string& planned, const std::string& made) {
    const std::size_t at = planned.find(pid_mark);
    if (at == std::string::npos) {
        return planned == made;
    }
    const std::string_view tail = std::string_view(planned).substr(at + pid_mark.size());
    return made.size() >= at + tail.size() && made.compare(0, at, planned, 0, at) == 0 &&
           std::string_view(made).substr(made.size() - tail.size()) == tail;
}

template <class T>
bool same_value(const T& planned, const T& made) {
    if constexpr (std::is_same_v<T, std::string>) {
        return same(planned, made);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return planned == -1 || planned == made;
    } else {
        return planned == made;
    }
}

bool same_call(const world::Call& planned, const world::Call& made) {
    if (planned.index() != made.index()) {
        return false;
    }
    return std::visit(
        [&]<class Kind>(const Kind& plan) {
            const Kind& done = std::get<Kind>(made);
            bool equal = true;
            visit_fields(
                &plan, [&](std::string_view, auto member) { equal = equal && same_value(plan.*member, done.*member); });
            return equal;
        },
        planned);
}

}  // namespace

void perform_planned(Picture& picture, std::string_view container, const world::Call& call) {
    const auto* found = picture.containers->get(container);
    if (found == nullptr) {
        return;
    }
    const auto& plan = *(*found)->plan;
    const std::size_t done = (*found)->plan_done;
    const std::size_t end = std::min(plan.size(), done + look_ahead);
    for (std::size_t at = done; at < end; ++at) {
        if (same_call(plan[at].call, call)) {
            edit_container(picture, container)->plan_done = static_cast<std::uint32_t>(at + 1);
            return;
        }
    }
}

}  // namespace cutaway::scene
