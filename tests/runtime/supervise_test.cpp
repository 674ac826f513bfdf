// SPDX-License-Identifier: Apache-2.0
// --restart: docker's rules, and a shim that follows them by itself.
#include "core/runtime/supervise.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/runtime/stage.h"

namespace cutaway::runtime {
namespace {

using test::small_start;
using test::Trio;

TEST(Supervise, WhoIsStartedAgainIsDockersTable) {
    struct Case {
        RestartOrder order;
        std::uint32_t count;
        std::int32_t code;
        bool again;
    };
    for (const Case& one : {Case{{"always", 0, {}}, 99, 0, true}, Case{{"unless-stopped", 0, {}}, 0, 0, true},
                            Case{{"on-failure", 0, {}}, 99, 1, true}, Case{{"on-failure", 0, {}}, 0, 0, false},
                            Case{{"on-failure", 2, {}}, 1, 137, true}, Case{{"on-failure", 2, {}}, 2, 137, false},
                            Case{{"no", 0, {}}, 0, 1, false}, Case{{"", 0, {}}, 0, 1, false}}) {
        EXPECT_EQ(wants_restart(one.order, one.count, one.code), one.again) << one.order.policy << " " << one.count;
    }
}

TEST(Supervise, TheWaitDoublesToAMinuteAndBeginsAnewAfterALongRun) {
    std::int64_t delay = 0;
    std::vector<std::int64_t> ms;
    for (int i = 0; i < 12; ++i) {
        delay = next_delay(delay, 0);
        ms.push_back(delay / 1'000'000);
    }
    EXPECT_EQ(ms, (std::vector<std::int64_t>{100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000}));
    EXPECT_EQ(next_delay(delay, long_enough_ns), first_delay_ns);
    EXPECT_EQ(next_delay(delay, long_enough_ns - 1), longest_delay_ns);
}

TEST(Supervise, AnotherNetworkPartTakesTheFirstOnesPlace) {
    const auto call = [](world::Phase phase, const std::string& name) {
        plan::PlannedCall one;
        one.phase = phase;
        one.call = world::RaiseLink{name};
        return one;
    };
    const auto names = [](const plan::Plan& plan) {
        std::string all;
        for (const plan::PlannedCall& one : plan.calls) {
            all += std::get<world::RaiseLink>(one.call).link;
        }
        return all;
    };
    plan::Plan plan;
    plan.calls = {call(world::Phase::overlay, "a"), call(world::Phase::network, "b"), call(world::Phase::network, "c"),
                  call(world::Phase::exec, "d")};
    EXPECT_EQ(names(with_network(plan, {call(world::Phase::network, "x")})), "axd");
    EXPECT_EQ(names(with_network(plan, {})), "abcd");
}

// A container that has been started once, with an order beside its exit record.
class Tended : public testing::Test {
protected:
    Tended() : trio_(begin()) {
        order({"always", 0, {}});
        launched_ = std::make_unique<Result<Launched>>(trio_.launch());
        trio_.send(Kept{});
        trio_.settle();
        trio_.asked.clear();
    }
    static Begin begin() {
        Begin begin = small_start();
        begin.exit_record = "/run/c/exit.json";
        return begin;
    }
    void order(const RestartOrder& wish) { trio_.host.saved["/run/c/restart"] = encode_order(wish); }
    RestartRecord told() { return decode_record(trio_.host.saved["/run/c/restarted"]).value(); }
    bool has_ended() { return trio_.host.saved.contains("/run/c/exit.json"); }
    void pass(std::int64_t ns) {
        trio_.host.now += ns;
        trio_.revive();
        trio_.settle();
    }
    Trio trio_;
    std::unique_ptr<Result<Launched>> launched_;
};

TEST_F(Tended, TheShimTakesBackWaitsAndStartsItAgainByItself) {
    trio_.init_ends({3, 0, false, false});
    trio_.settle();
    EXPECT_FALSE(has_ended());
    EXPECT_EQ(told().count, 1U);
    EXPECT_EQ(told().pid, 0);
    EXPECT_EQ(told().code, 3);
    EXPECT_TRUE(std::find(trio_.asked.begin(), trio_.asked.end(), "shim umount") != trio_.asked.end());
    trio_.asked.clear();
    pass(first_delay_ns - 1);
    EXPECT_EQ(trio_.asked, std::vector<std::string>{}) << "not yet";
    pass(1);
    EXPECT_EQ(trio_.asked,
              (std::vector<std::string>{"shim mount", "shim cgroup_create", "shim clone", "shim cgroup_write",
                                        "init sethostname", "shim veth", "init pivot_root", "init execve"}));
    EXPECT_EQ(told().pid, test::child_pid);
    EXPECT_FALSE(trio_.shim_over);
}

TEST_F(Tended, AnOrderTakenBackEndsTheWait) {
    trio_.init_ends({3, 0, false, false});
    trio_.settle();
    trio_.host.saved.erase("/run/c/restart");
    trio_.settle();
    EXPECT_TRUE(has_ended());
    EXPECT_TRUE(trio_.shim_over);
    EXPECT_EQ(parse_exit_record(trio_.host.saved["/run/c/exit.json"]).value().code, 3);
}

TEST_F(Tended, WhatCannotBeStartedAgainHasEnded) {
    trio_.init_ends({3, 0, false, false});
    trio_.settle();
    trio_.shim_kernel.before = [](const world::Call& call) -> Status {
        return std::holds_alternative<world::Mount>(call) ? Status(fail(Errc::io, "no")) : Status();
    };
    pass(first_delay_ns);
    EXPECT_TRUE(has_ended());
    EXPECT_EQ(parse_exit_record(trio_.host.saved["/run/c/exit.json"]).value().code, 128);
    EXPECT_TRUE(trio_.shim_over);
}

TEST_F(Tended, WithoutAnOrderItEnds) {
    trio_.host.saved.erase("/run/c/restart");
    trio_.init_ends({0, 0, false, false});
    trio_.settle();
    EXPECT_TRUE(has_ended());
    EXPECT_TRUE(trio_.shim_over);
}

}  // namespace
}  // namespace cutaway::runtime
