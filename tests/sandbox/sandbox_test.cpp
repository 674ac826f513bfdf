// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/sandbox.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::sandbox {
namespace {

using plan::texts;

std::set<std::string> caps(const std::vector<std::string>& add, const std::vector<std::string>& drop) {
    const std::vector<std::string> kept = capabilities(add, drop).value();
    const std::set<std::string> all(kept.begin(), kept.end());
    EXPECT_EQ(all.size(), kept.size()) << "one of them twice";
    return all;
}

const std::set<std::string> fourteen{"CAP_AUDIT_WRITE", "CAP_CHOWN",     "CAP_DAC_OVERRIDE", "CAP_FOWNER",
                                     "CAP_FSETID",      "CAP_KILL",      "CAP_MKNOD",        "CAP_NET_BIND_SERVICE",
                                     "CAP_NET_RAW",     "CAP_SETFCAP",   "CAP_SETGID",       "CAP_SETPCAP",
                                     "CAP_SETUID",      "CAP_SYS_CHROOT"};

TEST(Capabilities, are_dockers_fourteen_unless_asked_otherwise) {
    const auto with = [](std::set<std::string> set, const std::string& one) {
        set.insert(one);
        return set;
    };
    const auto without = [](std::set<std::string> set, const std::string& one) {
        set.erase(one);
        return set;
    };
    struct Case {
        std::vector<std::string> add;
        std::vector<std::string> drop;
        std::set<std::string> kept;
    };
    const Case cases[] = {
        {{}, {}, fourteen},
        {{"NET_ADMIN"}, {}, with(fourteen, "CAP_NET_ADMIN")},
        {{"CAP_NET_ADMIN"}, {}, with(fourteen, "CAP_NET_ADMIN")},
        {{"net_admin"}, {}, with(fourteen, "CAP_NET_ADMIN")},
        {{"CHOWN"}, {}, fourteen},
        {{}, {"CHOWN"}, without(fourteen, "CAP_CHOWN")},
        {{}, {"SYS_ADMIN"}, fourteen},
        {{}, {"ALL"}, {}},
        {{}, {"all"}, {}},
        {{"NET_RAW"}, {"ALL"}, {"CAP_NET_RAW"}},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(caps(c.add, c.drop), c.kept);
    }
}

TEST(Capabilities, all_is_every_one_the_kernel_has_but_those_dropped) {
    const std::set<std::string> all = caps({"ALL"}, {});
    EXPECT_EQ(all.size(), 41U);  // Linux 5.9 added CHECKPOINT_RESTORE, the latest
    EXPECT_TRUE(std::includes(all.begin(), all.end(), fourteen.begin(), fourteen.end()));
    std::set<std::string> fewer = all;
    fewer.erase("CAP_SYS_ADMIN");
    EXPECT_EQ(caps({"ALL"}, {"SYS_ADMIN"}), fewer);
}

TEST(Capabilities, a_name_that_no_kernel_knows_is_refused_by_name) {
    struct Case {
        std::string given;
        std::string shown;
    };
    const Case cases[] = {
        {"FOO", "CAP_FOO"}, {"CAP_", "CAP_"}, {"", "CAP_"}, {"all ", "CAP_ALL "}, {"net admin", "CAP_NET ADMIN"}};
    for (const Case& c : cases) {
        for (const bool add : {true, false}) {
            const std::vector<std::string> named{c.given};
            const auto result = add ? capabilities(named, {}) : capabilities({}, named);
            ASSERT_FALSE(result) << c.given;
            EXPECT_EQ(result.error().code, Errc::invalid);
            EXPECT_EQ(result.error().doing, "unknown capability: \"" + c.shown + "\"");
        }
    }
}

Config full() {
    Config config;
    config.container = "abc";
    config.hostname = "web";
    config.capabilities = {"CAP_CHOWN"};
    config.seccomp = "default";
    config.seccomp_filter = "bytes";
    config.no_new_privileges = true;
    config.uid = 101;
    config.gid = 102;
    config.groups = {102, 5};
    config.working_dir = "/srv";
    config.argv = {"nginx", "-g"};
    config.env = {"A=1"};
    return config;
}

TEST(SandboxPlan, clones_into_all_but_the_cgroup_namespace_which_is_unshared_later) {
    EXPECT_EQ(plan::call_text(plan_clone(full()).call), "clone mount,pid,net,ipc,uts init");
    EXPECT_EQ(plan_clone(full()).place, plan::Place::shim);
    EXPECT_EQ(texts(plan_identity(full())), (std::vector<std::string>{"unshare cgroup", "sethostname web"}));
    Config shared = full();
    shared.cgroup_space = false;
    EXPECT_EQ(texts(plan_identity(shared)), std::vector<std::string>{"sethostname web"});
}

TEST(SandboxPlan, an_ordinary_users_has_a_user_namespace_whose_map_comes_right_behind_the_clone) {
    Config config = full();
    EXPECT_TRUE(plan_ids(config).empty()) << "root needs none";
    config.uids = {{0, 1000, 1}};
    config.gids = {{0, 100, 1}};
    EXPECT_EQ(plan::call_text(plan_clone(config).call), "clone user,mount,pid,net,ipc,uts init");
    const std::vector<plan::PlannedCall> ids = plan_ids(config);
    EXPECT_EQ(texts(ids), std::vector<std::string>{"map_ids -1 0 1000 1 0 100 1"});
    EXPECT_EQ(ids.front().place, plan::Place::shim) << "the kernel lets nobody map themselves from inside";
    EXPECT_EQ(texts(plan_exec(config, 7)).front(), "setns 7 user,pid");
}

TEST(SandboxPlan, gives_each_thing_up_only_behind_what_needs_it) {
    const std::vector<std::string> wanted{
        "chdir /srv",       "no_new_privs",  "seccomp default bytes",    "setuid 101 102 102,5",
        "capset CAP_CHOWN", "close_range 3", "execve nginx nginx,-g A=1"};
    EXPECT_EQ(texts(plan_program(full())), wanted);
    for (const plan::PlannedCall& call : plan_program(full())) {
        EXPECT_EQ(call.place, plan::Place::init);
        EXPECT_TRUE(call.undo.empty());
    }
}

TEST(SandboxPlan, leaves_out_what_was_not_asked_for) {
    Config plain;
    plain.argv = {"sh"};
    const std::vector<std::string> wanted{"chdir /", "setuid 0 0 -", "capset -", "close_range 3", "execve sh sh -"};
    EXPECT_EQ(texts(plan_program(plain)), wanted);
}

TEST(SandboxPlan, groups_are_always_set_so_that_none_is_inherited) {
    for (const std::uint32_t uid : {0U, 1000U}) {
        Config config = full();
        config.uid = uid;
        config.groups.clear();
        const std::vector<plan::PlannedCall> calls = plan_program(config);
        EXPECT_EQ(std::count_if(calls.begin(), calls.end(),
                                [](const auto& one) { return std::holds_alternative<world::SetUser>(one.call); }),
                  1);
    }
}

TEST(ExecPlan, enters_the_rooms_that_are_there_and_the_mounts_last) {
    const std::vector<std::string> calls = texts(plan_exec(full(), 42));
    ASSERT_GT(calls.size(), 3U);
    EXPECT_EQ(calls[0], "setns 42 pid");
    EXPECT_EQ(calls[1], "clone - exec");  // only a child is in the pid namespace (pid_namespaces(7))
    EXPECT_EQ(calls[2], "setns 42 ipc,uts,net,cgroup,mount");
    EXPECT_EQ(calls.back(), "execve nginx nginx,-g A=1");
    Config shared = full();
    shared.cgroup_space = false;
    EXPECT_EQ(texts(plan_exec(shared, 42))[2], "setns 42 ipc,uts,net,mount");
}

}  // namespace
}  // namespace cutaway::sandbox
