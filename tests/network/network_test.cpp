// SPDX-License-Identifier: Apache-2.0
#include "core/network/network.h"

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::network {
namespace {

using plan::texts;

const std::string id = "0123456789abcdef";

Config bridged(std::vector<world::PortNote> ports = {}) {
    Config config;
    config.container = id;
    config.bridge = "cutaway0";
    config.subnet = "172.17.0.0/16";
    config.gateway = "172.17.0.1";
    config.address = "172.17.0.2";
    config.ports = std::move(ports);
    return config;
}

TEST(NetworkPlan, a_bridge_has_an_address_is_up_and_lets_its_subnet_out) {
    const std::vector<std::string> wanted{"bridge cutaway0", "address cutaway0 172.17.0.1/16", "link_up cutaway0",
                                          "sysctl net.ipv4.ip_forward 1",
                                          "nat_add - masquerade 172.17.0.0/16 cutaway0 - - 0 - 0"};
    EXPECT_EQ(texts(plan_bridge(bridged())), wanted);
    for (const plan::PlannedCall& call : plan_bridge(bridged())) {
        EXPECT_TRUE(call.undo.empty()) << "the bridge is everybody's: it stays";
    }
}

TEST(NetworkPlan, a_cable_leads_from_the_bridge_into_the_container) {
    const std::vector<plan::PlannedCall> calls = plan_cable(bridged());
    const std::vector<std::string> wanted{"veth veth0123456 p" + std::string("eth0123456"),
                                          "link_master veth0123456 cutaway0", "link_up veth0123456",
                                          "link_move peth0123456 -1 eth0"};
    EXPECT_EQ(texts(calls), wanted);
    EXPECT_EQ(texts(calls.front().undo), std::vector<std::string>{"link_remove veth0123456"});
}

TEST(NetworkPlan, names_of_links_fit_the_kernels_sixteen_bytes) {
    for (const char* container : {"", "a", "0123456789abcdef0123456789abcdef"}) {
        EXPECT_LT(veth_name(container).size(), 16U);
    }
}

TEST(NetworkPlan, each_published_port_is_one_rule_that_goes_with_the_container) {
    struct Case {
        world::PortNote port;
        std::string rule;
    };
    const Case cases[] = {
        {{"0.0.0.0", 8080, 80, "tcp"}, "publish - cutaway0 tcp 0.0.0.0 8080 172.17.0.2 80"},
        {{"127.0.0.1", 8080, 80, "tcp"}, "publish - cutaway0 tcp 127.0.0.1 8080 172.17.0.2 80"},
        {{"0.0.0.0", 53, 53, "udp"}, "publish - cutaway0 udp 0.0.0.0 53 172.17.0.2 53"},
        {{"0.0.0.0", 65535, 1, "sctp"}, "publish - cutaway0 sctp 0.0.0.0 65535 172.17.0.2 1"},
    };
    for (const Case& c : cases) {
        const plan::PlannedCall last = plan_cable(bridged({c.port})).back();
        EXPECT_EQ(plan::call_text(last.call), "nat_add " + id + " " + c.rule);
        EXPECT_EQ(texts(last.undo), std::vector<std::string>{"nat_remove " + id + " " + c.rule});
    }
    EXPECT_EQ(plan_cable(bridged({cases[0].port, cases[1].port})).size(), plan_cable(bridged()).size() + 2);
}

TEST(NetworkPlan, inside_there_is_an_address_and_a_way_out_or_only_the_loopback) {
    EXPECT_EQ(texts(plan_inside(bridged())),
              (std::vector<std::string>{"link_up lo", "address eth0 172.17.0.2/16", "link_up eth0",
                                        "route default 172.17.0.1 eth0"}));
    Config none;
    none.container = id;
    EXPECT_EQ(texts(plan_inside(none)), std::vector<std::string>{"link_up lo"});
    for (const plan::PlannedCall& call : plan_inside(bridged())) {
        EXPECT_EQ(call.place, plan::Place::init);
    }
}

TEST(NetworkAddresses, count_from_the_subnets_first_host_to_its_last) {
    struct Case {
        std::string subnet;
        std::uint32_t number;
        std::string address;
    };
    const Case cases[] = {{"172.17.0.0/16", 1, "172.17.0.1"},
                          {"172.17.0.0/16", 256, "172.17.1.0"},
                          {"172.17.0.0/16", 65534, "172.17.255.254"},
                          {"172.17.0.0/16", 65535, ""},
                          {"172.17.0.0/16", 0, ""},
                          {"10.0.0.0/30", 2, "10.0.0.2"},
                          {"10.0.0.0/30", 3, ""},
                          {"10.0.0.0/31", 1, ""},
                          {"10.0.0.0/7", 1, ""},
                          {"300.0.0.0/16", 1, ""},
                          {"10.0.0.0", 1, ""},
                          {"10.0.0/16", 1, ""},
                          {"", 1, ""},
                          {"10.0.0.0/16x", 1, ""},
                          {"a.b.c.d/16", 1, ""}};
    for (const Case& c : cases) {
        EXPECT_EQ(host_in(c.subnet, c.number), c.address) << c.subnet << " " << c.number;
    }
    EXPECT_EQ(hosts_in("172.17.0.0/16"), 65534U);
    EXPECT_EQ(hosts_in("10.0.0.0/30"), 2U);
    EXPECT_EQ(hosts_in("nonsense"), 0U);
}

}  // namespace
}  // namespace cutaway::network
