// SPDX-License-Identifier: Apache-2.0
// Which subnets are free: docker's pools, less what the machine has a route to already. Pure but for one file read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/world/disk.h"

namespace cutaway::engine {

// The machine's own routes, without the default one, which leads everywhere.
class Routes {
public:
    struct Route {
        std::string link;
        std::uint32_t base = 0;
        std::uint32_t mask = 0;
    };
    Routes() = default;
    explicit Routes(std::vector<Route> list) : list_(std::move(list)) {}
    // Whether an address of the subnet "a.b.c.d/n" has a route.
    [[nodiscard]] bool meet(std::string_view subnet) const;

private:
    std::vector<Route> list_;
};

Routes parse_routes(std::string_view proc_net_route);
Routes read_routes(world::Disk& disk);  // none where the machine shows none

// 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 and on, in docker's order.
std::vector<std::string> address_pools();

}  // namespace cutaway::engine
