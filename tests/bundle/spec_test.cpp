// SPDX-License-Identifier: Apache-2.0
// config.json as it is read: what is understood, what is refused by its name, what is passed over and said.
#include <string>
#include <vector>

#include "tests/bundle/config.h"

namespace cutaway::bundle {
namespace {

TEST(Spec, WhatSpecWritesIsReadBackWhole) {
    const Result<oci::RuntimeSpec> spec = oci::parse_runtime_spec(oci::default_runtime_spec());
    ASSERT_TRUE(spec) << spec.error().doing;
    EXPECT_TRUE(spec->process.terminal);
    EXPECT_TRUE(spec->root_read_only);
    EXPECT_EQ(spec->on_linux.namespaces.size(), 6U);
    EXPECT_EQ(spec->mounts.size(), 7U);
    EXPECT_TRUE(spec->process.capabilities.inheritable.empty()) << "CVE-2022-29162";
    EXPECT_TRUE(spec->process.capabilities.ambient.empty());
    EXPECT_TRUE(spec->ignored.empty());
}

struct Refusal {
    const char* where;
    const char* json;
    const char* said;  // in the error
};

TEST(Spec, WhatIsNotSupportedIsRefusedByItsName) {
    const std::vector<Refusal> cases{
        {"/linux/intelRdt", R"({"closID": "x"})", "linux.intelRdt is not supported"},
        {"/linux/resources/rdma", R"({"mlx5_1": {"hcaHandles": 3}})", "linux.resources.rdma is not supported"},
        {"/linux/resources/network", R"({"classID": 7})", "linux.resources.network is not supported"},
        {"/linux/resources/cpu", R"({"realtimeRuntime": 9})", "linux.resources.cpu.realtimeRuntime"},
        {"/linux/resources/memory", R"({"kernelTCP": 9})", "linux.resources.memory.kernelTCP"},
        {"/linux/resources/blockIO", R"({"weightDevice": [{"major": 8}]})", "linux.resources.blockIO.weightDevice"},
        {"/linux/uidMappings", R"([{"containerID": 0, "hostID": 1, "size": 9}])", "linux.uidMappings"},
        {"/linux/mountLabel", R"("x")", "linux.mountLabel"},
        {"/linux/personality", R"({"domain": "LINUX32"})", "linux.personality"},
        {"/linux/timeOffsets", R"({"monotonic": {"secs": 1}})", "linux.timeOffsets"},
        {"/linux/namespaces/-", R"({"type": "user"})", "a user namespace is not supported"},
        {"/linux/namespaces/-", R"({"type": "time"})", "a time namespace is not supported"},
        {"/linux/namespaces/-", R"({"type": "moon"})", "is not a namespace: moon"},
        {"/linux/namespaces/-", R"({"type": "pid"})", "is there twice: pid"},
        {"/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/x"})",
         "linux.seccomp.listenerPath"},
        {"/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"]})",
         "SECCOMP_FILTER_FLAG_LOG"},
        {"/process/apparmorProfile", R"("docker-default")", "process.apparmorProfile"},
        {"/process/selinuxLabel", R"("x")", "process.selinuxLabel"},
        {"/process/ioPriority", R"({"class": "IOPRIO_CLASS_RT"})", "process.ioPriority"},
        {"/process/scheduler", R"({"policy": "SCHED_FIFO"})", "process.scheduler"},
        {"/hooks", R"({"createContainer": [{"path": "/x"}]})", "hooks.createContainer"},
        {"/hooks", R"({"startContainer": [{"path": "/x"}]})", "hooks.startContainer"},
        {"/mounts/0/uidMappings", R"([{"containerID": 0, "hostID": 1, "size": 9}])", "mounts[0].uidMappings"},
        {"/windows", R"({"layerFolders": ["x"]})", "windows is for other systems"},
    };
    for (const Refusal& one : cases) {
        const Result<oci::RuntimeSpec> spec = oci::parse_runtime_spec(config_with(one.where, one.json));
        ASSERT_FALSE(spec) << one.where << " " << one.json;
        EXPECT_NE(spec.error().doing.find(one.said), std::string::npos) << spec.error().doing;
    }
}

TEST(Spec, WhatCannotBeRightIsRefused) {
    const std::vector<Refusal> cases{
        {"/ociVersion", R"("2.0.0")", "ociVersion"},
        {"/ociVersion", "3", "ociVersion is not a text"},
        {"/process", "null", "process is missing"},
        {"/process/args", "[]", "process.args names no program"},
        {"/process/cwd", R"("tmp")", "process.cwd is not an absolute path"},
        {"/process/env/-", R"("NONE")", "process.env holds something without a name"},
        {"/process/env/-", R"("A=\u0000b")", "process.env"},
        {"/process/user/uid", "2147483648", "end at 2147483647"},
        {"/process/user/uid", "-1", "process.user.uid"},
        {"/process/user/additionalGids", "[4294967295]", "process.user.additionalGids"},
        {"/process/rlimits/-", R"({"type": "RLIMIT_NOFILE", "soft": 1, "hard": 1})", "is there twice: RLIMIT_NOFILE"},
        {"/root/path", R"("")", "root.path is empty"},
        {"/mounts/-", R"({"destination": "data", "type": "tmpfs"})", "is not an absolute path: data"},
        {"/linux/namespaces/0/path", R"("proc/1/ns/pid")", "is not an absolute path"},
        {"/linux/devices", R"([{"path": "/dev/x", "type": "z"}])", "is not a kind of device: z"},
        {"/linux/resources/devices/-", R"({"allow": true, "access": "rwx"})", "may hold r, w and m"},
        {"/linux/resources/pids", R"({"limit": "many"})", "linux.resources.pids.limit is not a number"},
        {"/linux/resources/unified", R"({"../x": "1"})", "names no file"},
        {"/hooks", R"({"prestart": [{"path": "x"}]})", "hooks.prestart[0].path is not an absolute path"},
        {"/linux", "[]", "linux is not an object"},
    };
    for (const Refusal& one : cases) {
        const Result<oci::RuntimeSpec> spec = oci::parse_runtime_spec(config_with(one.where, one.json));
        ASSERT_FALSE(spec) << one.where << " " << one.json;
        EXPECT_NE(spec.error().doing.find(one.said), std::string::npos) << spec.error().doing;
    }
    EXPECT_FALSE(oci::parse_runtime_spec("{"));
    EXPECT_FALSE(oci::parse_runtime_spec("[1, 2]"));
}

// The specification wants them passed over; a word that was mistyped should not vanish all the same.
TEST(Spec, PropertiesThatTheSpecificationDoesNotKnowArePassedOverAndNamed) {
    EXPECT_EQ(spec_with("/linux/sparkle", "true").ignored, std::vector<std::string>{"linux.sparkle"});
    EXPECT_EQ(spec_with("/process/user/nickname", R"("x")").ignored, std::vector<std::string>{"process.user.nickname"});
    EXPECT_EQ(spec_with("/mounts/0/glue", "1").ignored, std::vector<std::string>{"mounts[0].glue"});
}

TEST(Spec, WhatAsksForNothingIsNoReasonToRefuse) {
    for (const auto& [where, json] :
         {std::pair{"/linux/intelRdt", "{}"}, std::pair{"/linux/mountLabel", R"("")"},
          std::pair{"/process/apparmorProfile", R"("")"}, std::pair{"/hooks", R"({"startContainer": []})"},
          std::pair{"/linux/resources/memory", R"({"useHierarchy": false})"},
          std::pair{"/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": []})"}}) {
        EXPECT_TRUE(spec_with(where, json).ignored.empty()) << where;
    }
}

TEST(Spec, NumbersKeepTheirWholeRange) {
    const oci::RuntimeSpec spec =
        spec_with("/process/rlimits", R"([{"type": "RLIMIT_CORE", "soft": 0, "hard": 18446744073709551615}])");
    ASSERT_EQ(spec.process.limits.size(), 1U);
    EXPECT_EQ(spec.process.limits[0].hard, ~std::uint64_t{0});
    EXPECT_EQ(spec_with("/linux/resources/memory", R"({"swap": -1})").on_linux.resources.memory.swap, -1);
    EXPECT_FALSE(oci::parse_runtime_spec(config_with("/process/oomScoreAdj", "99999999999")));
}

TEST(Spec, AnExecsProcessIsReadByTheSameRules) {
    EXPECT_TRUE(oci::parse_process(R"({"args": ["/bin/sh"], "cwd": "/", "user": {"uid": 5}})"));
    EXPECT_FALSE(oci::parse_process(R"({"args": [], "cwd": "/"})"));
    const Result<oci::SpecProcess> odd = oci::parse_process(R"({"args": ["x"], "cwd": "/", "selinuxLabel": "x"})");
    ASSERT_FALSE(odd);
    EXPECT_NE(odd.error().doing.find("process.selinuxLabel"), std::string::npos) << odd.error().doing;
}

}  // namespace
}  // namespace cutaway::bundle
