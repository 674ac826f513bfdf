// SPDX-License-Identifier: Apache-2.0
// A whole config.json as a plan: the order that the kernel needs, the gate between create and start, what is refused.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/bundle/config.h"

namespace cutaway::bundle {
namespace {

Start start_of(const oci::RuntimeSpec& spec, const Setting& setting = setting_of()) {
    Result<Start> start = plan_create(spec, setting);
    EXPECT_TRUE(start) << (start ? "" : start.error().doing);
    return start ? std::move(*start) : Start{};
}

// Where the first call of this kind is; the plan's size if there is none.
std::size_t place_of(const Start& start, std::string_view kind) {
    const auto& calls = start.plan.calls;
    const auto found = std::find_if(calls.begin(), calls.end(),
                                    [&](const plan::PlannedCall& one) { return kind_of(one.call) == kind; });
    return static_cast<std::size_t>(found - calls.begin());
}

void expect_order(const Start& start, const std::vector<std::string_view>& kinds) {
    for (std::size_t at = 1; at < kinds.size(); ++at) {
        EXPECT_LT(place_of(start, kinds[at - 1]), place_of(start, kinds[at])) << kinds[at - 1] << " " << kinds[at];
        EXPECT_LT(place_of(start, kinds[at]), start.plan.calls.size()) << kinds[at];
    }
}

TEST(Start, TheOrderIsTheKernels) {
    expect_order(start_of(spec_with()), {"cgroup_create", "clone", "unshare", "sethostname", "mount", "mknod_any",
                                         "pivot_root", "setsid", "setrlimit", "chdir", "find_program", "umask",
                                         "no_new_privs", "setuid", "capset_all", "close_range", "execve"});
}

TEST(Start, NothingIsGivenUpBeforeTheGateAndNothingIsMountedBehindIt) {
    const Start start = start_of(spec_with());
    ASSERT_LT(start.gate, start.plan.calls.size());
    for (std::size_t at = 0; at < start.plan.calls.size(); ++at) {
        const std::string_view kind = kind_of(start.plan.calls[at].call);
        const bool gives_up = kind == "setuid" || kind == "capset_all" || kind == "execve" || kind == "umask" ||
                              kind == "no_new_privs" || kind == "close_range" || kind == "seccomp";
        EXPECT_EQ(at >= start.gate, gives_up) << kind;
        EXPECT_TRUE(at < start.gate || start.plan.calls[at].place == plan::Place::init) << kind;
    }
}

TEST(Start, AFilterIsLoadedLateWhereItNeedsNoPrivilegeAndEarlyWhereItDoes) {
    Setting setting = setting_of();
    setting.seccomp_filter = "filter";
    expect_order(start_of(spec_with(), setting), {"no_new_privs", "capset_all", "close_range", "seccomp", "execve"});
    expect_order(start_of(spec_with("/process/noNewPrivileges", "false"), setting),
                 {"seccomp", "setuid", "capset_all"});
}

TEST(Start, NamespacesWithAPathAreJoinedByWhoCan) {
    oci::RuntimeSpec spec = spec_with(
        "/linux/namespaces",
        R"([{"type": "mount"}, {"type": "pid", "path": "/proc/7/ns/pid"}, {"type": "network", "path": "/run/netns/a"}])");
    spec.hostname.clear();
    const Start start = start_of(spec);
    std::vector<std::string> joined;
    for (const plan::PlannedCall& one : start.plan.calls) {
        if (const auto* join = std::get_if<world::JoinNamespace>(&one.call)) {
            joined.push_back(std::string(to_name(one.place)) + " " + join->path);
        }
    }
    EXPECT_EQ(joined, (std::vector<std::string>{"shim /proc/7/ns/pid", "init /run/netns/a"}));
    EXPECT_EQ(std::get<world::Clone>(start.plan.calls[place_of(start, "clone")].call).spaces,
              std::vector<world::Space>{world::Space::mount});
}

TEST(Start, WhatWouldReachTheHostIsRefused) {
    struct Case {
        const char* where;
        const char* json;
        const char* said;
    };
    for (const Case& one :
         {Case{"/linux/namespaces", R"([{"type": "pid"}])", "without a mount namespace"},
          Case{"/linux/namespaces", R"([{"type": "mount", "path": "/proc/1/ns/mnt"}])", "mount namespace"},
          Case{"/linux/namespaces", R"([{"type": "mount"}])", "need a uts namespace"},
          Case{"/linux/sysctl", R"({"vm.swappiness": "1"})", "vm.swappiness would change the host's"},
          Case{"/linux/sysctl", R"({"kernel.hostname": "x"})", "kernel.hostname would change the host's"}}) {
        const Result<Start> start = plan_create(spec_with(one.where, one.json), setting_of());
        ASSERT_FALSE(start) << one.json;
        EXPECT_NE(start.error().doing.find(one.said), std::string::npos) << start.error().doing;
    }
    const Result<Start> shared = plan_create(
        spec_with("/linux",
                  R"({"namespaces": [{"type": "mount"}, {"type": "uts"}], "sysctl": {"net.core.somaxconn": "9"}})"),
        setting_of());
    ASSERT_FALSE(shared);
    EXPECT_NE(shared.error().doing.find("needs a network namespace"), std::string::npos) << shared.error().doing;
}

TEST(Start, HooksRunBetweenTheNamespacesAndTheRootWithTheContainersState) {
    const Start start =
        start_of(spec_with("/hooks", R"({"prestart": [{"path": "/bin/a", "args": ["a", "b"], "timeout": 3}],
                                "createRuntime": [{"path": "/bin/c"}]})"));
    expect_order(start, {"clone", "hook", "pivot_root"});
    const auto filled = std::get<world::RunHook>(plan::with_pid(start.plan.calls[place_of(start, "hook")].call, 4711));
    EXPECT_EQ(filled.path, "/bin/a");
    EXPECT_EQ(filled.timeout_ns, 3'000'000'000);
    const nlohmann::json state = nlohmann::json::parse(filled.state);
    EXPECT_EQ(state["pid"], 4711);
    EXPECT_EQ(state["id"], "box");
    EXPECT_EQ(state["status"], "creating");
    EXPECT_EQ(state["bundle"], "/bundle");
}

TEST(Start, EveryCgroupThatIsMadeCanBeTakenBack) {
    const Start start = start_of(spec_with());
    std::size_t made = 0;
    for (const plan::PlannedCall& one : start.plan.calls) {
        if (const auto* make = std::get_if<world::MakeCgroup>(&one.call)) {
            ++made;
            EXPECT_EQ(one.undo, std::vector<world::Call>{world::RemoveCgroup{make->path}});
        }
    }
    EXPECT_EQ(made, v1().controllers.size());
}

TEST(Start, DescriptorsThatAreHandedOnStayOpen) {
    Setting setting = setting_of();
    setting.preserved = 4;
    const Start start = start_of(spec_with(), setting);
    EXPECT_EQ(std::get<world::CloseDescriptors>(start.plan.calls[place_of(start, "close_range")].call).first, 7U);
}

TEST(Start, AFurtherProcessJoinsMountsLastAndMakesNoConsole) {
    oci::SpecProcess process = spec_with().process;
    process.terminal = true;
    const plan::Plan plan = plan_join(process, 42, setting_of()).plan;
    const auto& last_join = std::find_if(plan.calls.rbegin(), plan.calls.rend(), [](const plan::PlannedCall& one) {
        return std::holds_alternative<world::SetNamespace>(one.call);
    });
    EXPECT_EQ(std::get<world::SetNamespace>(last_join->call).spaces.back(), world::Space::mount);
    for (const plan::PlannedCall& one : plan.calls) {
        const auto* terminal = std::get_if<world::OpenTerminal>(&one.call);
        EXPECT_TRUE(terminal == nullptr || !terminal->console);
        EXPECT_FALSE(std::holds_alternative<world::MakeCgroup>(one.call));
    }
}

TEST(Start, SeccompIsRulesForTheOneCompiler) {
    world::MachineProfile machine;
    const Result<std::optional<std::string>> rules = seccomp_rules_of(
        R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})",
        machine);
    ASSERT_TRUE(rules && *rules);
    EXPECT_EQ(**rules, "default errno 1\narch x86_64\nallow 0 read\n");
    EXPECT_FALSE(seccomp_rules_of("", machine)->has_value());
    EXPECT_FALSE(seccomp_rules_of(R"({"defaultAction": "SCMP_ACT_NOTIFY"})", machine));
}

}  // namespace
}  // namespace cutaway::bundle
