// SPDX-License-Identifier: Apache-2.0
// The words every room shares: who acts, which phase of `docker run` is taught, how a fact came to be known.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"

namespace cutaway::world {

// A partition for teaching; the true order of calls rules where it differs (docs/architecture.md).
enum class Phase {
    none,
    resolve,
    manifest,
    layers,
    create,
    overlay,
    namespaces,
    cgroup,
    network,
    exec,
    running,
    stop,
    remove
};
CUTAWAY_ENUM(Phase, none, resolve, manifest, layers, create, overlay, namespaces, cgroup, network, exec, running, stop,
             remove)

// Which part Docker would have do it, also where Cutaway joins several in one process.
enum class Actor { client, daemon, registry, shim, runtime, kernel, container };
CUTAWAY_ENUM(Actor, client, daemon, registry, shim, runtime, kernel, container)

// performed: our own call reports itself. observed: seen from outside (procfs, cgroup files, a pidfd). modelled: the
// simulated machine. narrated: a decision that a worker explains. Modelled is never labelled as anything else.
enum class Evidence { performed, observed, modelled, narrated };
CUTAWAY_ENUM(Evidence, performed, observed, modelled, narrated)

enum class Space { mount, pid, net, ipc, uts, cgroup, user };
CUTAWAY_ENUM(Space, mount, pid, net, ipc, uts, cgroup, user)

enum class Stream { out, err };
CUTAWAY_ENUM(Stream, out, err)

// A stretch of user or group numbers: `inside` and those behind it are `outside` and those behind it (user_namespaces(7)).
struct IdRange {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;
    friend bool operator==(const IdRange&, const IdRange&) = default;
};
CUTAWAY_FIELDS(IdRange, inside, outside, count)

// A header of an exchange, an environment variable, a counter: a name and its text. Lists of them keep their order.
struct Pair {
    std::string name;
    std::string value;
    friend bool operator==(const Pair&, const Pair&) = default;
};
CUTAWAY_FIELDS(Pair, name, value)

}  // namespace cutaway::world
