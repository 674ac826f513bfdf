// SPDX-License-Identifier: Apache-2.0
// linux.resources as what is written, on both versions of cgroups.
#include <string>
#include <vector>

#include "tests/bundle/config.h"

namespace cutaway::bundle {
namespace {

// "memory.max=5" a line; what is no write by its kind.
std::vector<std::string> lines_of(const std::vector<world::Call>& calls) {
    std::vector<std::string> lines;
    for (const world::Call& call : calls) {
        const auto* write = std::get_if<world::WriteCgroup>(&call);
        lines.push_back(write == nullptr ? std::string(kind_of(call)) : write->file + "=" + write->value);
    }
    return lines;
}

TEST(Groups, ResourcesBecomeTheFilesOfTheMachinesVersion) {
    struct Case {
        const char* json;
        std::vector<std::string> v1;
        std::vector<std::string> v2;
    };
    const std::vector<Case> cases{
        {R"({"memory": {"limit": 9000000, "swap": 12000000, "reservation": 5000000}})",
         {"memory.limit_in_bytes=9000000", "memory.memsw.limit_in_bytes=12000000",
          "memory.soft_limit_in_bytes=5000000"},
         {"memory.max=9000000", "memory.swap.max=3000000", "memory.low=5000000"}},
        {R"({"memory": {"limit": -1}})", {"memory.limit_in_bytes=-1"}, {"memory.max=max"}},
        {R"({"cpu": {"shares": 1024, "quota": 50000, "period": 200000}})",
         {"cpu.shares=1024", "cpu.cfs_period_us=200000", "cpu.cfs_quota_us=50000"},
         {"cpu.max=50000 200000", "cpu.weight=39"}},
        {R"({"cpu": {"quota": -1}})", {"cpu.cfs_quota_us=-1"}, {"cpu.max=max 100000"}},
        {R"({"cpu": {"cpus": "0-1", "mems": "0"}})",
         {"cpuset.cpus=0-1", "cpuset.mems=0"},
         {"cpuset.cpus=0-1", "cpuset.mems=0"}},
        {R"({"pids": {"limit": 32}})", {"pids.max=32"}, {"pids.max=32"}},
        {R"({"pids": {"limit": -1}})", {"pids.max=max"}, {"pids.max=max"}},
        {R"({"blockIO": {"throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 600}]}})",
         {"blkio.throttle.read_bps_device=8:0 600"},
         {"io.max=8:0 rbps=600"}},
        {R"({"blockIO": {"weight": 10}})", {"blkio.weight=10"}, {"io.weight=default 1"}},
    };
    for (const Case& one : cases) {
        const Result<oci::SpecResources> resources = oci::parse_resources(one.json);
        ASSERT_TRUE(resources) << one.json << resources.error().doing;
        EXPECT_EQ(lines_of(*limit_calls(v1(), *resources)), one.v1) << one.json;
        EXPECT_EQ(lines_of(*limit_calls(v2(), *resources)), one.v2) << one.json;
    }
}

TEST(Groups, WhatTheVersionHasNoFileForIsRefused) {
    struct Case {
        const char* json;
        bool v1;
        bool v2;
    };
    for (const Case& one : {Case{R"({"unified": {"memory.high": "9"}})", false, true},
                            Case{R"({"memory": {"swappiness": 10}})", true, false},
                            Case{R"({"memory": {"limit": 9, "swap": 3}})", true, false},
                            Case{R"({"hugepageLimits": [{"pageSize": "2MB", "limit": 4}]})", false, true}}) {
        const oci::SpecResources resources = *oci::parse_resources(one.json);
        EXPECT_EQ(limit_calls(v1(), resources).has_value(), one.v1) << one.json;
        EXPECT_EQ(limit_calls(v2(), resources).has_value(), one.v2) << one.json;
    }
}

TEST(Groups, DevicesAreAListInVersionOneAndAProgramInVersionTwo) {
    const oci::SpecResources resources = *oci::parse_resources(
        R"({"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "minor": 229}]})");
    const std::vector<std::string> lines = lines_of(*limit_calls(v1(), resources));
    ASSERT_GT(lines.size(), 3U);
    EXPECT_EQ(lines[0], "devices.deny=a");
    EXPECT_EQ(lines[1], "devices.allow=c 10:229 rwm");
    EXPECT_EQ(lines[2], "devices.allow=c 1:3 rwm") << "a container without /dev/null is of no use";
    EXPECT_EQ(lines_of(*limit_calls(v2(), resources)), std::vector<std::string>{"cgroup_devices"});
    EXPECT_TRUE(limit_calls(v2(), {})->empty());
}

TEST(Groups, AControllerIsFoundInTheDirectoryThatItShares) {
    Groups groups = v1();
    groups.controllers = {"cpu,cpuacct", "memory"};
    EXPECT_EQ(directory_of(groups, "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct/cutaway-oci/box");
    EXPECT_EQ(directory_of(groups, "cpu"), "/sys/fs/cgroup/cpu,cpuacct/cutaway-oci/box");
    EXPECT_EQ(directory_of(groups, "pids"), "");
    EXPECT_EQ(directories(v2()), std::vector<std::string>{"/sys/fs/cgroup/cutaway-oci/box"});
}

TEST(Groups, ACgroupsPathNamesACgroupOfItsOwnOrIsRefused) {
    struct Case {
        const char* given;
        const char* path;  // empty: refused
    };
    for (const Case& one :
         {Case{"", "/cutaway-oci/box"}, Case{"/pods/a", "/pods/a"}, Case{"mine", "/cutaway-oci/mine"}, Case{"/", ""},
          Case{"/a/../b", ""}, Case{"..", ""}, Case{"/a//b", ""}, Case{"machine.slice:libpod:abc", ""}}) {
        const Result<std::string> path = group_path(one.given, "box");
        EXPECT_EQ(path.has_value(), *one.path != '\0') << one.given;
        if (path) {
            EXPECT_EQ(*path, one.path);
        }
    }
}

}  // namespace
}  // namespace cutaway::bundle
