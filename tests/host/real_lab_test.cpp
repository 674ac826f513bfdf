// SPDX-License-Identifier: Apache-2.0
// The images that came with Cutaway: their shell, their web server, and the lessons' programs, which say here what they
// say on the simulated machine.
#include <unistd.h>

#include "tests/host/program.h"
#include "tests/host/real_network.h"

namespace cutaway::host {
namespace {

class RealLab : public testing::Test {
protected:
    void SetUp() override { CUTAWAY_NEEDS_ROOT(); }

    void has_image(const std::string& name) { ASSERT_EQ(cutaway(root_, {"pull", "-q", name}).status, 0); }
    Answer run(const std::string& image, const Words& words, const Words& flags = {}) {
        Words all{"run", "--rm", "--network", "none"};
        all.insert(all.end(), flags.begin(), flags.end());
        all.push_back(image);
        all.insert(all.end(), words.begin(), words.end());
        return cutaway(root_, all);
    }

    TempFolder root_;
};

TEST_F(RealLab, TheShellDoesWhatAPersonTypes) {
    has_image("lab/tools");
    struct Case {
        const char* script;
        const char* out;
        int status = 0;
    };
    const Case cases[] = {
        {"echo hello world", "hello world\n"},
        {"echo 'a  b' \"c  d\" e\\ f", "a  b c  d e f\n"},
        {"x=4; y='1  2'; echo $x ${x}5 $y \"$y\" '$x' \"$x$\"", "4 45 1 2 1  2 $x 4$\n"},
        {"false || echo no; true && echo yes; false && echo never; echo $?", "no\nyes\n1\n"},
        {"echo one | cat | cat; exit 7", "one\n", 7},
        {"echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; cat /tmp/none 2> /tmp/err; cat /tmp/err",
         "a\nb\ncat: /tmp/none: No such file or directory\n"},
        {"cd /tmp && pwd; cd; pwd", "/tmp\n/root\n"},
        {"cd /nowhere", "sh: cd: /nowhere: No such file or directory\n", 1},
        {"export A=1; B=2 env | cat > /tmp/e; sh -c 'echo $A'", "1\n"},
        {"sleep 0 & wait; echo $$  # words behind a # are none", "1\n"},
        {"exec echo replaced; echo never", "replaced\n"},
        {"kill -TERM 4000", "kill: 4000: No such process\n", 1},
        {"nope", "sh: nope: not found\n", 127},
        {"mkdir /tmp/d; touch /tmp/d/f; ls /tmp/d; rm /tmp/d/f /tmp/d; ls /tmp/d 2> /tmp/e; cat /tmp/e",
         "f\nls: /tmp/d: No such file or directory\n"},
        {"id; hostname > /dev/null; uname", "uid=0 gid=0 groups=0\nLinux\n"},
        {"echo 'open", "sh: the quotation mark ' is not closed\n", 2},
        {"while true; do :; done", "sh: \"while\" is not known to this small shell\n", 2},
        {"echo $(id)", "sh: \"$(\" is not known to this small shell\n", 2},
        {"ls /*", "sh: \"*\" is not known to this small shell\n", 2},
        {"echo one; ; | two", "sh: a command is missing\n", 2},
    };
    for (const Case& one : cases) {
        const Answer answer = run("lab/tools", {"sh", "-c", one.script});
        EXPECT_EQ(answer.out, one.out) << one.script;
        EXPECT_EQ(answer.status, one.status) << one.script;
    }
}

TEST_F(RealLab, ItsPsSeesTheContainersProcessesAndNoOthers) {
    has_image("lab/tools");
    EXPECT_EQ(run("lab/tools", {"sh", "-c", "ps; true"}).out,
              "PID   USER     STAT COMMAND\n    1 0        S    sh -c ps; true\n    2 0        R    ps\n");
    const Answer user = run("lab/tools", {"id"}, {"--user", "65534:65534"});
    EXPECT_EQ(user.out, "uid=65534 gid=65534 groups=65534\n");
    EXPECT_TRUE(has(run("lab/tools", {"probe"}).out, "\"pid\":1,"));
}

TEST_F(RealLab, AMemoryHogSaysAndDiesAsOnTheSimulatedMachine) {
    has_image("lab/memhog");
    const Words words{"run", "--rm", "--network", "none", "--memory", "64m", "lab/memhog"};
    const Answer here = cutaway(root_, words);
    EXPECT_EQ(here.status, 137) << here.out;
    const TempFolder simulated;
    Words there{CUTAWAY_PROGRAM, "--world", "model", "--root", simulated.path(), "pull", "-q", "lab/memhog"};
    EXPECT_EQ(Process(there).finish().status, 0);
    there.resize(5);
    there.insert(there.end(), words.begin(), words.end());
    const Answer modelled = Process(there).finish();
    EXPECT_EQ(modelled.status, 137);
    EXPECT_EQ(modelled.out, here.out);
}

TEST_F(RealLab, WhoHandlesSigtermCleansUpAndEndsWell) {
    has_image("lab/trap-term");
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "tidy", "--network", "none", "lab/trap-term"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(cutaway(root_, {"logs", "tidy"}).out, "waiting"); }));
    EXPECT_EQ(cutaway(root_, {"stop", "tidy"}).status, 0);
    EXPECT_EQ(cutaway(root_, {"logs", "tidy"}).out,
              "trap-term: waiting, pid 1\ntrap-term: got SIGTERM, cleaning up\ntrap-term: done\n");
    EXPECT_EQ(cutaway(root_, {"inspect", "-f", "{{.State.ExitCode}}", "tidy"}).out, "0\n");
    EXPECT_EQ(cutaway(root_, {"rm", "tidy"}).status, 0);
}

TEST_F(RealLab, ChildrenThatNobodyWaitsForAreZombies) {
    has_image("lab/zombie-maker");
    ASSERT_EQ(cutaway(root_,
                      {"run", "-d", "--name", "careless", "--network", "none", "lab/zombie-maker", "zombie-maker", "2"})
                  .status,
              0);
    EXPECT_TRUE(eventually([&] {
        const std::string seen = cutaway(root_, {"exec", "careless", "ps"}).out;
        const std::string zombie = " 0        Z    [zombie-child]\n";
        const std::size_t first = seen.find(zombie);
        return first != std::string::npos && seen.find(zombie, first + 1) != std::string::npos;
    }));
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "careless"}).status, 0);
}

TEST_F(RealLab, TheMachinesOwnBusyboxIsAnImageToo) {
    const bool here = ::access("/bin/busybox", X_OK) == 0 || ::access("/usr/bin/busybox", X_OK) == 0;
    const Answer pulled = cutaway(root_, {"pull", "lab/busybox"});
    if (!here) {
        EXPECT_TRUE(has(pulled.out, "lab/busybox is made of this machine's own busybox")) << pulled.out;
        GTEST_SKIP() << "there is no busybox on this machine";
    }
    ASSERT_EQ(pulled.status, 0) << pulled.out;
    EXPECT_EQ(run("lab/busybox", {"sh", "-c", "for i in 1 2; do echo $((i * 21)); done | tail -n 1"}).out, "42\n");
    EXPECT_EQ(run("lab/busybox", {"wc", "-l", "/etc/passwd"}).out, "2 /etc/passwd\n");
}

TEST_F(RealNetwork, LabWebIsAMasterWithTwoWorkersWhoAnswer) {
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "page", "-p", "8080:80", "lab/web"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(fetch("127.0.0.1", "8080").out, "served from inside a container"); }));
    const std::string processes = cutaway(root_, {"exec", "page", "ps"}).out;
    EXPECT_TRUE(has(processes, "    1 0        S    web\n    2 0        S    web\n    3 0        S    web\n"))
        << processes;
    EXPECT_TRUE(has(cutaway(root_, {"logs", "page"}).out, "172.17.0.1 \"GET / HTTP/1.0\" 200 "));
    ASSERT_EQ(cutaway(root_, {"exec", "page", "kill", "-KILL", "2"}).status, 0);
    EXPECT_TRUE(eventually([&] { return has(cutaway(root_, {"logs", "page"}).out, "worker process 2 exited\n"); }));
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0) << "one that ended is replaced";
    EXPECT_EQ(cutaway(root_, {"stop", "page"}).status, 0);
    const std::string said = cutaway(root_, {"logs", "page"}).out;
    EXPECT_TRUE(said.ends_with("web: signal 15 received, shutting down\nweb: exit\n")) << said;
    EXPECT_EQ(cutaway(root_, {"inspect", "-f", "{{.State.ExitCode}}", "page"}).out, "0\n");
    EXPECT_EQ(cutaway(root_, {"rm", "page"}).status, 0);
}

TEST_F(RealNetwork, LabToolsFindAnotherContainerByItsName) {
    ASSERT_EQ(cutaway(root_, {"network", "create", "town"}).status, 0);
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "page", "--network", "town", "lab/web"}).status, 0);
    ASSERT_EQ(cutaway(root_, {"pull", "-q", "lab/tools"}).status, 0);
    const Words inside{"run", "--rm", "--network", "town", "lab/tools"};
    const auto type = [&](const Words& words) {
        Words all = inside;
        all.insert(all.end(), words.begin(), words.end());
        return cutaway(root_, all);
    };
    EXPECT_TRUE(eventually([&] {
        return has(type({"wget", "-q", "-O", "-", "http://page/"}).out, "served from inside");
    }));
    const std::string server = "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11#53\n\n";
    EXPECT_EQ(type({"nslookup", "page"}).out,
              server + "Non-authoritative answer:\nName:\tpage\nAddress: 172.18.0.2\n\n");
    const Answer unknown = type({"nslookup", "nobody"});
    EXPECT_EQ(unknown.out, server + "** server can't find nobody: SERVFAIL\n")
        << "nobody is behind the network's server";
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "page"}).status, 0);
    EXPECT_EQ(cutaway(root_, {"network", "rm", "town"}).status, 0);
}

}  // namespace
}  // namespace cutaway::host
