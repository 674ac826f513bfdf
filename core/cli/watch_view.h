// SPDX-License-Identifier: Apache-2.0
// WatchView: an engine's runs as lines of text for one who watches, and what that person types as orders. It knows no
// socket and no engine. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/link/protocol.h"

namespace cutaway::cli {

class WatchView {
public:
    // What to show for a message; nothing to show is "".
    std::string hear(const link::Message& message);
    // A line that was typed: an order, the wish to leave, or a text that answers it.
    struct Typed {
        bool quit = false;
        bool is_order = false;
        link::Order order;
        std::string text;  // to show
    };
    Typed type(const std::string& line);

private:
    struct Run {
        std::string rest;  // of a line that is not whole yet
        bool stands = false;
    };
    std::string told(const link::Message& message);
    std::string lines_of(std::uint32_t run, const std::string& bytes);
    [[nodiscard]] std::uint32_t standing() const;

    std::map<std::uint32_t, Run> runs_;
};

}  // namespace cutaway::cli
