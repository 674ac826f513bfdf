// SPDX-License-Identifier: Apache-2.0
// Plugs a container into a network more, or out of one, while it runs or before it does. What a start does with a plan
// is done here call by call, by the engine; only names are answered by the container's shim, which is asked to.
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct ConnectOptions {
    std::string network;
    std::string container;
    std::vector<std::string> aliases;
    std::string address;  // --ip; empty: a free one
};
Status connect_network(Engine& engine, const ConnectOptions& options);

// By force: whatever cannot be taken back is left, and the record says that it is unplugged.
Status disconnect_network(Engine& engine, const std::string& network, const std::string& container, bool force);

}  // namespace cutaway::engine
