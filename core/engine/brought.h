// SPDX-License-Identifier: Apache-2.0
// Images that came with the program. They take a pull's own way through manifest, digests, unpacking and store; only
// nobody is asked over a network, and so no exchange is told. A composition root gives them; most give none.
#pragma once

#include <functional>

#include "core/oci/reference.h"
#include "core/world/transport.h"

namespace cutaway::engine {

struct Brought {
    world::Transport* transport = nullptr;                 // answers as a registry would, from memory; any thread
    std::function<bool(const oci::Reference& image)> has;  // whether this image is among them
};

}  // namespace cutaway::engine
