// SPDX-License-Identifier: Apache-2.0
#include "core/cgroup/cgroup.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::cgroup {
namespace {

using plan::texts;
using world::CgroupLayout;

Config config_of(CgroupLayout layout, const Limits& limits = {}) {
    Config config;
    config.container = "abc";
    config.layout = layout;
    config.limits = limits;
    config.controllers = {"cpu", "memory", "pids", "freezer", "cpuset"};
    return config;
}

Limits memory(std::uint64_t bytes, std::int64_t swap) {
    Limits limits;
    limits.memory = bytes;
    limits.memory_swap = swap;
    return limits;
}
Limits cpus(std::uint64_t nano) {
    Limits limits;
    limits.nano_cpus = nano;
    return limits;
}
Limits shares(std::int64_t count) {
    Limits limits;
    limits.cpu_shares = count;
    return limits;
}
Limits pids(std::int64_t count) {
    Limits limits;
    limits.pids = count;
    return limits;
}

TEST(CgroupPaths, one_directory_on_v2_and_one_for_each_mounted_controller_otherwise) {
    EXPECT_EQ(paths(config_of(CgroupLayout::v2)), std::vector<std::string>{"/sys/fs/cgroup/cutaway/abc"});
    const std::vector<std::string> five{"/sys/fs/cgroup/memory/cutaway/abc", "/sys/fs/cgroup/cpu/cutaway/abc",
                                        "/sys/fs/cgroup/pids/cutaway/abc", "/sys/fs/cgroup/freezer/cutaway/abc",
                                        "/sys/fs/cgroup/cpuset/cutaway/abc"};
    EXPECT_EQ(paths(config_of(CgroupLayout::v1)), five);
    EXPECT_EQ(paths(config_of(CgroupLayout::hybrid)), five);
}

TEST(CgroupPaths, an_ordinary_user_has_what_was_left_to_them_or_nothing) {
    Config config = config_of(CgroupLayout::v2, memory(1 << 20, 0));
    config.parent = "/sys/fs/cgroup/user.slice/mine";
    EXPECT_EQ(paths(config), std::vector<std::string>{"/sys/fs/cgroup/user.slice/mine/cutaway-abc"});
    for (const CgroupLayout layout : {CgroupLayout::v1, CgroupLayout::v2, CgroupLayout::hybrid}) {
        Config none = config_of(layout, memory(1 << 20, 0));
        none.none = true;
        EXPECT_TRUE(paths(none).empty() && plan_groups(none).empty() && plan_join(none).empty());
        EXPECT_TRUE(limit_calls(none).empty());
    }
}

TEST(CgroupLimits, are_written_in_the_units_of_each_version) {
    constexpr std::uint64_t mib = 1 << 20;
    const std::string v2 = "cgroup_write /sys/fs/cgroup/cutaway/abc ";
    const auto v1 = [](const char* controller) {
        return "cgroup_write /sys/fs/cgroup/" + std::string(controller) + "/cutaway/abc ";
    };
    struct Case {
        Limits limits;
        std::vector<std::string> second;
        std::vector<std::string> first;
    };
    const Case cases[] = {
        {{}, {}, {}},
        {memory(64 * mib, 0),  // as much swap again
         {v2 + "memory.max 67108864", v2 + "memory.swap.max 67108864"},
         {v1("memory") + "memory.limit_in_bytes 67108864"}},
        {memory(64 * mib, 96 * mib),
         {v2 + "memory.max 67108864", v2 + "memory.swap.max 33554432"},
         {v1("memory") + "memory.limit_in_bytes 67108864"}},
        {memory(64 * mib, 64 * mib),
         {v2 + "memory.max 67108864", v2 + "memory.swap.max 0"},
         {v1("memory") + "memory.limit_in_bytes 67108864"}},
        {memory(64 * mib, -1),
         {v2 + "memory.max 67108864", v2 + "memory.swap.max max"},
         {v1("memory") + "memory.limit_in_bytes 67108864"}},
        {cpus(1'500'000'000),
         {v2 + "cpu.max 150000 100000"},
         {v1("cpu") + "cpu.cfs_period_us 100000", v1("cpu") + "cpu.cfs_quota_us 150000"}},
        {cpus(500'000'000),
         {v2 + "cpu.max 50000 100000"},
         {v1("cpu") + "cpu.cfs_period_us 100000", v1("cpu") + "cpu.cfs_quota_us 50000"}},
        {shares(2), {v2 + "cpu.weight 1"}, {v1("cpu") + "cpu.shares 2"}},
        {shares(1024), {v2 + "cpu.weight 39"}, {v1("cpu") + "cpu.shares 1024"}},  // runc's map of docker's default
        {shares(262144), {v2 + "cpu.weight 10000"}, {v1("cpu") + "cpu.shares 262144"}},
        {pids(100), {v2 + "pids.max 100"}, {v1("pids") + "pids.max 100"}},
        {pids(-1), {}, {}},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(texts(limit_calls(config_of(CgroupLayout::v2, c.limits))), c.second);
        EXPECT_EQ(texts(limit_calls(config_of(CgroupLayout::v1, c.limits))), c.first);
        EXPECT_EQ(texts(limit_calls(config_of(CgroupLayout::hybrid, c.limits))), c.first);
    }
}

TEST(CgroupPlan, makes_the_groups_then_limits_them_and_each_is_taken_back) {
    for (const CgroupLayout layout : {CgroupLayout::v1, CgroupLayout::v2, CgroupLayout::hybrid}) {
        const Config config = config_of(layout, memory(64 << 20, 0));
        bool limited = false;
        std::vector<std::string> made;
        for (const plan::PlannedCall& call : plan_groups(config)) {
            const auto* make = std::get_if<world::MakeCgroup>(&call.call);
            EXPECT_EQ(call.place, plan::Place::engine);
            EXPECT_EQ(call.phase, world::Phase::cgroup);
            limited = limited || make == nullptr;
            if (make != nullptr) {
                EXPECT_FALSE(limited) << "a limit before its group";
                made.push_back(make->path);
                ASSERT_EQ(call.undo.size(), 1U);
                EXPECT_EQ(plan::call_text(call.undo.front()), "cgroup_remove " + make->path);
            }
        }
        EXPECT_EQ(made, paths(config));
        EXPECT_TRUE(limited);
    }
}

TEST(CgroupPlan, fills_an_empty_v1_cpuset_before_anybody_may_join) {
    const std::vector<std::string> calls = texts(plan_groups(config_of(CgroupLayout::v1)));
    for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
        const std::string wanted = "cgroup_write /sys/fs/cgroup/cpuset/cutaway/abc " + std::string(file) + " $PARENT";
        EXPECT_EQ(std::count(calls.begin(), calls.end(), wanted), 1) << file;
    }
    for (const std::string& call : texts(plan_groups(config_of(CgroupLayout::v2)))) {
        EXPECT_EQ(call.find("cpuset"), std::string::npos);
    }
}

TEST(CgroupPlan, the_process_joins_every_group) {
    for (const CgroupLayout layout : {CgroupLayout::v1, CgroupLayout::v2}) {
        std::vector<std::string> wanted;
        for (const std::string& path : paths(config_of(layout))) {
            wanted.push_back("cgroup_write " + path + " cgroup.procs $PID");
        }
        EXPECT_EQ(texts(plan_join(config_of(layout))), wanted);
    }
}

TEST(CgroupFreeze, has_a_file_of_its_own_in_each_version) {
    EXPECT_EQ(texts(freeze_calls(config_of(CgroupLayout::v2), true)),
              std::vector<std::string>{"cgroup_write /sys/fs/cgroup/cutaway/abc cgroup.freeze 1"});
    EXPECT_EQ(texts(freeze_calls(config_of(CgroupLayout::v2), false)),
              std::vector<std::string>{"cgroup_write /sys/fs/cgroup/cutaway/abc cgroup.freeze 0"});
    EXPECT_EQ(texts(freeze_calls(config_of(CgroupLayout::v1), true)),
              std::vector<std::string>{"cgroup_write /sys/fs/cgroup/freezer/cutaway/abc freezer.state FROZEN"});
    EXPECT_EQ(texts(freeze_calls(config_of(CgroupLayout::hybrid), false)),
              std::vector<std::string>{"cgroup_write /sys/fs/cgroup/freezer/cutaway/abc freezer.state THAWED"});
}

}  // namespace
}  // namespace cutaway::cgroup
