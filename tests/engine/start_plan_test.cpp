// SPDX-License-Identifier: Apache-2.0
// The order in which a container comes to be: what the kernel insists on, whatever the options are.
#include "core/engine/start_plan.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::engine {
namespace {

using plan::Place;
using world::CgroupLayout;

store::ContainerRecord web() {
    store::ContainerRecord record;
    record.id = "0123456789abcdef";
    record.path = "nginx";
    record.config.hostname = "web";
    record.upper = "/s/upper";
    record.work = "/s/work";
    record.merged = "/s/merged";
    record.resolv_conf_path = "/s/resolv.conf";
    record.hostname_path = "/s/hostname";
    record.hosts_path = "/s/hosts";
    return record;
}

StartFacts facts() {
    StartFacts facts;
    facts.lower = {"/l/1"};
    facts.network.container = web().id;
    facts.network.bridge = "cutaway0";
    facts.network.subnet = "172.17.0.0/16";
    facts.network.gateway = "172.17.0.1";
    facts.network.address = "172.17.0.2";
    facts.network.ports = {{"0.0.0.0", 8080, 80, "tcp"}};
    facts.seccomp = {"default", "filter"};
    return facts;
}

world::MachineProfile machine(CgroupLayout layout) {
    world::MachineProfile profile;
    profile.cgroup = layout;
    if (layout != CgroupLayout::v2) {
        profile.controllers = {"cpu", "memory", "pids", "freezer", "cpuset"};
    }
    return profile;
}

template <class T>
std::ptrdiff_t first(const plan::Plan& plan) {
    const auto found = std::find_if(plan.calls.begin(), plan.calls.end(),
                                    [](const auto& one) { return std::holds_alternative<T>(one.call); });
    return found == plan.calls.end() ? -1 : found - plan.calls.begin();
}
template <class T>
std::ptrdiff_t last(const plan::Plan& plan) {
    std::ptrdiff_t at = -1;
    for (std::size_t i = 0; i < plan.calls.size(); ++i) {
        at = std::holds_alternative<T>(plan.calls[i].call) ? static_cast<std::ptrdiff_t>(i) : at;
    }
    return at;
}
std::ptrdiff_t join_of(const plan::Plan& plan) {
    std::ptrdiff_t at = -1;
    for (std::size_t i = 0; i < plan.calls.size(); ++i) {
        const auto* write = std::get_if<world::WriteCgroup>(&plan.calls[i].call);
        at = write != nullptr && write->file == "cgroup.procs" ? static_cast<std::ptrdiff_t>(i) : at;
    }
    return at;
}

TEST(StartPlan, keeps_the_kernels_order_on_every_kind_of_machine) {
    for (const CgroupLayout layout : {CgroupLayout::v1, CgroupLayout::v2, CgroupLayout::hybrid}) {
        const plan::Plan plan = plan_start(web(), facts(), machine(layout));
        const std::ptrdiff_t clone = first<world::Clone>(plan);
        EXPECT_EQ(plan.container, web().id);
        EXPECT_LT(last<world::MakeCgroup>(plan), clone) << "nothing may run uncounted";
        EXPECT_LT(clone, join_of(plan));
        EXPECT_LT(join_of(plan), first<world::PivotRoot>(plan));
        if (layout == CgroupLayout::v2) {
            EXPECT_LT(join_of(plan), first<world::Unshare>(plan)) << "else the container sees the host's path";
        } else {
            EXPECT_EQ(first<world::Unshare>(plan), -1) << "v1: docker shares the host's cgroup namespace";
        }
        EXPECT_LT(clone, first<world::MoveLink>(plan));
        EXPECT_LT(first<world::MoveLink>(plan), last<world::AddAddress>(plan));
        EXPECT_LT(first<world::PivotRoot>(plan), first<world::LoadSeccomp>(plan));
        EXPECT_LT(first<world::LoadSeccomp>(plan), first<world::SetCapabilities>(plan)) << "it needs CAP_SYS_ADMIN";
        EXPECT_LT(first<world::SetUser>(plan), first<world::SetCapabilities>(plan)) << "it needs CAP_SETUID";
        EXPECT_EQ(first<world::Execute>(plan), static_cast<std::ptrdiff_t>(plan.calls.size()) - 1);
        EXPECT_EQ(plan::decode(plan::encode(plan)).value(), plan);
    }
}

TEST(StartPlan, the_init_does_nothing_before_it_is_born_and_the_undo_takes_back_what_outlives_it) {
    const plan::Plan plan = plan_start(web(), facts(), machine(CgroupLayout::v2));
    const std::ptrdiff_t clone = first<world::Clone>(plan);
    for (std::ptrdiff_t i = 0; i < clone; ++i) {
        EXPECT_NE(plan.calls[static_cast<std::size_t>(i)].place, Place::init);
    }
    const std::vector<std::string> undo =
        plan::texts(plan::undo_of(plan, static_cast<std::uint32_t>(plan.calls.size())));
    EXPECT_EQ(undo,
              (std::vector<std::string>{"nat_remove 0123456789abcdef publish - cutaway0 tcp 0.0.0.0 8080 172.17.0.2 80",
                                        "link_remove veth0123456",
                                        "cgroup_remove /sys/fs/cgroup/cutaway/0123456789abcdef", "umount /s/merged"}));
}

TEST(StartPlan, a_network_mode_decides_about_the_namespace_and_the_cable) {
    struct Case {
        std::string mode;
        bool own_space;
        bool cable;
        bool loopback;
    };
    const Case cases[] = {{"bridge", true, true, true}, {"none", true, false, true}, {"host", false, false, false}};
    for (const Case& c : cases) {
        store::ContainerRecord record = web();
        record.host.network_mode = c.mode;
        StartFacts given = facts();
        if (!c.cable) {
            given.network = network::Config{};
        }
        const plan::Plan plan = plan_start(record, given, machine(CgroupLayout::v2));
        const auto& clone =
            std::get<world::Clone>(plan.calls[static_cast<std::size_t>(first<world::Clone>(plan))].call);
        const bool own = std::count(clone.spaces.begin(), clone.spaces.end(), world::Space::net) == 1;
        EXPECT_EQ(own, c.own_space) << c.mode;
        EXPECT_EQ(first<world::MakeVeth>(plan) >= 0, c.cable) << c.mode;
        const std::vector<std::string> calls = plan::texts(plan.calls);
        EXPECT_EQ(std::count(calls.begin(), calls.end(), "link_up lo") == 1, c.loopback) << c.mode;
    }
}

TEST(StartPlan, the_environment_has_dockers_additions_and_the_persons_last_word) {
    store::ContainerRecord record = web();
    record.config.env = {"PATH=/bin", "A=1"};
    User user;
    user.home = "/home/www";
    using Words = std::vector<std::string>;
    EXPECT_EQ(program_env(record, user, false), (Words{"PATH=/bin", "HOSTNAME=web", "A=1", "HOME=/home/www"}));
    EXPECT_EQ(program_env(record, user, true),
              (Words{"PATH=/bin", "HOSTNAME=web", "TERM=xterm", "A=1", "HOME=/home/www"}));
    record.config.env = {"HOME=/mine", "HOSTNAME=other"};
    EXPECT_EQ(
        program_env(record, user, false),
        (Words{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=other", "HOME=/mine"}));
}

TEST(ExecPlan, is_counted_before_it_enters_and_ends_as_the_program) {
    store::ContainerRecord record = web();
    record.state.pid = 42;
    sandbox::Config program;
    program.argv = {"sh"};
    const plan::Plan plan = plan_exec(record, program, machine(CgroupLayout::v2));
    EXPECT_LT(first<world::Clone>(plan), join_of(plan));
    EXPECT_LT(join_of(plan), last<world::SetNamespace>(plan));
    EXPECT_EQ(first<world::Execute>(plan), static_cast<std::ptrdiff_t>(plan.calls.size()) - 1);
    EXPECT_TRUE(plan::undo_of(plan, 99).empty());
    for (const plan::PlannedCall& call : plan.calls) {
        EXPECT_EQ(call.phase, world::Phase::running) << plan::call_text(call.call);
    }
}

TEST(StartPlan, ASharedNetworkIsJoinedBeforeAnythingIsMountedAndNoneIsMade) {
    StartFacts shared = facts();
    shared.network = {};
    shared.network_of = 42;
    const plan::Plan plan = plan_start(web(), shared, machine(CgroupLayout::v2));
    const auto clone = std::get<world::Clone>(plan.calls[static_cast<std::size_t>(first<world::Clone>(plan))].call);
    EXPECT_EQ(std::count(clone.spaces.begin(), clone.spaces.end(), world::Space::net), 0);
    const std::ptrdiff_t joined = first<world::SetNamespace>(plan);
    ASSERT_GT(joined, first<world::Clone>(plan));
    const plan::PlannedCall& call = plan.calls[static_cast<std::size_t>(joined)];
    EXPECT_EQ(call.place, Place::init);
    EXPECT_EQ(std::get<world::SetNamespace>(call.call), (world::SetNamespace{42, {world::Space::net}}));
    EXPECT_LT(joined, last<world::Mount>(plan));
    EXPECT_LT(joined, first<world::PivotRoot>(plan));
    for (const std::ptrdiff_t none :
         {first<world::MakeVeth>(plan), first<world::RaiseLink>(plan), first<world::AddNat>(plan)}) {
        EXPECT_EQ(none, -1);
    }
    EXPECT_EQ(first<world::SetNamespace>(plan_start(web(), facts(), machine(CgroupLayout::v2))), -1);
}

}  // namespace
}  // namespace cutaway::engine
