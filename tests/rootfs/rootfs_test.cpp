// SPDX-License-Identifier: Apache-2.0
#include "core/rootfs/rootfs.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/plan/plan_text.h"

namespace cutaway::rootfs {
namespace {

using plan::texts;
using world::CgroupLayout;

Config plain() {
    Config config;
    config.lower = {"/l/1", "/l/2", "/l/3"};
    config.upper = "/u";
    config.work = "/w";
    config.merged = "/m";
    return config;
}

std::ptrdiff_t place_of(const std::vector<std::string>& calls, const std::string& call) {
    const auto found = std::find(calls.begin(), calls.end(), call);
    EXPECT_NE(found, calls.end()) << call;
    return found - calls.begin();
}

bool has(const std::vector<std::string>& calls, const std::string& call) {
    return std::find(calls.begin(), calls.end(), call) != calls.end();
}

TEST(RootfsPlan, joins_the_layers_topmost_first_and_can_take_it_back) {
    const std::vector<plan::PlannedCall> calls = plan_overlay(plain());
    EXPECT_EQ(texts(calls),
              std::vector<std::string>{"mount overlay overlay /m - lowerdir=/l/3:/l/2:/l/1,upperdir=/u,workdir=/w"});
    EXPECT_EQ(calls.front().place, plan::Place::engine);
    EXPECT_EQ(texts(calls.front().undo), std::vector<std::string>{"umount /m"});
}

TEST(RootfsPlan, an_ordinary_users_overlay_is_mounted_by_the_init_and_goes_with_its_namespace) {
    Config config = plain();
    config.rootless = true;
    config.tty_group = false;
    config.own_network = false;
    config.cgroup_view = false;
    EXPECT_TRUE(plan_overlay(config).empty());
    const std::vector<plan::PlannedCall> planned = plan_root(config);
    const std::vector<std::string> calls = texts(planned);
    const std::vector<std::string> first{
        "mount - - / rec,private -",
        "mount overlay overlay /m - userxattr,lowerdir=/l/3:/l/2:/l/1,upperdir=/u,workdir=/w",
        "mount bind /m /m rec -"};
    EXPECT_EQ(std::vector<std::string>(calls.begin(), calls.begin() + 3), first);
    EXPECT_EQ(planned[1].place, plan::Place::init);
    EXPECT_TRUE(planned[1].undo.empty());
    EXPECT_TRUE(has(calls, "mount devpts devpts /m/dev/pts nosuid,noexec newinstance,ptmxmode=0666,mode=0620"));
    EXPECT_TRUE(has(calls, "mount bind /sys /m/sys rec,ro,nosuid,noexec,nodev -"));
    for (const std::string& call : calls) {
        EXPECT_EQ(call.find("cgroup"), std::string::npos) << call;
    }
}

// What `docker run` mounts, by runc's and moby's defaults, in an order in which each target exists.
TEST(RootfsPlan, mounts_what_every_program_expects_in_this_order) {
    const std::vector<std::string> wanted{
        "mount - - / rec,private -",
        "mount bind /m /m rec -",
        "mount proc proc /m/proc nosuid,noexec,nodev -",
        "mount tmpfs tmpfs /m/dev nosuid,strictatime mode=755,size=65536k",
        "mkdir /m/dev/pts 493",
        "mount devpts devpts /m/dev/pts nosuid,noexec newinstance,ptmxmode=0666,mode=0620,gid=5",
        "mount sysfs sysfs /m/sys nosuid,noexec,nodev,ro -",
        "mkdir /m/dev/mqueue 1023",
        "mount mqueue mqueue /m/dev/mqueue nosuid,noexec,nodev -",
        "mkdir /m/dev/shm 1023",
        "mount tmpfs shm /m/dev/shm nosuid,noexec,nodev mode=1777,size=65536k",
        "mount cgroup2 cgroup /m/sys/fs/cgroup nosuid,noexec,nodev,ro -",
        "mknod /m/dev/null 438 1 3",
        "mknod /m/dev/zero 438 1 5",
        "mknod /m/dev/full 438 1 7",
        "mknod /m/dev/random 438 1 8",
        "mknod /m/dev/urandom 438 1 9",
        "mknod /m/dev/tty 438 5 0",
        "symlink /proc/self/fd /m/dev/fd",
        "symlink /proc/self/fd/0 /m/dev/stdin",
        "symlink /proc/self/fd/1 /m/dev/stdout",
        "symlink /proc/self/fd/2 /m/dev/stderr",
        "symlink pts/ptmx /m/dev/ptmx",
        "pivot_root /m",
    };
    std::vector<std::string> calls = texts(plan_root(plain()));
    ASSERT_GT(calls.size(), wanted.size());
    calls.resize(wanted.size());
    EXPECT_EQ(calls, wanted);
}

TEST(RootfsPlan, everything_happens_in_the_container_and_leaves_nothing_to_take_back) {
    for (const plan::PlannedCall& call : plan_root(plain())) {
        EXPECT_EQ(call.place, plan::Place::init);
        EXPECT_EQ(call.phase, world::Phase::overlay);
        EXPECT_TRUE(call.undo.empty());
        EXPECT_FALSE(call.step.empty());
        EXPECT_FALSE(call.why.empty());
    }
}

TEST(RootfsPlan, hides_and_locks_what_docker_does_behind_the_pivot) {
    const std::vector<std::string> masked{"/proc/acpi",
                                          "/proc/asound",
                                          "/proc/interrupts",
                                          "/proc/kcore",
                                          "/proc/keys",
                                          "/proc/latency_stats",
                                          "/proc/sched_debug",
                                          "/proc/scsi",
                                          "/proc/timer_list",
                                          "/proc/timer_stats",
                                          "/sys/devices/virtual/powercap",
                                          "/sys/firmware"};
    const std::vector<std::string> locked{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    std::vector<std::string> sorted = masked_paths();
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted, masked);
    EXPECT_EQ(read_only_paths(), locked);
    const std::vector<std::string> calls = texts(plan_root(plain()));
    const std::ptrdiff_t pivot = place_of(calls, "pivot_root /m");
    for (const std::string& path : masked) {
        EXPECT_GT(place_of(calls, "mount mask /dev/null " + path + " ro -"), pivot);
    }
    for (const std::string& path : locked) {
        EXPECT_GT(place_of(calls, "mount bind " + path + " " + path + " rec,ro,optional -"), pivot);
    }
}

TEST(RootfsPlan, a_privileged_container_sees_all_of_it) {
    Config config = plain();
    config.privileged = true;
    EXPECT_EQ(texts(plan_root(config)).back(), "pivot_root /m");
}

TEST(RootfsPlan, puts_binds_and_tmpfs_into_the_tree_while_the_hosts_paths_have_names) {
    Config config = plain();
    config.binds = {
        {"bind", "/h/data", "/data", false}, {"bind", "/h/conf", "/conf", true}, {"tmpfs", "", "/run", false}};
    const std::vector<std::string> calls = texts(plan_root(config));
    const std::ptrdiff_t pivot = place_of(calls, "pivot_root /m");
    const std::ptrdiff_t data = place_of(calls, "mount bind /h/data /m/data rec,private -");
    const std::ptrdiff_t conf = place_of(calls, "mount bind /h/conf /m/conf rec,private -");
    const std::ptrdiff_t locked = place_of(calls, "mount bind /h/conf /m/conf remount,ro,rec -");
    EXPECT_LT(data, conf);
    EXPECT_LT(conf, locked);  // a bind takes flags only when it is mounted again (mount(2))
    EXPECT_LT(locked, pivot);
    EXPECT_LT(place_of(calls, "mount tmpfs tmpfs /m/run nosuid,nodev,noexec -"), pivot);
    EXPECT_FALSE(has(calls, "mount bind /h/data /m/data remount,ro,rec -"));
}

TEST(RootfsPlan, a_read_only_root_is_locked_when_nothing_must_be_written_any_more) {
    Config config = plain();
    config.read_only = true;
    const std::vector<std::string> calls = texts(plan_root(config));
    EXPECT_EQ(place_of(calls, "mount bind / / remount,ro -"), place_of(calls, "pivot_root /m") + 1);
    EXPECT_FALSE(has(texts(plan_root(plain())), "mount bind / / remount,ro -"));
}

TEST(RootfsPlan, shows_each_v1_hierarchy_that_is_mounted) {
    for (const CgroupLayout layout : {CgroupLayout::v1, CgroupLayout::hybrid}) {
        Config config = plain();
        config.cgroup = layout;
        config.controllers = {"memory", "pids"};
        const std::vector<std::string> calls = texts(plan_root(config));
        EXPECT_TRUE(has(calls, "mount tmpfs tmpfs /m/sys/fs/cgroup nosuid,noexec,nodev mode=755"));
        EXPECT_TRUE(has(calls, "mount cgroup cgroup /m/sys/fs/cgroup/memory nosuid,noexec,nodev,ro memory"));
        EXPECT_TRUE(has(calls, "mount cgroup cgroup /m/sys/fs/cgroup/pids nosuid,noexec,nodev,ro pids"));
        EXPECT_FALSE(has(calls, "mount cgroup2 cgroup /m/sys/fs/cgroup nosuid,noexec,nodev,ro -"));
    }
}

}  // namespace
}  // namespace cutaway::rootfs
