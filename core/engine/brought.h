// SPDX-License-Identifier: Apache-2.0
// What a composition root gives an engine beside its world; most give nothing. Images that came with the program: they
// take a pull's own way through manifest, digests, unpacking and store; only nobody is asked over a network, and so no
// exchange is told. And whoever compiles system call filters: without one no container gets a filter.
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/oci/reference.h"
#include "core/world/transport.h"

namespace cutaway::engine {

struct Brought {
    world::Transport* transport = nullptr;                 // answers as a registry would, from memory; any thread
    std::function<bool(const oci::Reference& image)> has;  // whether this image is among them
    // Rules of core/sandbox/seccomp.h to what seccomp(2) takes.
    std::function<Result<std::string>(const std::string& rules)> compile_filter;
};

}  // namespace cutaway::engine
