// SPDX-License-Identifier: Apache-2.0
// The built program in the real world, from the outside: what a person at a terminal and a second one beside it see.
#include <filesystem>

#include "tests/host/program.h"

namespace cutaway::host {
namespace {

TEST(RealRun, TheExitStatusIsTheProgramsOrDockers) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    struct Case {
        Words words;
        int status;
        std::string says;
    };
    const Words run{"run", "--rm", "--network", "none"};
    const auto with = [&](const Words& more) {
        Words words = run;
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    for (const Case& one : {Case{with({"lab/hello"}), 0, "hello from inside a container\n"},
                            Case{with({"lab/hello", "/hello", "exit", "42"}), 42, ""},
                            Case{with({"lab/hello", "/absent"}), 127, "no such file or directory"},
                            Case{with({"lab/hello", "/etc"}), 126, "permission denied"},
                            Case{with({"-m", "8m", "lab/hello", "/hello", "eat"}), 137, ""}}) {
        const Answer answer = cutaway(root, one.words);
        EXPECT_EQ(answer.status, one.status) << answer.out;
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
    }
    EXPECT_EQ(containers_in(root), Words{});
    EXPECT_TRUE(eventually([&] { return traces_of(root.path()).empty(); }));
}

// The init of a start that stands at a gate: the process that sees the container's tree mounted.
std::string init_at_the_gate(const TempFolder& root) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const std::string mounts = text_of(entry.path() / "mountinfo");
        if (has(mounts, root.path()) && has(mounts, "/merged/proc ")) {
            return entry.path().filename();
        }
    }
    return {};
}

std::string link_of(const std::string& path) {
    std::error_code error;
    return std::filesystem::read_symlink(path, error).string();
}

TEST(RealRun, AtAGateASecondTerminalSeesTheHalfMadeContainerAndGivingUpLeavesNothing) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process running(real_words(root, {"--break", "call:pivot_root", "run", "--rm", "--network", "none", "lab/hello"}));
    ASSERT_TRUE(running.says("Next: pivot_root"));
    ASSERT_EQ(containers_in(root).size(), 1U);
    const std::string id = containers_in(root).front();
    const std::string pid = init_at_the_gate(root);
    ASSERT_FALSE(pid.empty());
    const std::string proc = "/proc/" + pid;
    for (const char* space : {"mnt", "pid", "net", "ipc", "uts"}) {
        EXPECT_NE(link_of(proc + "/ns/" + space), link_of("/proc/self/ns/" + std::string(space))) << space;
    }
    EXPECT_TRUE(has(text_of(proc + "/cgroup"), "/cutaway/" + id));
    EXPECT_TRUE(has(text_of(proc + "/status"), "\nNSpid:\t" + pid + "\t1\n"));
    EXPECT_EQ(link_of(proc + "/root"), "/") << "the host's tree is still its root";
    EXPECT_TRUE(has(text_of(proc + "/mountinfo"), "/merged/dev/pts "));
    EXPECT_TRUE(has(link_of(proc + "/exe"), "memfd:cutaway-init")) << "it is not the container's program yet";
    running.type("quit\n");
    const Answer answer = running.finish();
    EXPECT_EQ(answer.status, 125) << answer.out;
    expect_nothing_left(root, id);
    EXPECT_EQ(containers_in(root), Words{});
}

TEST(RealRun, WhenTheCommandIsKilledAtAGateTheNextOneFindsATidyMachine) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    Process running(
        real_words(root, {"--break", "call:execve", "run", "--name", "victim", "--network", "none", "lab/hello"}));
    ASSERT_TRUE(running.says("Next: execve"));
    const std::string id = containers_in(root).front();
    EXPECT_NE(traces_of(id), Words{});
    running.kill_it();
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); }));
    EXPECT_EQ(traces_of(id), Words{});
    EXPECT_TRUE(has(cutaway(root, {"ps", "-a"}).out, "victim"));
    EXPECT_EQ(cutaway(root, {"rm", "victim"}).status, 0);
    expect_nothing_left(root, id);
}

TEST(RealRun, OneThatRunsIsReachedByLaterCommands) {
    CUTAWAY_NEEDS_ROOT();
    const TempFolder root;
    ASSERT_EQ(cutaway(root, {"run", "-d", "--name", "long", "--network", "none", "lab/hello", "/hello", "sleep", "60"})
                  .status,
              0);
    ASSERT_EQ(containers_in(root).size(), 1U);
    const std::string id = containers_in(root).front();
    EXPECT_TRUE(has(cutaway(root, {"ps"}).out, "Up "));
    const Answer probe = cutaway(root, {"exec", "long", "/hello", "probe"});
    EXPECT_EQ(probe.status, 0) << probe.out;
    EXPECT_TRUE(has(probe.out, "\"hostname\":\"" + id.substr(0, 12) + "\"")) << probe.out;
    EXPECT_FALSE(has(probe.out, "memfd:") || has(probe.out, "socket:") || has(probe.out, "pidfd")) << probe.out;
    EXPECT_EQ(cutaway(root, {"exec", "long", "/hello", "exit", "7"}).status, 7);
    EXPECT_EQ(cutaway(root, {"kill", "long"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(cutaway(root, {"ps", "-a"}).out, "Exited (137)"); }));
    EXPECT_EQ(cutaway(root, {"rm", "long"}).status, 0);
    expect_nothing_left(root, id);
}

}  // namespace
}  // namespace cutaway::host
