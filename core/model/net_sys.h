// SPDX-License-Identifier: Apache-2.0
// NetSys: what only ip and ping ask the simulated kernel, as rtnetlink(7) and icmp(7) would answer: the links and routes
// of the process's network namespace, and whether a machine answers an echo. A face of the same process as Sys; a
// machine that has none (a test's) is asked with dynamic_cast and answers by its absence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::model {

struct LinkView {
    std::uint32_t index = 0;
    std::string name;
    std::string kind;  // "loopback", "ethernet", "bridge", "veth"
    bool up = false;
    std::string mac;
    std::string bridge;                  // it is a port of
    std::uint32_t peer = 0;              // index of a cable's other end, which may be in another namespace
    std::vector<std::string> addresses;  // "172.17.0.2/16"
};

struct RouteView {
    std::string to;  // "default" or a subnet
    std::string via;
    std::string link;
    std::string source;  // empty: none that is preferred
};

class NetSys {
public:
    virtual ~NetSys() = default;
    virtual std::vector<LinkView> links() = 0;          // by index
    virtual std::vector<RouteView> routes() = 0;        // the default first
    virtual Status echo(std::string_view address) = 0;  // ENETUNREACH, EHOSTUNREACH, ETIMEDOUT
};

}  // namespace cutaway::model
