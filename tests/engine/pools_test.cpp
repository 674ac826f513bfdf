// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pools.h"

#include <gtest/gtest.h>

#include "core/engine/names.h"

namespace cutaway::engine {
namespace {

// As /proc/net/route has it: the default route, 10.0.2.0/24, 172.17.0.0/16 and 192.168.16.0/20.
constexpr std::string_view routes =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    "br0\t0010A8C0\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0\n";

TEST(Pools, a_subnet_with_a_route_is_taken) {
    struct Case {
        const char* subnet;
        bool taken;
    };
    for (const Case& one :
         {Case{"172.17.0.0/16", true}, Case{"172.17.5.0/24", true}, Case{"172.16.0.0/12", true},
          Case{"172.18.0.0/16", false}, Case{"10.0.2.0/24", true}, Case{"10.0.3.0/24", false}, Case{"10.0.0.0/8", true},
          Case{"192.168.16.0/20", true}, Case{"192.168.32.0/20", false}, Case{"nonsense", false}}) {
        EXPECT_EQ(parse_routes(routes).meet(one.subnet), one.taken) << one.subnet;
    }
}

TEST(Pools, the_default_route_takes_nothing_and_odd_lines_are_passed_over) {
    EXPECT_FALSE(parse_routes("eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n").meet("172.17.0.0/16"));
    EXPECT_FALSE(parse_routes("eth0\t000011AC\n\n\nx").meet("172.17.0.0/16"));
    EXPECT_FALSE(parse_routes("").meet("172.17.0.0/16"));
}

TEST(Pools, they_come_in_dockers_order) {
    const std::vector<std::string> pools = address_pools();
    EXPECT_EQ(pools.front(), "172.17.0.0/16");
    EXPECT_EQ(pools.at(14), "172.31.0.0/16");
    EXPECT_EQ(pools.at(15), "192.168.0.0/20");
    EXPECT_EQ(pools.back(), "192.168.240.0/20");
}

store::ContainerRecord on(const std::string& mode) {
    store::ContainerRecord record;
    record.host.network_mode = mode;
    record.endpoints.emplace_back();
    if (mode == "mine") {
        record.endpoints.back().names = {"web"};
    }
    return record;
}

TEST(Resolver, a_server_on_the_hosts_loopback_is_none_for_a_container) {
    struct Case {
        const char* of_host;
        const char* lines;
    };
    for (const Case& one :
         {Case{"nameserver 10.0.2.3\nsearch lan\n", "\n\nnameserver 10.0.2.3\nsearch lan\n\n# Based on host file"},
          Case{"nameserver 127.0.0.53\nnameserver 10.0.2.3\n", "\n\nnameserver 10.0.2.3\n\n# Based on host file"},
          Case{"nameserver 127.0.0.53", "\n\nnameserver 8.8.8.8\nnameserver 8.8.4.4\n\n# Based on host file"},
          Case{"", "# Used default nameservers.\n# Overrides: []\n"}}) {
        const std::string text = resolver_text(on("bridge"), one.of_host);
        EXPECT_NE(text.find(one.lines), std::string::npos) << one.of_host << " became\n" << text;
    }
    EXPECT_EQ(resolver_text(on("host"), "nameserver 127.0.0.53\n"), "nameserver 127.0.0.53\n");
    EXPECT_NE(resolver_text(on("mine"), "nameserver 10.0.2.3\n").find("\nnameserver 127.0.0.11\n"), std::string::npos);
}

}  // namespace
}  // namespace cutaway::engine
