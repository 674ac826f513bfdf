// SPDX-License-Identifier: Apache-2.0
// The bundle's mounts as calls.
#include "core/bundle/mounts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/world/by_hand.h"
#include "tests/bundle/config.h"

namespace cutaway::bundle {
namespace {

using Options = std::vector<std::string>;

Tree tree_of(Groups groups = v1()) { return {"/r", std::move(groups), true}; }

std::vector<plan::PlannedCall> calls_of(const oci::RuntimeSpec& spec) {
    Result<std::vector<plan::PlannedCall>> calls = plan_tree(spec, tree_of());
    EXPECT_TRUE(calls) << (calls ? "" : calls.error().doing);
    return calls ? std::move(*calls) : std::vector<plan::PlannedCall>{};
}

// "type source target [options] data", one a call.
std::vector<std::string> lines_of(const Result<std::vector<world::Call>>& calls) {
    std::vector<std::string> lines;
    for (const world::Call& call : calls ? *calls : std::vector<world::Call>{}) {
        const auto* mount = std::get_if<world::Mount>(&call);
        if (mount == nullptr) {
            lines.emplace_back(kind_of(call));
            continue;
        }
        std::string options;
        for (const std::string& option : mount->options) {
            options += (options.empty() ? "" : ",") + option;
        }
        lines.push_back(mount->type + " " + mount->source + " " + mount->target + " [" + options + "] " + mount->data);
    }
    return lines;
}

TEST(Mounts, OptionsAreFlagsOrTheFileSystemsOwn) {
    struct Case {
        oci::SpecMount mount;
        std::vector<std::string> lines;
    };
    const std::vector<Case> cases{
        {{"/proc", "proc", "proc", {}}, {"proc proc /r/proc [] "}},
        {{"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=64k"}},
         {"tmpfs tmpfs /r/dev [nosuid,strictatime] mode=755,size=64k"}},
        {{"//dev/./shm/", "tmpfs", "shm", {"ro", "rw", "nodev"}}, {"tmpfs shm /r/dev/shm [nodev] "}},
        {{"/data", "bind", "/srv", {"rbind", "ro", "nosuid", "rslave"}},
         {"bind /srv /r/data [rec] ", "bind /srv /r/data [ro,nosuid,remount] ", "  /r/data [slave,rec] "}},
        {{"/data", "none", "/srv", {"bind", "private"}}, {"bind /srv /r/data [] ", "  /r/data [private] "}},
        {{"/x", "tmpfs", "x", {"defaults", "async", "loud", "suid"}}, {"tmpfs x /r/x [] "}},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(lines_of(mount_calls(one.mount, tree_of())), one.lines) << one.mount.destination;
    }
}

TEST(Mounts, AWordThatIsNotBuiltIsRefusedByItsName) {
    for (const char* word : {"tmpcopyup", "idmap", "rro", "remount", "src-nofollow"}) {
        const auto calls = mount_calls({"/x", "tmpfs", "x", {word}}, tree_of());
        ASSERT_FALSE(calls) << word;
        EXPECT_NE(calls.error().doing.find(std::string("/x: the option ") + word), std::string::npos)
            << calls.error().doing;
    }
    EXPECT_FALSE(mount_calls({"/x", "bind", "/srv", {"size=4k"}}, tree_of())) << "a bind has no options of its own";
    EXPECT_FALSE(mount_calls({"/x", "bind", "srv", {}}, tree_of())) << "relative to what";
    EXPECT_FALSE(mount_calls({"/x/../..", "tmpfs", "x", {}}, tree_of()));
    EXPECT_FALSE(mount_calls({"/", "tmpfs", "x", {}}, tree_of()));
    EXPECT_FALSE(mount_calls({"/x", "", "x", {}}, tree_of()));
}

TEST(Mounts, CgroupsAreSeenAsTheContainersOwn) {
    const oci::SpecMount mount{"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "ro"}};
    EXPECT_EQ(lines_of(mount_calls(mount, tree_of(v2()))),
              std::vector<std::string>{"cgroup2 cgroup /r/sys/fs/cgroup [nosuid,ro] "});
    Groups two = v1();
    two.controllers = {"memory"};
    EXPECT_EQ(lines_of(mount_calls(mount, tree_of(two))),
              (std::vector<std::string>{"tmpfs tmpfs /r/sys/fs/cgroup [nosuid,noexec,nodev] mode=755", "mkdir",
                                        "cgroup cgroup /r/sys/fs/cgroup/memory [nosuid,ro] memory",
                                        "bind /r/sys/fs/cgroup /r/sys/fs/cgroup [remount,ro] "}));
    Tree shared = tree_of(two);
    shared.own_cgroups = false;
    const std::vector<std::string> lines = lines_of(mount_calls(mount, shared));
    EXPECT_NE(std::find(lines.begin(), lines.end(),
                        "bind /sys/fs/cgroup/memory/cutaway-oci/box /r/sys/fs/cgroup/memory [rec] "),
              lines.end())
        << "without a namespace of its own, its own part is bound: not the host's whole hierarchy";
}

std::vector<std::string> kinds_of(const std::vector<plan::PlannedCall>& calls) {
    std::vector<std::string> kinds;
    for (const plan::PlannedCall& one : calls) {
        kinds.emplace_back(kind_of(one.call));
    }
    return kinds;
}

TEST(Mounts, ABoundDevIsLeftAsItIs) {
    const oci::RuntimeSpec bound =
        spec_with("/mounts/1", R"({"destination": "/dev", "type": "bind", "source": "/dev", "options": ["rbind"]})");
    const std::vector<std::string> kinds = kinds_of(calls_of(bound));
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "mknod_any"), 0);
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "symlink"), 0);
    const std::vector<std::string> fresh = kinds_of(calls_of(spec_with()));
    EXPECT_EQ(std::count(fresh.begin(), fresh.end(), "mknod_any"), 6);
    EXPECT_EQ(std::count(fresh.begin(), fresh.end(), "symlink"), 5);
}

TEST(Mounts, ADeviceOfTheBundleTakesTheDefaultsPlace) {
    const oci::RuntimeSpec spec = spec_with(
        "/linux/devices", R"([{"path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 384, "uid": 7}])");
    int nulls = 0;
    for (const plan::PlannedCall& one : calls_of(spec)) {
        const auto* node = std::get_if<world::MakeDevice>(&one.call);
        if (node != nullptr && node->path == "/r/dev/null") {
            ++nulls;
            EXPECT_EQ(node->mode, 0600U);
            EXPECT_EQ(node->uid, 7U);
        }
    }
    EXPECT_EQ(nulls, 1);
}

TEST(Mounts, NothingIsHiddenBeforeTheRootIsTurnedAndNothingIsMountedBehindIt) {
    const std::vector<plan::PlannedCall> calls = calls_of(spec_with());
    const auto turn = std::find_if(calls.begin(), calls.end(), [](const plan::PlannedCall& one) {
        return std::holds_alternative<world::PivotRoot>(one.call);
    });
    ASSERT_NE(turn, calls.end());
    for (auto at = calls.begin(); at != calls.end(); ++at) {
        const auto* mount = std::get_if<world::Mount>(&at->call);
        if (mount != nullptr) {
            EXPECT_EQ(at > turn, !mount->target.starts_with("/r") && mount->source != "") << by_hand(at->call);
        }
    }
}

TEST(Mounts, PropagationOfTheRootIsWhatIsAskedFor) {
    const auto first = [](const char* word) {
        const oci::RuntimeSpec spec = spec_with("/linux/rootfsPropagation", "\"" + std::string(word) + "\"");
        return std::get<world::Mount>(calls_of(spec).front().call).options;
    };
    EXPECT_EQ(first(""), (Options{"rec", "slave"}));
    EXPECT_EQ(first("rprivate"), (Options{"rec", "private"}));
    EXPECT_EQ(first("shared"), (Options{"rec", "slave"})) << "the host's tree is never shared with";
    EXPECT_FALSE(plan_tree(spec_with("/linux/rootfsPropagation", "\"sideways\""), tree_of()));
}

}  // namespace
}  // namespace cutaway::bundle
