// SPDX-License-Identifier: Apache-2.0
// Containers on networks, from the outside: published ports, the way out, each other, and what is left behind. Every
// test is in a network namespace of its own, with a second machine at the end of a cable.
#include "tests/host/real_network.h"

#include <filesystem>

#include "core/host/kernel.h"

namespace cutaway::host {
namespace {

TEST_F(RealNetwork, APublishedPortIsReachedFromOutsideFromTheHostAndByItsLoopback) {
    serve({"--name", "web", "-p", "8080:80"});
    const std::string id = containers_in(root_).front();
    const std::string from = " from " + id.substr(0, 12) + "\n";
    EXPECT_EQ(fetch("127.0.0.1", "8080").out, "hello 172.17.0.1" + from) << "the loopback takes the bridge's address";
    EXPECT_EQ(town_->fetch("10.55.0.1", "8080").out, "hello 10.55.0.1" + from);
    EXPECT_EQ(town_->fetch_from_outside("10.55.0.1", "8080").out, "hello 10.55.0.2" + from)
        << "nobody hides the caller";
    EXPECT_EQ(ask({}, "10.55.0.1", "8080").out, "hello 172.17.0.1" + from)
        << "another container, by the host's address";
    EXPECT_EQ(cutaway(root_, {"exec", "web", "/hello", "fetch", "10.55.0.1", "8080"}).out, "hello 172.17.0.1" + from)
        << "itself, by the host's address";
    EXPECT_EQ(cutaway(root_, {"port", "web"}).out, "80/tcp -> 0.0.0.0:8080\n");
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web"}).status, 0);
    EXPECT_NE(town_->fetch("127.0.0.1", "8080").status, 0);
    EXPECT_NE(town_->fetch_from_outside("10.55.0.1", "8080").status, 0);
    expect_nothing_left(root_, id);
    expect_tidy();
}

TEST_F(RealNetwork, AContainerReachesTheOutsideWithTheHostsAddress) {
    const Answer answer = ask({}, "10.55.0.2", "9000");
    EXPECT_TRUE(has(answer.out, "\nhello 10.55.0.1 from ")) << answer.out;
    expect_tidy();
}

TEST_F(RealNetwork, WithoutANetworkNothingIsReached) {
    EXPECT_NE(ask({"--network", "none"}, "10.55.0.2", "9000").status, 0);
    EXPECT_TRUE(ask({"--network", "host"}, "10.55.0.2", "9000").out.starts_with("hello 10.55.0.1 from "));
}

TEST_F(RealNetwork, TwoContainersOfANetworkTalkAndTwoNetworksAreApart) {
    ASSERT_EQ(cutaway(root_, {"network", "create", "one"}).status, 0);
    ASSERT_EQ(cutaway(root_, {"network", "create", "two"}).status, 0);
    serve({"--name", "web", "--network", "one", "-p", "8080:80"});
    const std::string address = "172.18.0.2";
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0);
    EXPECT_TRUE(ask({"--network", "one"}, address, "80").out.starts_with("hello 172.18.0.3 from "));
    EXPECT_NE(ask({"--network", "two"}, address, "80").status, 0);
    EXPECT_NE(ask({}, address, "80").status, 0) << "nor from the default network";
    EXPECT_EQ(ask({"--network", "two"}, "10.55.0.1", "8080").status, 0) << "but what is published is for everybody";
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web"}).status, 0);
    EXPECT_EQ(cutaway(root_, {"network", "rm", "one", "two"}).status, 0);
    for (const std::string& link : links()) {
        EXPECT_FALSE(link.starts_with("br-")) << link;
    }
}

TEST_F(RealNetwork, WhatIsNotPublishedIsNotReachedEvenByWhoKnowsTheWay) {
    serve({"--name", "web", "-p", "127.0.0.1:8080:80"});
    town_->outside([] {
        static_cast<void>(HostKernel().perform(world::AddRoute{"172.17.0.0/16", "10.55.0.1", "eth0"}));
    });
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0);
    EXPECT_EQ(town_->fetch("172.17.0.2", "80").status, 0) << "the host itself may";
    EXPECT_NE(town_->fetch_from_outside("172.17.0.2", "80").status, 0);
    EXPECT_NE(town_->fetch_from_outside("10.55.0.1", "8080").status, 0) << "published for the loopback alone";
}

TEST_F(RealNetwork, ThePortOfAnotherContainerIsDockersError) {
    serve({"--name", "web", "-p", "8080:80"});
    const Answer second = cutaway(root_, {"run", "-d", "--name", "late", "-p", "8080:80", "lab/hello"});
    EXPECT_EQ(second.status, 125);
    EXPECT_TRUE(has(second.out, "driver failed programming external connectivity on endpoint late (")) << second.out;
    EXPECT_TRUE(has(second.out, "Bind for 0.0.0.0:8080 failed: port is already allocated")) << second.out;
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0) << "the first one goes on";
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web"}).status, 0);
    EXPECT_EQ(cutaway(root_, {"start", "late"}).status, 0) << "now it is free";
}

TEST_F(RealNetwork, GivingUpAtAGateLeavesNoLinkAndNoRule) {
    for (const bool killed : {false, true}) {
        SCOPED_TRACE(killed ? "killed" : "given up");
        Process running(real_words(
            root_, {"--break", "call:execve", "run", "--rm", "-p", "8080:80", "--name", "web", "lab/hello"}));
        ASSERT_TRUE(running.says("Next: execve"));
        const std::string id = containers_in(root_).front();
        EXPECT_TRUE(has(cutaway(root_, {"run", "--rm", "-p", "8080:80", "lab/hello"}).out, "already allocated"));
        if (killed) {
            running.kill_it();
        } else {
            running.type("quit\n");
        }
        static_cast<void>(running.finish());
        EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); }));
        expect_tidy();
        EXPECT_EQ(cutaway(root_, {"run", "--rm", "-p", "8080:80", "lab/hello"}).status, 0) << "the port is free";
        static_cast<void>(cutaway(root_, {"rm", "-f", "web"}));
    }
}

TEST_F(RealNetwork, WhatAVanishedContainerLeftIsSweptByTheNextCommand) {
    serve({"--name", "web", "-p", "8080:80"});
    const std::string id = containers_in(root_).front();
    kill_all_of(id);
    std::filesystem::remove(root_.path("containers/" + id + "/config.json"));
    EXPECT_EQ(cutaway(root_, {"ps", "-a"}).status, 0);
    expect_tidy();
    EXPECT_EQ(cutaway(root_, {"run", "--rm", "-p", "8080:80", "lab/hello"}).status, 0) << "the port is free";
}

TEST_F(RealNetwork, AContainerThatDiedWithItsShimCanBeStartedAndRemoved) {
    serve({"--name", "web", "-p", "8080:80"});
    const std::string id = containers_in(root_).front();
    kill_all_of(id);
    EXPECT_TRUE(eventually([&] { return has(cutaway(root_, {"ps", "-a"}).out, "Exited (255)"); }));
    EXPECT_TRUE(has(cutaway(root_, {"kill", "web"}).out, "is not running"));
    EXPECT_EQ(cutaway(root_, {"start", "web"}).out, "web\n");
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0);
    kill_all_of(id);
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web"}).out, "web\n");
    expect_nothing_left(root_, id);
    expect_tidy();
}

TEST_F(RealNetwork, TheDefaultNetworkMakesWayForARouteThatIsThere) {
    ASSERT_TRUE(HostKernel().perform(world::AddAddress{"cable0", "172.17.5.1/24"}));
    serve({"--name", "web", "-p", "8080:80"});
    EXPECT_TRUE(fetch("127.0.0.1", "8080").out.starts_with("hello 172.18.0.1 from "));
}

TEST_F(RealNetwork, TheContainersFilesSayWhoAndWhereItIs) {
    serve({"--name", "web"});
    const std::string id = containers_in(root_).front();
    EXPECT_TRUE(has(text_of(root_.path("containers/" + id + "/hosts")), "172.17.0.2\t" + id.substr(0, 12) + "\n"));
    const std::string resolv = text_of(root_.path("containers/" + id + "/resolv.conf"));
    EXPECT_TRUE(has(resolv, "# Based on host file: '/etc/resolv.conf' (legacy)\n")) << resolv;
    EXPECT_FALSE(has(resolv, "nameserver 127.")) << resolv;
}

TEST_F(RealNetwork, AContainerMayShareAnothersNetwork) {
    serve({"--name", "web"});
    ASSERT_TRUE(fetch("172.17.0.2", "80").out.starts_with("hello 172.17.0.1 from "));
    EXPECT_TRUE(ask({"--network", "container:web"}, "127.0.0.1", "80").out.starts_with("hello 127.0.0.1 from "));
    const Answer seen = cutaway(root_, {"run", "--rm", "--network", "container:web", "lab/hello", "/hello", "probe"});
    EXPECT_EQ(seen.status, 0) << seen.out;
    EXPECT_FALSE(has(seen.out, "pidfd") || has(seen.out, "socket:")) << "what it joined by is closed: " << seen.out;
    EXPECT_EQ(cutaway(root_, {"stop", "-t", "0", "web"}).status, 0);
    EXPECT_EQ(ask({"--network", "container:web"}, "127.0.0.1", "80").status, 125);
}

}  // namespace
}  // namespace cutaway::host
