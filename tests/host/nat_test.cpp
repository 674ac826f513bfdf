// SPDX-License-Identifier: Apache-2.0
// The rules that translate addresses, in a network namespace of the test's own.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/host/kernel.h"
#include "core/host/nft_rule.h"
#include "core/host/syscall.h"
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

constexpr const char* container = "feedbeef00112233445566778899aabb";

world::NatRule masquerade() {
    world::NatRule rule;
    rule.what = "masquerade";
    rule.subnet = "172.17.0.0/16";
    rule.bridge = "nat0";
    return rule;
}

world::NatRule publish(const std::string& address, std::uint16_t port, const std::string& protocol = "tcp") {
    world::NatRule rule;
    rule.what = "publish";
    rule.bridge = "nat0";
    rule.protocol = protocol;
    rule.host_address = address;
    rule.host_port = port;
    rule.address = "172.17.0.2";
    rule.port = 80;
    return rule;
}

int errno_of(const world::Call& call) {
    const Result<world::Reply> reply = HostKernel().perform(call);
    return reply ? 0 : reply.error().sys_errno == 0 ? -1 : reply.error().sys_errno;
}

std::string told(const world::Call& call) {
    const Result<world::Reply> reply = HostKernel().perform(call);
    std::string all = reply ? "" : reply.error().doing;
    for (std::size_t i = 0; reply && i < reply->system_calls.size(); ++i) {
        all += reply->system_calls[i].name + "(" + reply->system_calls[i].arguments + ")\n";
    }
    return all;
}

class Nat : public testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        if (const Status there = find_nf_tables(); !there) {
            GTEST_SKIP() << "no nf_tables here: " << there.error().doing;
        }
        own_ = std::make_unique<OwnNetwork>();
        ASSERT_EQ(errno_of(world::MakeBridge{"nat0"}), 0);
    }
    std::unique_ptr<OwnNetwork> own_;
};

TEST_F(Nat, TheReplyListsTheRulesAsTheyWereAdded) {
    const std::string network = told(world::AddNat{"", masquerade()});
    for (const char* part :
         {"write(\"/proc/sys/net/ipv4/conf/nat0/route_localnet\", \"1\"", "NFT_MSG_NEWTABLE ip cutaway",
          "NFT_MSG_NEWRULE postrouting ip saddr 172.17.0.0/16 oifname != \"nat0\" masquerade",
          "NFT_MSG_NEWRULE forward iifname != \"nat0\" oifname \"nat0\" drop",
          "NFT_MSG_NEWRULE guard iifname \"nat0\" ip daddr 127.0.0.0/8 drop"}) {
        EXPECT_TRUE(has(network, part)) << part << " in " << network;
    }
    const std::string port = told(world::AddNat{container, publish("127.0.0.1", 8080)});
    for (const char* chain : {"prerouting", "output"}) {
        EXPECT_TRUE(has(port, "NFT_MSG_NEWRULE " + std::string(chain) +
                                  " ip daddr 127.0.0.1 fib daddr type local tcp dport 8080 dnat to 172.17.0.2:80"))
            << port;
    }
}

TEST_F(Nat, ANetworksRulesAreAddedOnce) {
    EXPECT_TRUE(has(told(world::AddNat{"", masquerade()}), "NFT_MSG_NEWRULE"));
    const std::string again = told(world::AddNat{"", masquerade()});
    EXPECT_FALSE(has(again, "NFT_MSG")) << again;
}

TEST_F(Nat, APortIsTakenOnceForEachProtocolAndAddress) {
    struct Case {
        world::NatRule rule;
        int error;
    };
    ASSERT_EQ(errno_of(world::AddNat{container, publish("127.0.0.1", 8080)}), 0);
    for (const Case& one : {Case{publish("127.0.0.1", 8080), EADDRINUSE}, Case{publish("0.0.0.0", 8080), EADDRINUSE},
                            Case{publish("", 8080), EADDRINUSE}, Case{publish("127.0.0.2", 8080), 0},
                            Case{publish("127.0.0.1", 8080, "udp"), 0}, Case{publish("127.0.0.1", 808), 0},
                            Case{publish("0.0.0.0", 18080), 0}, Case{publish("10.1.2.3", 1), EADDRNOTAVAIL},
                            Case{publish("::1", 1), -1}}) {
        EXPECT_EQ(errno_of(world::AddNat{"other", one.rule}), one.error)
            << one.rule.protocol << " " << one.rule.host_address << ":" << one.rule.host_port;
    }
}

TEST_F(Nat, APortThatAProcessOfTheHostListensOnIsTaken) {
    const Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(8080);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    EXPECT_EQ(errno_of(world::AddNat{container, publish("0.0.0.0", 8080)}), EADDRINUSE);
    EXPECT_EQ(errno_of(world::AddNat{container, publish("0.0.0.0", 8080, "udp")}), 0);
}

TEST_F(Nat, WhatIsRemovedIsGoneAndTheTableGoesWithItsLastRule) {
    const world::RemoveNat port{container, publish("0.0.0.0", 8080)};
    ASSERT_EQ(errno_of(world::AddNat{"", masquerade()}), 0);
    ASSERT_EQ(errno_of(world::AddNat{container, publish("0.0.0.0", 8080)}), 0);
    ASSERT_EQ(errno_of(world::AddNat{container, publish("0.0.0.0", 8081)}), 0);
    EXPECT_EQ(errno_of(port), 0);
    EXPECT_EQ(errno_of(port), ENOENT);
    EXPECT_EQ(errno_of(world::AddNat{"other", publish("0.0.0.0", 8081)}), EADDRINUSE) << "the other one stays";
    EXPECT_EQ(errno_of(world::AddNat{"other", publish("0.0.0.0", 8080)}), 0) << "this one is free again";
    EXPECT_EQ(errno_of(world::RemoveNat{"", masquerade()}), 0);
    EXPECT_EQ(errno_of(port), 0);
    EXPECT_TRUE(has(told(world::RemoveNat{container, publish("0.0.0.0", 8081)}), "NFT_MSG_DELTABLE ip cutaway"));
    EXPECT_EQ(errno_of(port), ENOENT);
}

TEST_F(Nat, WhatIsNoSubnetIsRefusedAndNothingIsAdded) {
    world::NatRule odd = masquerade();
    odd.subnet = "172.17.0/16";
    EXPECT_EQ(errno_of(world::AddNat{"", odd}), -1);
    EXPECT_EQ(errno_of(world::RemoveNat{"", odd}), ENOENT);
}

}  // namespace
}  // namespace cutaway::host
