// SPDX-License-Identifier: Apache-2.0
// Watched: which processes a watch looks at, and what those who act noticed and nobody asked for. A shim that was started
// here brings its container along; so does a signal to a container's process. Any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "core/host/kernel.h"
#include "core/world/observation.h"

namespace cutaway::host {

struct WatchedRoot {        // it and everything below it
    std::string container;  // its id, without what an exec adds
    std::int64_t pid = 0;
};

class Watched final : public SignalWitness {
public:
    void add(WatchedRoot root);  // one that is there already stays
    void remove(std::int64_t pid);
    [[nodiscard]] std::vector<WatchedRoot> all() const;

    // What was noticed since, the newest thousand of it.
    std::vector<world::Observed> take_noticed();

    world::SignalSeen foresee(std::int64_t pid, int number) override;
    void sent(world::SignalSeen seen) override;

private:
    mutable std::mutex mutex_;
    std::vector<WatchedRoot> roots_;
    std::vector<world::Observed> noticed_;
};

}  // namespace cutaway::host
