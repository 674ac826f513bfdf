// SPDX-License-Identifier: Apache-2.0
// Wire: a watcher's end of the line to an engine: messages come, orders go. What is behind it, a socket or a test, is
// its own business. Everything is its owner's thread's; nothing waits.
#pragma once

#include <string>
#include <vector>

#include "core/link/protocol.h"

namespace cutaway::link {

class Wire {
public:
    virtual ~Wire() = default;
    virtual void send(const Order& order) = 0;
    virtual std::vector<Message> take() = 0;                             // that came since the last time
    [[nodiscard]] virtual std::string gone() const = 0;                  // why nothing comes any more; empty: it may
    [[nodiscard]] virtual std::string whose() const = 0;                 // "root's engine at /run/cutaway.sock"
    [[nodiscard]] virtual bool is_me(const std::string& who) const = 0;  // of the engine's names for who comes
};

}  // namespace cutaway::link
