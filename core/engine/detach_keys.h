// SPDX-License-Identifier: Apache-2.0
// DetachKeys: the keys by which a person lets go of a container's terminal, found in what is typed. They do not reach the
// container; a beginning of them that leads nowhere does, late. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::engine {

class DetachKeys {
public:
    // "ctrl-p,ctrl-q", "a,b", "ctrl-@"; empty: docker's own. Errc::invalid names what is no key.
    static Result<DetachKeys> parse(std::string_view text);

    struct Passed {
        std::string text;       // goes to the container
        bool complete = false;  // the keys were typed; what came behind them is dropped
    };
    Passed pass(std::string_view typed);

private:
    explicit DetachKeys(std::string keys) : keys_(std::move(keys)) {}
    std::string keys_;
    std::size_t seen_ = 0;
};

}  // namespace cutaway::engine
