// SPDX-License-Identifier: Apache-2.0
// Launch: the engine's side of a start. Performs a plan in its order, the engine's calls through its own kernel and the
// others through the shim's channel, each behind its gate and inside its step's span. If anything fails or is given up,
// everything done so far is undone (traced, ungated) before the error is answered: all or nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/runtime/protocol.h"
#include "core/world/world.h"

namespace cutaway::runtime {

struct Launched {
    std::unique_ptr<world::Channel> channel;  // Output and Exited follow on it
    std::int64_t pid = 0;
};

inline constexpr std::size_t whole_plan = static_cast<std::size_t>(-1);

// `name` is the container's full id, or "ID/exec-NAME" for a further process in it. Calls from `upto` on are not let go
// on: whoever says Leave leaves them to the door's visitor.
Result<Launched> launch(world::World& world, std::string_view name, const Begin& begin, std::size_t upto = whole_plan);

// Performs `undo` in order inside a clean-up span; goes on past failures and answers the first.
Status undo_all(world::World& world, std::string_view container, world::Phase phase,
                const std::vector<world::Call>& undo);

// The next message of a shim; nothing after `timeout_ns`; Errc::not_found: the shim has gone.
Result<std::optional<Message>> next_message(world::Channel& channel, std::int64_t timeout_ns);
Result<std::optional<Message>> attend_message(world::Channel& channel);  // Channel::attend

}  // namespace cutaway::runtime
