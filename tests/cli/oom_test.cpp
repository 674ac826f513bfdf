// SPDX-License-Identifier: Apache-2.0
// What the kernel tells of a cgroup is told of the directory that the calls name: nothing of it is left when the
// container has gone, whatever the machine's layout.
#include "core/scene/invariants.h"
#include "tests/cli/verbs.h"
#include "tests/cli/watcher.h"

namespace cutaway::cli {
namespace {

class Layout : public testing::TestWithParam<const char*> {};

TEST_P(Layout, leaves_no_cgroup_behind_when_one_was_out_of_memory_or_frozen) {
    const TemporaryDirectory directory;
    CommandLine line;
    line.world = "model";
    line.root = directory.path();
    line.machine = GetParam();
    line.clock = "advance:1s";
    Result<std::unique_ptr<Stage>> stage = Stage::open(line);
    ASSERT_TRUE(stage) << stage.error().doing;
    Watcher watcher((*stage)->header());
    (*stage)->recorder().add_sink(watcher);
    const auto type = [&](const std::string& text) {
        MemoryConsole console;
        return (*stage)->perform(words_of(text), console);
    };
    EXPECT_EQ(type("run --name hog -m 32m lab/memhog"), 137);
    EXPECT_EQ(type("run -d --name box alpine sleep 1000"), 0);
    EXPECT_EQ(type("pause box"), 0);
    EXPECT_EQ(type("unpause box"), 0);
    EXPECT_EQ(type("stats --no-stream"), 0);
    EXPECT_FALSE(watcher.picture().cgroups->empty());
    for (const auto& [path, cgroup] : *watcher.picture().cgroups) {
        EXPECT_EQ(path.find("/sys/fs/cgroup"), 0U) << path;
    }
    EXPECT_EQ(type("rm -f hog box"), 0);
    for (const auto& [path, cgroup] : *watcher.picture().cgroups) {
        EXPECT_TRUE(cgroup->container.empty()) << path << " is left of " << cgroup->container;
    }
    EXPECT_TRUE(scene::violations(watcher.picture()).empty());
}

INSTANTIATE_TEST_SUITE_P(Cgroups, Layout, testing::Values("v1", "v2", "hybrid"));

}  // namespace
}  // namespace cutaway::cli
