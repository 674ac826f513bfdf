// SPDX-License-Identifier: Apache-2.0
// Containers of an ordinary user: the built program with no privileges at all, neither root's nor an engine's.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/host/user_facts.h"
#include "tests/host/program.h"

namespace cutaway::host {
namespace {

constexpr const char* person = "65534";

// `setpriv … cutaway --world real --root FOLDER …` of somebody whose only privileges are their own.
Words own_words(const TempFolder& root, const Words& words) {
    Words all{"/usr/bin/setpriv",   "--reuid", person, "--regid", person, "--clear-groups", "/usr/bin/env",
              "HOME=" + root.path()};
    const Words real = real_words(root, words);
    all.insert(all.end(), real.begin(), real.end());
    return all;
}

class Rootless : public testing::Test {
protected:
    void SetUp() override {
        CUTAWAY_NEEDS_ROOT();  // to be anybody
        lend_null_device();
        ASSERT_EQ(::chown(root_.path().c_str(), 65534, 65534), 0);
        const std::string found = Process({"/usr/bin/setpriv", "--reuid", person, "--regid", person, "--clear-groups",
                                           CUTAWAY_PROGRAM, "doctor"})
                                      .finish()
                                      .out;
        if (!has(found, "ok       an overlay in a user namespace")) {
            GTEST_SKIP() << "this machine gives an ordinary user no overlay of their own";
        }
    }
    void TearDown() override {
        for (const std::string& id : containers_in(root_)) {
            static_cast<void>(own({"rm", "-f", id}));
        }
        EXPECT_TRUE(eventually([&] { return traces_of(root_.path()).empty(); }));
        if (lent_) {
            EXPECT_EQ(::umount2("/dev/null", MNT_DETACH), 0);
        }
    }

    Answer own(const Words& words) { return Process(own_words(root_, words)).finish(); }
    Answer run(const Words& words) {
        Words all{"run", "--rm", "--network", "none"};
        all.insert(all.end(), words.begin(), words.end());
        return own(all);
    }
    // Of this test's mounts: a machine on which somebody has written over /dev/null has none to lend.
    void lend_null_device() {
        struct stat seen {};
        if (::stat("/dev/null", &seen) == 0 && S_ISCHR(seen.st_mode)) {
            return;
        }
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        const std::string device = devices_.path("null");
        lent_ = true;
        ASSERT_EQ(::mknod(device.c_str(), S_IFCHR | 0666, ::makedev(1, 3)), 0);
        ASSERT_EQ(::chmod(device.c_str(), 0666), 0);
        ASSERT_EQ(::mount(device.c_str(), "/dev/null", nullptr, MS_BIND, nullptr), 0);
    }
    std::string start_long() {
        const Answer started =
            own({"run", "-d", "--name", "long", "--network", "none", "lab/hello", "/hello", "sleep", "600"});
        EXPECT_EQ(started.status, 0) << started.out;
        const Words all = containers_in(root_);
        return all.empty() ? std::string() : all.front();
    }
    std::string pid_of(const std::string& name) {
        std::string text = own({"inspect", "--format", "{{.State.Pid}}", name}).out;
        text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
        return text;
    }

    bool lent_ = false;
    TempFolder devices_;
    TempFolder root_;
};

TEST_F(Rootless, TheExitStatusIsTheProgramsOrDockersAndNothingIsLeft) {
    struct Case {
        Words words;
        int status;
        std::string says;
    };
    for (const Case& one :
         {Case{{"lab/hello"}, 0, "hello from inside a container\n"},
          Case{{"lab/hello", "/hello", "exit", "42"}, 42, ""},
          Case{{"lab/hello", "/absent"}, 127, "no such file or directory"},
          Case{{"lab/hello", "/etc"}, 126, "permission denied"},
          Case{{"lab/tools", "sh", "-c", "echo one > /tmp.txt; cat /tmp.txt; rm /tmp.txt"}, 0, "one\n"},
          Case{{"--read-only", "lab/tools", "touch", "/there"}, 1, "touch: /there"},
          Case{{"--init", "lab/tools", "sh", "-c", "exit 3"}, 3, ""}}) {
        const Answer answer = run(one.words);
        EXPECT_EQ(answer.status, one.status) << answer.out;
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
    }
    EXPECT_EQ(containers_in(root_), Words{});
    EXPECT_TRUE(eventually([&] { return traces_of(root_.path()).empty(); }));
    EXPECT_EQ(own({"fsck"}).status, 0);
}

TEST_F(Rootless, RootInsideIsTheUserOutside) {
    const std::string shared = root_.path("shared");
    ASSERT_TRUE(std::filesystem::create_directory(shared));
    ASSERT_EQ(::chown(shared.c_str(), 65534, 65534), 0);
    const Answer said = run({"-v", shared + ":/shared", "lab/tools", "sh", "-c",
                             "touch /shared/mine; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id"});
    EXPECT_EQ(said.status, 0) << said.out;
    EXPECT_TRUE(has(said.out, "0      65534          1\n")) << said.out;
    EXPECT_TRUE(has(said.out, "deny\n")) << said.out;
    EXPECT_TRUE(has(said.out, "uid=0")) << said.out;
    struct stat seen {};
    ASSERT_EQ(::stat((shared + "/mine").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_uid, 65534U);
    EXPECT_EQ(seen.st_gid, 65534U);
}

TEST_F(Rootless, TheProbeSeesWhatRootsContainersSee) {
    const std::string report = run({"lab/hello", "/hello", "probe"}).out;
    for (
        const char* part :
        {"\"pid\":1,", "\"ppid\":0,", R"("CapEff":"00000000a80425fb")", R"("CapBnd":"00000000a80425fb")",
         R"("CapInh":"0000000000000000")", R"("Seccomp":"2")", R"("links":["lo"])", R"("fds":["0 /dev/null","1 pipe)",
         R"("dev":["fd","full","mqueue","null","ptmx","pts","random","shm","stderr","stdin","stdout","tty","urandom","zero"])",
         " / / rw,relatime - overlay overlay rw,", ",userxattr", " /proc/keys ", " /proc/sys ro,"}) {
        EXPECT_TRUE(has(report, part)) << part << "\n" << report;
    }
    for (const char* part : {"/old", "cgroup2", "memfd:", "socket:"}) {
        EXPECT_FALSE(has(report, part)) << part << "\n" << report;
    }
}

TEST_F(Rootless, OneThatRunsIsReachedByLaterCommands) {
    const std::string id = start_long();
    EXPECT_TRUE(has(own({"ps"}).out, "Up "));
    EXPECT_TRUE(has(own({"top", "long"}).out, "/hello sleep 600"));
    const Answer probe = own({"exec", "long", "/hello", "probe"});
    EXPECT_EQ(probe.status, 0) << probe.out;
    EXPECT_TRUE(has(probe.out, "\"hostname\":\"" + id.substr(0, 12) + "\"")) << probe.out;
    EXPECT_TRUE(has(probe.out, R"("CapEff":"00000000a80425fb")")) << probe.out;
    EXPECT_FALSE(has(probe.out, "memfd:") || has(probe.out, "socket:") || has(probe.out, "pidfd")) << probe.out;
    EXPECT_EQ(own({"exec", "long", "/hello", "exit", "7"}).status, 7);
    EXPECT_EQ(own({"stop", "-t", "1", "long"}).status, 0);
    EXPECT_TRUE(has(own({"ps", "-a"}).out, "Exited (137)"));
    EXPECT_EQ(own({"start", "long"}).status, 0);
    EXPECT_EQ(own({"kill", "long"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(own({"ps", "-a"}).out, "Exited (137)"); }));
    EXPECT_EQ(own({"rm", "long"}).status, 0);
    expect_nothing_left(root_, id);
}

TEST_F(Rootless, TheLogAndTheChangesAreKept) {
    const Words run{"run",       "--name", "talker",
                    "--network", "none",   "lab/tools",
                    "sh",        "-c",     "echo one; echo two; touch /new; rm /bin/wget; mkdir /closed"};
    EXPECT_EQ(own(run).status, 0);
    EXPECT_EQ(own({"logs", "talker"}).out, "one\ntwo\n");
    const std::string changes = own({"diff", "talker"}).out;
    for (const char* line : {"A /new\n", "D /bin/wget\n", "A /closed\n"}) {
        EXPECT_TRUE(has(changes, line)) << line << changes;
    }
    EXPECT_EQ(own({"commit", "talker", "own/image"}).status, 0);
    EXPECT_EQ(this->run({"own/image", "ls", "/new"}).out, "/new\n");
    EXPECT_TRUE(has(this->run({"own/image", "ls", "/bin/wget"}).out, "wget")) << "it was removed";
    EXPECT_EQ(this->run({"own/image", "ls", "/bin/wget"}).status, 1);
    EXPECT_EQ(own({"rm", "talker"}).status, 0);
}

TEST_F(Rootless, ItsTerminalIsATerminal) {
    Process typed(own_words(root_, {"run", "--rm", "-it", "--network", "none", "lab/tools", "sh"}), Stdio::terminal);
    typed.type("echo $((6 * 7)) 2>/dev/null; test -t 0; cat /proc/self/stat\n");
    typed.type("exit 5\n");
    EXPECT_EQ(typed.finish().status, 5) << typed.said();
}

TEST_F(Rootless, AtAGateTheUserSeesTheHalfMadeContainerAndGivingUpLeavesNothing) {
    Process running(own_words(root_, {"--trace", root_.path("run.trace"), "--break", "call:pivot_root", "run", "--rm",
                                      "--network", "none", "lab/hello"}));
    ASSERT_TRUE(running.says("Next: pivot_root")) << running.said();
    ASSERT_EQ(containers_in(root_).size(), 1U);
    const std::string id = containers_in(root_).front();
    std::string pid;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        pid = has(text_of(entry.path() / "mountinfo"), root_.path("") + "/data/containers/" + id + "/merged/proc ") ||
                      has(text_of(entry.path() / "mountinfo"), "/containers/" + id + "/merged/proc ")
                  ? entry.path().filename().string()
                  : pid;
    }
    ASSERT_FALSE(pid.empty());
    EXPECT_TRUE(has(text_of("/proc/" + pid + "/uid_map"), "0      65534          1\n"));
    const Answer looked =
        Process({"/usr/bin/setpriv", "--reuid", person, "--regid", person, "--clear-groups", "/usr/bin/nsenter",
                 "--target", pid, "--user", "--mount", "--uts", "--preserve-credentials", "/bin/hostname"})
            .finish();
    EXPECT_EQ(looked.out, id.substr(0, 12) + "\n") << "its owner may look inside";
    running.type("quit\n");
    EXPECT_EQ(running.finish().status, 125);
    expect_nothing_left(root_, id);
    EXPECT_EQ(containers_in(root_), Words{});
    const std::string trace = text_of(root_.path("run.trace"));
    for (const char* part : {"map_ids", "/setgroups", "/uid_map", "CLONE_NEWUSER|SIGCHLD", "userxattr,lowerdir="}) {
        EXPECT_TRUE(has(trace, part)) << part;
    }
}

TEST_F(Rootless, WhenTheCommandIsKilledAtAGateTheNextOneFindsATidyMachine) {
    Process running(
        own_words(root_, {"--break", "call:execve", "run", "--name", "victim", "--network", "none", "lab/hello"}));
    ASSERT_TRUE(running.says("Next: execve"));
    const std::string id = containers_in(root_).front();
    EXPECT_NE(traces_of(id), Words{});
    running.kill_it();
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); }));
    EXPECT_TRUE(has(own({"ps", "-a"}).out, "victim"));
    EXPECT_EQ(own({"rm", "victim"}).status, 0);
    expect_nothing_left(root_, id);
}

TEST_F(Rootless, WithoutACgroupWhatRunsWithoutItsShimIsFoundByItsRoot) {
    const std::string id = start_long();
    const std::string first = pid_of("long");
    for (const std::string& trace : traces_of(id)) {
        if (trace.starts_with("process: ") && trace != "process: " + first) {
            ASSERT_EQ(::kill(static_cast<pid_t>(std::stol(trace.substr(9))), SIGKILL), 0);
        }
    }
    EXPECT_TRUE(eventually([&] { return traces_of(id).empty(); })) << "the shim has the container's name";
    EXPECT_TRUE(has(own({"ps"}).out, "Up ")) << "it does run, and looking ends nothing";
    const Answer mended = own({"fsck"});
    EXPECT_TRUE(has(mended.out, "container long runs without its shim: nobody would tell how it ends: killed"))
        << mended.out;
    EXPECT_TRUE(eventually([&] { return !std::filesystem::exists("/proc/" + first); }));
    EXPECT_TRUE(has(own({"ps", "-a"}).out, "Exited (137)"));
    EXPECT_EQ(own({"rm", "long"}).status, 0);
    expect_nothing_left(root_, id);
}

TEST_F(Rootless, AContainerThatIsToBeStartedAgainIs) {
    EXPECT_EQ(own({"run", "-d", "--name", "again", "--restart", "on-failure:2", "--network", "none", "lab/hello",
                   "/hello", "exit", "3"})
                  .status,
              0);
    EXPECT_TRUE(eventually(
        [&] {
            return own({"inspect", "--format", "{{.State.Status}} {{.RestartCount}}", "again"}).out == "exited 2\n";
        },
        60000));
    EXPECT_EQ(own({"rm", "again"}).status, 0);
}

TEST_F(Rootless, WhatTakesMoreThanAnOrdinaryUserHasIsRefusedInOneSentence) {
    start_long();
    struct Case {
        Words words;
        std::string says;
    };
    const Words run{"run", "--rm"};
    const auto with = [&](const Words& more) {
        Words words = run;
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    for (const Case& one :
         {Case{with({"-m", "64m", "lab/hello"}),
               "a limit takes a cgroup, and none is made for an ordinary user's containers"},
          Case{with({"--pids-limit", "5", "lab/hello"}), "a limit takes a cgroup"},
          Case{with({"--network", "none", "--user", "1000", "lab/hello"}), "there is no user 1000:0 in this container"},
          Case{with({"--network", "container:long", "lab/hello"}), "--network container: takes root"},
          Case{with({"--network", "bridge", "lab/hello"}), "bridges and cables take root, so no network \"bridge\""},
          Case{with({"--network", "none", "-p", "80:80", "lab/hello"}), "so no port can be published"},
          Case{{"network", "create", "n"}, "bridges and cables take root, so no network can be made"},
          Case{{"pause", "long"}, "pause takes a cgroup"},
          Case{{"stats", "--no-stream", "long"}, "stats takes a cgroup"},
          Case{{"update", "-m", "64m", "long"}, "a limit takes a cgroup"},
          Case{{"cp", "long:/hello", root_.path("hello")}, "show their files inside alone"},
          Case{{"export", "-o", root_.path("x.tar"), "long"}, "show their files inside alone"}}) {
        const Answer answer = own(one.words);
        EXPECT_NE(answer.status, 0) << one.says;
        EXPECT_TRUE(has(answer.out, one.says)) << answer.out;
    }
}

}  // namespace
}  // namespace cutaway::host
