// SPDX-License-Identifier: Apache-2.0
// What a composition root gives an engine beside its world; most give nothing. Images that came with the program: they
// take a pull's own way through manifest, digests, unpacking and store; only nobody is asked over a network, and so no
// exchange is told. Where the person's logins are. And whoever compiles system call filters: without one no container
// gets a filter.
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/oci/reference.h"
#include "core/registry/trust.h"
#include "core/world/transport.h"

namespace cutaway::engine {

struct Brought {
    world::Transport* transport = nullptr;                 // answers as a registry would, from memory; any thread
    std::function<bool(const oci::Reference& image)> has;  // whether this image is among them
    // The person's config.json of docker, where logins are kept; "": the one of the simulated host's root.
    std::string docker_config;
    // docker-credential-<name> <verb> with that input: what it says. Without one no such program is found.
    std::function<Result<std::string>(const std::string& name, const std::string& verb, const std::string& input)>
        run_helper;
    // What the machine's owner says about single registries; read when one is asked.
    std::function<Result<registry::Trust>()> trust;
    // Where on the machine lies what --init puts before a program.
    std::string init_program = "/usr/bin/docker-init";
    // Rules of core/sandbox/seccomp.h to what seccomp(2) takes.
    std::function<Result<std::string>(const std::string& rules)> compile_filter;
};

}  // namespace cutaway::engine
