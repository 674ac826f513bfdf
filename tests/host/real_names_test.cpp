// SPDX-License-Identifier: Apache-2.0
// Names on user networks, asked from inside as any program would ask, and networks that are plugged and unplugged while a
// container runs.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "core/dns/message.h"
#include "core/host/name_server.h"
#include "core/host/syscall.h"
#include "tests/host/real_network.h"

namespace cutaway::host {
namespace {

// --- names ----------------------------------------------------------------------------------------------------------

// One that runs, from which names can be asked, on a network of the user's.
class RealNames : public RealNetwork {
protected:
    void SetUp() override {
        RealNetwork::SetUp();
        if (!IsSkipped()) {
            ASSERT_EQ(cutaway(root_, {"network", "create", "one"}).status, 0);
            serve({"--name", "web", "--network", "one", "--network-alias", "www"});
        }
    }
    void TearDown() override {
        RealNetwork::TearDown();
        for (const char* name : {"one", "two"}) {
            static_cast<void>(cutaway(root_, {"network", "rm", name}));
        }
    }
    std::string ask_name(const Words& question, const std::string& who = "web") {
        Words words{"exec", who, "/hello", "ask"};
        words.insert(words.end(), question.begin(), question.end());
        return cutaway(root_, words).out;
    }
};

const char* const address_record = "1";
const char* const name_record = "12";
const char* const six_record = "28";

TEST_F(RealNames, NamesAliasesAndShortIdsAreAnsweredForWhoIsThere) {
    serve({"--name", "db", "--network", "one", "--network-alias", "www"});
    const std::string id = cutaway(root_, {"ps", "-q", "--filter", "name=web"}).out.substr(0, 12);
    EXPECT_EQ(ask_name({"db", address_record}), "172.18.0.3\n");
    EXPECT_EQ(ask_name({"DB", address_record, "tcp"}), "172.18.0.3\n") << "letters have no case, and TCP will do";
    EXPECT_EQ(ask_name({"db.one", address_record}), "172.18.0.3\n") << "with its network's name";
    EXPECT_EQ(ask_name({id, address_record}, "db"), "172.18.0.2\n");
    const std::string both = ask_name({"www", address_record});
    EXPECT_TRUE(has(both, "172.18.0.2\n") && has(both, "172.18.0.3\n")) << "an alias of two: " << both;
    EXPECT_EQ(ask_name({"db", six_record}), "nothing\n") << "known, and no IPv6";
    EXPECT_EQ(ask_name({"3.0.18.172.in-addr.arpa", name_record}), "db.one\n");
    EXPECT_TRUE(has(cutaway(root_, {"exec", "web", "/hello", "fetch", "172.18.0.3", "80"}).out, "hello 172.18.0.2"));
}

TEST_F(RealNames, TheyComeAndGoWithTheirContainers) {
    EXPECT_EQ(ask_name({"db", address_record}), "code 2\n") << "nobody; and no server to ask";
    serve({"--name", "db", "--network", "one"});
    EXPECT_EQ(ask_name({"db", address_record}), "172.18.0.3\n");
    ASSERT_EQ(cutaway(root_, {"stop", "-t", "0", "db"}).status, 0);
    EXPECT_EQ(ask_name({"db", address_record}), "code 2\n");
    ASSERT_EQ(cutaway(root_, {"start", "db"}).status, 0);
    EXPECT_EQ(ask_name({"db", address_record}), "172.18.0.3\n");
    kill_all_of(cutaway(root_, {"ps", "-q", "--no-trunc", "--filter", "name=db"}).out.substr(0, 64));
    EXPECT_TRUE(has(ask_name({"web", address_record}), "172.18.0.2")) << "the others go on";
}

TEST_F(RealNames, AnotherNetworksNamesAreNotKnown) {
    ASSERT_EQ(cutaway(root_, {"network", "create", "two"}).status, 0);
    serve({"--name", "far", "--network", "two"});
    EXPECT_EQ(ask_name({"far", address_record}), "code 2\n");
    EXPECT_EQ(ask_name({"web", address_record}, "far"), "code 2\n");
    EXPECT_EQ(ask_name({"far", address_record}, "far"), "172.19.0.2\n");
}

TEST_F(RealNames, ResolvConfSaysSoAsDockerWritesIt) {
    const std::string id = containers_in(root_).front();
    const std::string resolv = text_of(root_.path("containers/" + id + "/resolv.conf"));
    EXPECT_TRUE(has(resolv, "\nnameserver 127.0.0.11\noptions ndots:0\n")) << resolv;
}

TEST_F(RealNames, AProgramInsideMayHavePort53Itself) {
    const Answer own =
        cutaway(root_, {"run", "-d", "--name", "own", "--network", "one", "lab/hello", "/hello", "serve", "53"});
    ASSERT_EQ(own.status, 0) << own.out;
    EXPECT_TRUE(eventually([&] {
        return has(cutaway(root_, {"logs", "own"}).out, "listening");
    })) << cutaway(root_, {"logs", "own"}).out;
    EXPECT_EQ(ask_name({"web", address_record, "tcp"}, "own"), "172.18.0.2\n");
}

// --- the machine's own servers ----------------------------------------------------------------------------------------

// This thread, and what it starts, with another /etc/resolv.conf.
class OwnResolver {
public:
    explicit OwnResolver(const std::string& text) : before_(open("/proc/thread-self/ns/mnt")) {
        EXPECT_EQ(::unshare(CLONE_NEWNS), 0);
        EXPECT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        EXPECT_TRUE(write_file(make(folder_.path("resolv.conf")), text));
        EXPECT_EQ(::mount(folder_.path("resolv.conf").c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr), 0);
    }
    OwnResolver(const OwnResolver&) = delete;
    OwnResolver& operator=(const OwnResolver&) = delete;
    ~OwnResolver() { EXPECT_EQ(::setns(before_.get(), CLONE_NEWNS), 0); }

private:
    static Fd open(const std::string& path) { return open_file(path, O_RDONLY | O_CLOEXEC).value_or(Fd()); }
    static std::string make(const std::string& path) {
        EXPECT_TRUE(open_file(path, O_WRONLY | O_CREAT, 0644));
        return path;
    }
    TempFolder folder_;
    Fd before_;
};

// Answers every question about addresses with 9.9.9.9, whoever asks.
class Upstream {
public:
    explicit Upstream(Town& town) {
        town.outside([&] { socket_ = Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(53);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
        thread_ = std::thread([this] { serve(); });
    }
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;
    ~Upstream() {
        over_ = true;
        thread_.join();
    }
    [[nodiscard]] int asked() const { return asked_; }

private:
    void serve() {
        std::array<char, 2048> bytes{};
        while (!over_) {
            if (!wait_readable(socket_.get(), 50).value_or(false)) {
                continue;
            }
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const ssize_t got =
                ::recvfrom(socket_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
            const auto query = dns::parse_query({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
            if (!query) {
                continue;
            }
            ++asked_;
            dns::Query guess = *query;
            guess.id = static_cast<std::uint16_t>(query->id + 1);
            for (const std::string& answer :
                 {dns::answer_addresses(guess, {0x06060606}), dns::answer_addresses(*query, {0x09090909})}) {
                ::sendto(socket_.get(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                         size);
            }
        }
    }
    Fd socket_;
    std::atomic<bool> over_{false};
    std::atomic<int> asked_{0};
    std::thread thread_;
};

TEST_F(RealNames, WhatNobodyHereIsCalledTheMachinesServersAreAsked) {
    const OwnResolver resolver("nameserver 10.55.0.2\n");
    const Upstream upstream(*town_);
    serve({"--name", "asker", "--network", "one"});
    EXPECT_EQ(ask_name({"example.org", address_record}, "asker"), "9.9.9.9\n")
        << "and not what came under a guessed number";
    EXPECT_EQ(upstream.asked(), 1);
    EXPECT_EQ(ask_name({"web", address_record}, "asker"), "172.18.0.2\n");
    EXPECT_EQ(ask_name({"web", six_record}, "asker"), "nothing\n");
    EXPECT_EQ(upstream.asked(), 1) << "own names are nobody else's business";
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "asker"}).status, 0);
}

TEST_F(RealNames, AServerThatDoesNotAnswerIsLeftForTheNext) {
    const OwnResolver resolver("search example\nnameserver 10.55.0.77\nnameserver 10.55.0.2\n");
    const Upstream upstream(*town_);
    serve({"--name", "asker", "--network", "one"});
    EXPECT_EQ(ask_name({"example.org", address_record}, "asker"), "9.9.9.9\n");
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "asker"}).status, 0);
}

TEST_F(RealNames, AFloodOfNonsenseCostsNoMemoryAndNobodyElseAnAnswer) {
    const std::string pid = cutaway(root_, {"inspect", "-f", "{{.State.Pid}}", "web"}).out;
    const Fd here = open_file("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC).value();
    const Fd there(open_pidfd(std::stoll(pid)).value());
    ASSERT_EQ(::setns(there.get(), CLONE_NEWNET), 0);
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::setns(here.get(), CLONE_NEWNET), 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    ::inet_pton(AF_INET, "127.0.0.11", &at.sin_addr);
    for (int i = 0; i < 20000; ++i) {
        std::string bytes(static_cast<std::size_t>(i % 600), static_cast<char>(i));
        if (i % 3 == 0) {
            bytes = std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03xyz\x00\x00\x01\x00\x01", 21);
        }
        ::sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    }
    EXPECT_EQ(ask_name({"web", address_record}), "172.18.0.2\n");
    const std::string id = containers_in(root_).front();
    for (const std::string& trace : traces_of(id)) {
        const std::size_t space = trace.find_last_of(' ');
        const std::string status = text_of("/proc/" + trace.substr(space + 1) + "/status");
        const std::size_t rss = status.find("VmRSS:");
        if (rss != std::string::npos) {
            EXPECT_LT(std::atoi(status.c_str() + rss + 6), 8192) << trace << " kB";
        }
    }
}

TEST(Servers, AreReadAsTheCLibraryReadsThem) {
    const auto count = [](std::string_view text) { return servers_in(text).size(); };
    EXPECT_EQ(count("nameserver 1.2.3.4\n#nameserver 5.6.7.8\nnameserver\t::1 \nsearch x\n"), 2U);
    EXPECT_EQ(count("nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4\n"), 3U);
    EXPECT_EQ(count("nameserver\nnameserver nonsense\nnameservers 1.2.3.4\n"), 0U);
    EXPECT_EQ(count(""), 0U);
}

// --- plugging -----------------------------------------------------------------------------------------------------------

TEST_F(RealNames, AContainerThatRunsIsPluggedIntoAnotherNetworkAndOutAgain) {
    ASSERT_EQ(cutaway(root_, {"network", "create", "--subnet", "10.77.0.0/24", "two"}).status, 0);
    serve({"--name", "db", "--network", "two"});
    EXPECT_EQ(cutaway(root_, {"network", "connect", "--alias", "front", "--ip", "10.77.0.9", "two", "web"}).out, "");
    EXPECT_EQ(ask_name({"db", address_record}), "10.77.0.2\n");
    EXPECT_EQ(ask_name({"front", address_record}, "db"), "10.77.0.9\n");
    EXPECT_TRUE(
        has(cutaway(root_, {"exec", "web", "/hello", "fetch", "10.77.0.2", "80"}).out, "hello 10.77.0.9 from "));
    const std::string id = cutaway(root_, {"ps", "-q", "--no-trunc", "--filter", "name=web"}).out.substr(0, 64);
    EXPECT_TRUE(has(text_of(root_.path("containers/" + id + "/hosts")), "10.77.0.9\t"));
    EXPECT_EQ(cutaway(root_, {"network", "disconnect", "two", "web"}).out, "");
    EXPECT_EQ(ask_name({"db", address_record}), "code 2\n");
    EXPECT_NE(cutaway(root_, {"exec", "web", "/hello", "fetch", "10.77.0.2", "80"}).status, 0);
    EXPECT_FALSE(has(text_of(root_.path("containers/" + id + "/hosts")), "10.77.0.9\t"));
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web", "db"}).status, 0);
    expect_tidy();
}

TEST_F(RealNames, WhoHadNoNamesToAskIsGivenSomebody) {
    serve({"--name", "plain"});
    EXPECT_EQ(cutaway(root_, {"network", "connect", "one", "plain"}).out, "");
    EXPECT_EQ(ask_name({"web", address_record}, "plain"), "172.18.0.2\n");
    EXPECT_EQ(cutaway(root_, {"network", "disconnect", "bridge", "plain"}).out, "");
    EXPECT_TRUE(has(cutaway(root_, {"exec", "plain", "/hello", "fetch", "10.55.0.2", "9000"}).out, "hello 10.55.0.1"))
        << "the way out is the other network's now";
    EXPECT_EQ(cutaway(root_, {"restart", "-t", "0", "plain"}).status, 0);
    EXPECT_EQ(ask_name({"web", address_record}, "plain"), "172.18.0.2\n") << "and so it starts from now on";
}

}  // namespace
}  // namespace cutaway::host
