// SPDX-License-Identifier: Apache-2.0
// HostWorld: this machine as a world::World, assembled for a composition root. It owns everything the World refers
// to; the Cancel is its own and may be requested from any thread. Trace it by wrapping `world()`.
#pragma once

#include <memory>
#include <string>

#include "core/host/http_route.h"
#include "core/world/world.h"

namespace cutaway::host {

struct HostOptions {
    std::string data_root = "/var/lib/cutaway";
    std::string run_root = "/run/cutaway";
    std::string init_program;  // empty: looked for beside this program (sealed_program.h)
    std::string http_module;   // likewise: libcutaway-http.so, loaded at the first exchange
    HttpWays http = {};
};

class HostWorld {
public:
    explicit HostWorld(const HostOptions& options);
    ~HostWorld();
    HostWorld(const HostWorld&) = delete;
    HostWorld& operator=(const HostWorld&) = delete;

    world::World& world();
    world::Cancel& cancel();
    [[nodiscard]] bool has_shims() const;  // that were started here and that the watch has not seen end

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace cutaway::host
