// SPDX-License-Identifier: Apache-2.0
// What watchers of one engine see of its runs and of each other, and what no byte at its socket may do.
#include "core/link/hub.h"

#include <gtest/gtest.h>

namespace cutaway::link {
namespace {

constexpr Peer ada = 1;
constexpr Peer bob = 2;
constexpr Peer worker = 100;

class HubTest : public ::testing::Test {
protected:
    HubTest()
        : hub([](const std::string& text) {
              return text == "nonsense" ? Status(fail(Errc::invalid, "nonsense is no breakpoint")) : Status();
          }) {}

    void both_watch() {
        hub.watcher_came(ada, "ada");
        hub.watcher_came(bob, "bob");
    }
    std::vector<Order> begin(std::uint32_t run = 1) {
        std::vector<Order> points = hub.run_began(run, "eve", "run nginx");
        hub.worker_is(run, worker + run);
        return points;
    }
    // What one peer was told since the last look, one word a message.
    std::string told(Peer peer) {
        for (Post& post : hub.take_posts()) {
            boxes[post.to].push_back(std::move(post.message));
        }
        std::string text;
        for (const Message& message : std::exchange(boxes[peer], {})) {
            text += (text.empty() ? "" : ", ") + std::visit([](const auto& one) { return say(one); }, message);
        }
        return text;
    }

    Hub hub;
    std::map<Peer, std::vector<Message>> boxes;

private:
    static std::string say(const Began& one) { return "began " + one.command + (one.cut ? " cut" : ""); }
    static std::string say(const Text& one) { return "text " + one.bytes.substr(0, 20); }
    static std::string say(const Stood& one) { return "stood " + one.next; }
    static std::string say(const WentOn& one) { return one.who + " said " + std::string(to_name(one.how)); }
    static std::string say(const PointSet& one) {
        return one.who + " set " + std::to_string(one.point) + " " + one.text;
    }
    static std::string say(const PointGone& one) { return one.who + " took " + std::to_string(one.point); }
    static std::string say(const Over& one) { return "over " + std::to_string(one.status); }
    static std::string say(const Answer& one) { return "answer " + one.text; }
    static std::string say(const Order& one) {
        return std::string(to_name(one.what)) + (one.point == 0 ? "" : " " + std::to_string(one.point)) + " by " +
               one.who;
    }
    template <class T>
    static std::string say(const T&) {
        return std::string(T::kind);
    }
};

TEST_F(HubTest, BothWatchersSeeARunFromItsBeginningToItsEnd) {
    hub.watcher_came(ada, "ada");
    begin();
    hub.from_worker(1, Text{0, "one\n"});
    hub.watcher_came(bob, "bob");
    hub.from_worker(1, Text{0, "two\n"});
    hub.run_ended(1, 42);
    EXPECT_EQ(told(ada), "began run nginx, text one\n, text two\n, over 42");
    EXPECT_EQ(told(bob), "began run nginx, text one\n, text two\n, over 42") << "who comes late misses nothing";
}

TEST_F(HubTest, AGateThatOneSetIsSeenByTheOtherWhoMayLetItGoOnAndBothAreToldWho) {
    both_watch();
    begin();
    hub.from_watcher(ada, Order{0, OrderKind::add, "call:mount", 0, ""});
    hub.from_worker(1, Stood{0, "mount"});
    hub.from_watcher(bob, Order{1, OrderKind::step, "", 0, "a name that bob made up"});
    EXPECT_EQ(told(worker + 1), "add 1 by ada, step by bob");
    hub.from_worker(1, WentOn{0, "bob", OrderKind::step});
    const std::string seen = "began run nginx, ada set 1 call:mount, stood mount, bob said step";
    EXPECT_EQ(told(ada), seen);
    EXPECT_EQ(told(bob), seen);
}

TEST_F(HubTest, ABreakpointHoldsForLaterRunsAndGoesWithWhoeverSetIt) {
    both_watch();
    hub.from_watcher(ada, Order{0, OrderKind::add, "call:mount", 0, ""});
    const std::vector<Order> points = begin();
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points.front().text, "call:mount");
    hub.watcher_left(ada);
    EXPECT_EQ(told(worker + 1), "remove 1 by ada");
    EXPECT_EQ(told(bob), "ada set 1 call:mount, began run nginx, ada took 1");
    EXPECT_TRUE(begin(2).empty());
}

TEST_F(HubTest, ARunThatStandsGoesOnWhenNobodyWatchesAnyMore) {
    both_watch();
    begin();
    hub.from_worker(1, Stood{0, "mount"});
    hub.watcher_left(ada);
    EXPECT_EQ(told(worker + 1), "");
    hub.watcher_left(bob);
    EXPECT_EQ(told(worker + 1), "go by the engine, since nobody watches");
    hub.from_worker(1, Stood{0, "a stop that was on its way"});
    EXPECT_EQ(told(worker + 1), "go by the engine, since nobody watches");
}

TEST_F(HubTest, OrdersThatCannotBeFollowedAreAnsweredToWhoGaveThemAlone) {
    both_watch();
    begin();
    static_cast<void>(told(ada));
    static_cast<void>(told(bob));
    hub.from_watcher(ada, Order{0, OrderKind::add, "nonsense", 0, ""});
    hub.from_watcher(ada, Order{7, OrderKind::go, "", 0, ""});
    hub.from_watcher(ada, Order{0, OrderKind::remove, "", 9, ""});
    hub.from_watcher(ada, Leave{});
    hub.from_worker(1, Stood{});
    hub.from_watcher(ada, Order{1, OrderKind::go, "", 0, ""});
    EXPECT_EQ(told(ada),
              "answer nonsense is no breakpoint, answer there is no run 7, answer there is no breakpoint 9, answer who "
              "watches may give orders and nothing else, stood , answer run 1 is stepped at its own terminal");
    EXPECT_EQ(told(bob), "stood ");
    EXPECT_EQ(told(worker + 1), "");
}

TEST_F(HubTest, ALongTraceIsKeptUpToABoundAndSaysThatItsBeginningIsGone) {
    begin();
    const std::string piece(longest_text, 'x');
    for (int i = 0; i < 300; ++i) {
        hub.from_worker(1, Text{0, piece});
    }
    hub.watcher_came(ada, "ada");
    EXPECT_EQ(told(ada), "began run nginx cut");
}

TEST_F(HubTest, BreakpointsAreBounded) {
    hub.watcher_came(ada, "ada");
    for (int i = 0; i < 256; ++i) {
        hub.from_watcher(ada, Order{0, OrderKind::add, "call:mount", 0, ""});
    }
    static_cast<void>(told(ada));
    hub.from_watcher(ada, Order{0, OrderKind::add, "call:mount", 0, ""});
    EXPECT_EQ(told(ada), "answer there are too many breakpoints at this engine");
}

TEST(Protocol, EveryMessageComesBackAsItWasSent) {
    Perform wanted;
    wanted.words = {"run", "--rm", "nginx"};
    wanted.step = "call";
    wanted.breaks = {"call:mount"};
    wanted.traced = true;
    const std::vector<Message> all{wanted,
                                   Watch{},
                                   Signal{"SIGINT"},
                                   Order{1, OrderKind::add, "call:mount", 2, "ada"},
                                   Refused{"no"},
                                   Finished{137},
                                   Began{1, "ada", "run", true},
                                   Text{1, "{}\n"},
                                   Stood{1, "{}"},
                                   WentOn{1, "ada", OrderKind::cancel},
                                   PointSet{1, "x", "ada"},
                                   PointGone{1, "ada"},
                                   Over{1, -1},
                                   Answer{"no"},
                                   Leave{true}};
    EXPECT_EQ(all.size(), std::variant_size_v<Message>);
    for (const Message& one : all) {
        const std::string bytes = encode(one);
        const Result<Message> again = decode(bytes);
        ASSERT_TRUE(again);
        EXPECT_EQ(encode(*again), bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            EXPECT_FALSE(decode(bytes.substr(0, cut))) << one.index() << " cut to " << cut;
        }
    }
}

TEST(Protocol, WhoComesSaysWhatTheyWantInThisProtocolOrHearsWhyNot) {
    struct Case {
        Message first;
        std::string_view says;
    };
    Perform other;
    other.protocol = 99;
    other.words = {"ps"};
    Perform silent;
    Perform zero;
    zero.words = {"run", std::string("a\0b", 3)};
    Watch old;
    old.protocol = 0;
    for (const Case& one : {Case{other, "use the two of one version"}, Case{silent, "there is no command"},
                            Case{zero, "zero byte"}, Case{old, "use the two of one version"},
                            Case{Signal{"SIGKILL"}, "begins with a command"}, Case{Leave{}, "begins with a command"}}) {
        const Status answer = check_first(one.first);
        ASSERT_FALSE(answer);
        EXPECT_NE(answer.error().doing.find(one.says), std::string::npos) << answer.error().doing;
    }
    EXPECT_TRUE(check_first(Watch{}));
    EXPECT_EQ(decode(std::string(longest_message + 1, 'x')).error().doing,
              "read a message at the engine's socket: it is longer than a mebibyte");
}

}  // namespace
}  // namespace cutaway::link
