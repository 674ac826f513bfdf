// SPDX-License-Identifier: Apache-2.0
// Containers on networks, from the outside: published ports, the way out, each other, and what is left behind. Every
// test is in a network namespace of its own, with a second machine at the end of a cable.
#include <signal.h>

#include <filesystem>

#include "core/host/kernel.h"
#include "core/host/nft_rule.h"
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

class RealNetwork : public testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();
        if (const Status there = find_nf_tables(); !there) {
            GTEST_SKIP() << "no nf_tables here: " << there.error().doing;
        }
        town_ = std::make_unique<Town>();
    }
    void TearDown() override {
        for (const std::string& id : containers_in(root_)) {
            static_cast<void>(cutaway(root_, {"rm", "-f", id}));
        }
    }
    Answer serve(const Words& options) {
        Words words{"run", "-d"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"lab/hello", "/hello", "serve", "80"});
        Answer answer = cutaway(root_, words);
        EXPECT_EQ(answer.status, 0) << answer.out;
        return answer;
    }
    // A container of its own that asks and prints the answer.
    Answer ask(const Words& options, const std::string& address, const std::string& port) {
        Words words{"run", "--rm"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"lab/hello", "/hello", "fetch", address, port});
        return cutaway(root_, words);
    }
    // The server may need a moment from its start to its listen.
    Answer fetch(const std::string& address, const std::string& port) {
        Answer answer;
        eventually([&] { return (answer = town_->fetch(address, port)).status == 0; });
        return answer;
    }
    void expect_tidy() {
        Words left;
        for (const std::string& link : links()) {
            if (link.starts_with("veth") || link.starts_with("peth")) {
                left.push_back(link);
            }
        }
        EXPECT_EQ(left, Words{});
    }
    TempFolder root_;
    std::unique_ptr<Town> town_;
};

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
        EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); }, 5000));
        expect_tidy();
        EXPECT_EQ(cutaway(root_, {"run", "--rm", "-p", "8080:80", "lab/hello"}).status, 0) << "the port is free";
        static_cast<void>(cutaway(root_, {"rm", "-f", "web"}));
    }
}

// The shim, which is named by the container, and everything in the container's cgroups.
void kill_all_of(const std::string& id) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string pid = entry.path().filename();
        const bool process = pid.find_first_not_of("0123456789") == std::string::npos;
        if (process &&
            (has(text_of("/proc/" + pid + "/cmdline"), id) || has(text_of("/proc/" + pid + "/cgroup"), id))) {
            ::kill(std::stoi(pid), SIGKILL);
        }
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
