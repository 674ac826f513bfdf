// SPDX-License-Identifier: Apache-2.0
// --restart by a shim that has nobody to ask, and --init's first process, on this machine.
#include <signal.h>

#include "tests/host/real_network.h"

namespace cutaway::host {
namespace {

class RealRestart : public RealNetwork {
protected:
    std::string state_of(const std::string& name) {
        return cutaway(root_, {"inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}", name}).out;
    }
    bool becomes(const std::string& name, const std::string& state) {
        std::string last;
        const bool so = eventually([&] { return (last = state_of(name)) == state + "\n"; }, 60000);
        EXPECT_TRUE(so) << last;
        return so;
    }
    std::string value_of(const std::string& what, const std::string& name) {
        std::string text = cutaway(root_, {"inspect", "-f", "{{" + what + "}}", name}).out;
        return text.substr(0, text.find('\n'));
    }
};

TEST_F(RealRestart, OnFailureTriesAgainAsOftenAsItMay) {
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "job", "--network", "none", "--restart", "on-failure:2",
                              "lab/hello", "/hello", "exit", "3"})
                  .status,
              0);
    const std::string id = containers_in(root_).front();
    EXPECT_TRUE(becomes("job", "exited 3 2"));
    EXPECT_EQ(cutaway(root_, {"rm", "job"}).out, "job\n");
    expect_nothing_left(root_, id);
}

TEST_F(RealRestart, AKilledContainerComesBackWithItsPortAndItsName) {
    ASSERT_EQ(cutaway(root_, {"network", "create", "one"}).status, 0);
    serve({"--name", "web", "--network", "one", "--restart", "always", "-p", "8080:80"});
    const std::string id = containers_in(root_).front();
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0);
    const pid_t first = std::stoi(value_of(".State.Pid", "web"));
    ASSERT_EQ(::kill(first, SIGKILL), 0) << "not by docker kill: that is for good";
    EXPECT_TRUE(becomes("web", "running 0 1"));
    EXPECT_NE(std::stoi(value_of(".State.Pid", "web")), first);
    EXPECT_EQ(fetch("127.0.0.1", "8080").status, 0);
    EXPECT_EQ(cutaway(root_, {"exec", "web", "/hello", "ask", "web", "1"}).out, "172.18.0.2\n");
    EXPECT_EQ(cutaway(root_, {"stop", "-t", "0", "web"}).out, "web\n");
    EXPECT_EQ(state_of("web"), "exited 137 1\n");
    EXPECT_EQ(cutaway(root_, {"start", "web"}).out, "web\n");
    EXPECT_EQ(state_of("web"), "running 0 0\n") << "a start counts anew";
    EXPECT_EQ(cutaway(root_, {"rm", "-f", "web"}).out, "web\n");
    expect_nothing_left(root_, id);
    expect_tidy();
    static_cast<void>(cutaway(root_, {"network", "rm", "one"}));
}

TEST_F(RealRestart, StopEndsAContainerThatWaitsToBeStartedAgain) {
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "loop", "--network", "none", "--restart", "always", "lab/hello",
                              "/hello", "exit", "1"})
                  .status,
              0);
    const std::string id = containers_in(root_).front();
    EXPECT_TRUE(eventually(
        [&] {
            return has(cutaway(root_, {"ps", "--format", "{{.Status}}"}).out, "Restarting (1) ");
        },
        60000));
    EXPECT_EQ(cutaway(root_, {"stop", "loop"}).out, "loop\n");
    EXPECT_TRUE(has(state_of("loop"), "exited 1 ")) << state_of("loop");
    EXPECT_EQ(cutaway(root_, {"rm", "loop"}).out, "loop\n");
    expect_nothing_left(root_, id);
}

TEST_F(RealRestart, InTheForegroundTheFirstEndIsToldAndTheRestGoesOn) {
    const Answer first = cutaway(root_, {"run", "--name", "fg", "--network", "none", "--restart", "on-failure:1",
                                         "lab/hello", "/hello", "exit", "4"});
    EXPECT_EQ(first.status, 4) << first.out;
    EXPECT_EQ(cutaway(root_, {"wait", "fg"}).out, "4\n");
    EXPECT_EQ(state_of("fg"), "exited 4 1\n");
}

TEST_F(RealRestart, AnInitStandsBeforeTheProgramHandsOnSignalsAndReaps) {
    ASSERT_EQ(cutaway(root_, {"run", "-d", "--name", "with", "--network", "none", "--init", "lab/hello", "/hello",
                              "sleep", "1000"})
                  .status,
              0);
    const std::string id = containers_in(root_).front();
    const std::string pid = value_of(".State.Pid", "with");
    using namespace std::string_literals;
    EXPECT_EQ(text_of("/proc/" + pid + "/cmdline"), "/sbin/docker-init\0--\0/hello\0sleep\0"s + "1000\0"s);
    EXPECT_EQ(text_of("/proc/" + pid + "/comm"), "docker-init\n");
    // A signal that comes before an init listens is dropped, by any engine; this one listens before it starts anything.
    EXPECT_TRUE(eventually([&] { return !text_of("/proc/" + pid + "/task/" + pid + "/children").empty(); }));
    EXPECT_EQ(cutaway(root_, {"stop", "with"}).out, "with\n");
    EXPECT_EQ(state_of("with"), "exited 143 0\n") << "without an init SIGTERM would have been dropped";
    EXPECT_EQ(cutaway(root_, {"rm", "with"}).status, 0);
    expect_nothing_left(root_, id);
}

TEST_F(RealRestart, AnInitEndsAsItsProgramDoes) {
    const auto run = [&](const Words& program) {
        Words words{"run", "--rm", "--network", "none", "--init", "lab/hello"};
        words.insert(words.end(), program.begin(), program.end());
        return cutaway(root_, words);
    };
    EXPECT_EQ(run({"/hello", "exit", "7"}).status, 7);
    const Answer absent = run({"/absent"});
    EXPECT_EQ(absent.status, 127);
    EXPECT_TRUE(has(absent.out, "[FATAL tini (")) << absent.out;
    EXPECT_TRUE(has(absent.out, "exec /absent failed: No such file or directory")) << absent.out;
}

}  // namespace
}  // namespace cutaway::host
