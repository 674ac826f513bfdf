// SPDX-License-Identifier: Apache-2.0
// `cutaway fsck` on this machine: a damaged store, and a container whose shim was killed with everything it was to undo.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/host/program.h"

namespace cutaway::host {
namespace {

std::string only_entry(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        return entry.path();
    }
    return {};
}

TEST(RealFsck, UnpacksADamagedLayerAgainAndTellsOfABlobThatIsNotWhatItIsCalled) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    ASSERT_EQ(cutaway(root, {"pull", "lab/hello"}).status, 0);
    const Answer clean = cutaway(root, {"fsck"});
    EXPECT_EQ(clean.status, 0) << clean.out;
    EXPECT_TRUE(has(clean.out, ": nothing is wrong\n")) << clean.out;
    std::filesystem::remove(only_entry(root.path("layers")) + "/fs/hello");
    EXPECT_EQ(cutaway(root, {"fsck", "--dry-run"}).status, 4);
    const Answer mended = cutaway(root, {"fsck"});
    EXPECT_EQ(mended.status, 1) << mended.out;
    EXPECT_TRUE(has(mended.out, "unpacked again from its blobs\n")) << mended.out;
    EXPECT_EQ(cutaway(root, {"run", "--rm", "--network", "none", "lab/hello"}).out, "hello from inside a container\n");
    {
        std::fstream hello(only_entry(root.path("layers")) + "/fs/hello",
                           std::ios::in | std::ios::out | std::ios::binary);
        hello.seekp(4096);
        hello << "other bytes";
    }
    EXPECT_EQ(cutaway(root, {"fsck"}).status, 0) << "the size is the same, so the list sees nothing";
    const Answer deep = cutaway(root, {"fsck", "--deep"});
    EXPECT_EQ(deep.status, 1) << deep.out;
    EXPECT_TRUE(has(deep.out, ": hello has other bytes: removed\n")) << deep.out;
    EXPECT_TRUE(has(cutaway(root, {"fsck", "--deep"}).out, "(1 compared with their blobs), ")) << "and it is mended";
    std::ofstream(only_entry(root.path("blobs/sha256")), std::ios::app) << "more";
    const Answer lost = cutaway(root, {"fsck"});
    EXPECT_TRUE(has(lost.out, "holds bytes of another digest")) << lost.out;
    cutaway(root, {"pull", "lab/hello"});
    EXPECT_EQ(cutaway(root, {"rmi", "lab/hello"}).status, 0);
    EXPECT_EQ(cutaway(root, {"fsck"}).status, 0);
}

TEST(RealFsck, TheStoreIsForNobodyElse) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    ASSERT_EQ(cutaway(root, {"pull", "lab/hello"}).status, 0);
    using std::filesystem::perms;
    int looked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root.path())) {
        EXPECT_EQ(entry.status().permissions() & perms::others_all, perms::none) << entry.path();
        ++looked;
    }
    for (const auto& entry : std::filesystem::directory_iterator(root.path("layers"))) {
        EXPECT_EQ(entry.status().permissions() & perms::others_all, perms::none) << entry.path();
        ++looked;
    }
    EXPECT_GT(looked, 4);
}

// The processes whose command line holds this container's id, and the container's own.
std::vector<pid_t> processes_of(const std::string& id) {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        const bool number = name.find_first_not_of("0123456789") == std::string::npos;
        if (number &&
            (has(text_of("/proc/" + name + "/cmdline"), id) || has(text_of("/proc/" + name + "/cgroup"), id))) {
            found.push_back(std::stoi(name));
        }
    }
    return found;
}

// One that sleeps for longer than any test takes.
std::string start_long(const TempFolder& root) {
    const Words run{"run", "-d", "--name", "long", "--network", "none", "lab/hello", "/hello", "sleep", "60"};
    EXPECT_EQ(cutaway(root, run).status, 0);
    return containers_in(root).front();
}

void kill_shim_of(const std::string& id) {
    for (const pid_t pid : processes_of(id)) {
        if (has(text_of("/proc/" + std::to_string(pid) + "/cmdline"), id)) {
            ::kill(pid, SIGKILL);
            EXPECT_TRUE(eventually([&] { return text_of("/proc/" + std::to_string(pid) + "/cmdline").empty(); }));
        }
    }
}

TEST(RealFsck, GivesBackWhatAContainerLeftThatDiedWithItsShim) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const std::string id = start_long(root);
    for (const pid_t pid : processes_of(id)) {
        ::kill(pid, SIGKILL);
    }
    EXPECT_TRUE(eventually([&] { return processes_of(id).empty(); }));
    // Which only tells; a process that is on its way out is in its cgroup for a moment more.
    EXPECT_TRUE(eventually([&] { return has(cutaway(root, {"fsck", "--dry-run"}).out, "but nothing of it does"); }));
    const Answer mended = cutaway(root, {"fsck"});
    EXPECT_EQ(mended.status, 1) << mended.out;
    EXPECT_TRUE(has(mended.out, "container long is said to run, but nothing of it does: recorded as exited (255)"))
        << mended.out;
    EXPECT_TRUE(has(cutaway(root, {"ps", "-a"}).out, "Exited (255)"));
    EXPECT_EQ(cutaway(root, {"fsck"}).status, 0);
    EXPECT_EQ(cutaway(root, {"rm", "long"}).status, 0);
    expect_nothing_left(root, id);
}

TEST(RealFsck, PsTellsTheTruthOfOneThatDiedWithItsShim) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const std::string id = start_long(root);
    for (const pid_t pid : processes_of(id)) {
        ::kill(pid, SIGKILL);
    }
    EXPECT_TRUE(eventually([&] { return processes_of(id).empty(); }));
    EXPECT_TRUE(eventually([&] { return !has(cutaway(root, {"ps"}).out, "long"); }));
    EXPECT_TRUE(has(cutaway(root, {"ps", "-a"}).out, "Exited (255)"));
    EXPECT_EQ(cutaway(root, {"fsck"}).status, 0) << "what it left was given back by who looked first";
    EXPECT_EQ(cutaway(root, {"rm", "long"}).status, 0);
    expect_nothing_left(root, id);
}

TEST(RealFsck, WhatRunsWithoutItsShimIsUpUntilSomebodyEndsIt) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    const std::string id = start_long(root);
    kill_shim_of(id);
    EXPECT_TRUE(has(cutaway(root, {"ps"}).out, "Up ")) << "it does run, and looking ends nothing";
    const Answer mended = cutaway(root, {"fsck"});
    EXPECT_TRUE(has(mended.out, "container long runs without its shim: nobody would tell how it ends: killed"))
        << mended.out;
    EXPECT_TRUE(has(cutaway(root, {"ps", "-a"}).out, "Exited (137)"));
    EXPECT_TRUE(processes_of(id).empty());
    EXPECT_EQ(cutaway(root, {"start", "long"}).status, 0);
    kill_shim_of(id);
    EXPECT_EQ(cutaway(root, {"rm", "-f", "long"}).status, 0);
    expect_nothing_left(root, id);
}

}  // namespace
}  // namespace cutaway::host
