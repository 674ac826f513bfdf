// SPDX-License-Identifier: Apache-2.0
// The life of a bundle's container by the commands that callers give: each as its own process, each killed at odd
// moments.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/bundle_real/box.h"

namespace cutaway::host {
namespace {

using Json = nlohmann::json;

TEST_F(RealBundle, CreateReturnsWithTheProgramWaitingAndStartLetsItGo) {
    const Answer created = box->create();
    ASSERT_EQ(created.status, 0) << created.out;
    const Json state = box->state();
    EXPECT_EQ(state["status"], "created");
    EXPECT_EQ(state["id"], box->id());
    EXPECT_EQ(state["bundle"], box->bundle());
    EXPECT_EQ(text_of(box->path("pid")), std::to_string(state["pid"].get<int>()));
    EXPECT_EQ(box->said(), "") << "nothing of the program's runs before start";
    EXPECT_EQ(::kill(state["pid"].get<int>(), 0), 0);

    EXPECT_EQ(box->oci({"start", box->id()}).status, 0);
    EXPECT_TRUE(box->stands("stopped"));
    const Json report = Json::parse(box->said(), nullptr, false);
    EXPECT_EQ(report.value("pid", 0), 1) << box->said();
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 0);
    box->expect_nothing_left();
}

TEST_F(RealBundle, RunEndsWithTheProgramsStatusAndLeavesNothing) {
    for (const int status : {0, 42}) {
        box->runs({"exit", std::to_string(status)});
        const Answer ran = box->oci({"run", "--bundle", box->bundle(), box->id()});
        EXPECT_EQ(ran.status, status) << ran.out;
        box->expect_nothing_left();
    }
}

TEST_F(RealBundle, WhatIsDoneAtTheWrongTimeIsRefusedAndSaid) {
    box->runs({"sleep", "100"});
    EXPECT_EQ(box->oci({"start", box->id()}).status, 1);
    ASSERT_EQ(box->create().status, 0);
    EXPECT_EQ(box->create().status, 1) << "the id is taken";
    EXPECT_TRUE(has(text_of(box->path("log")), "exists already"));
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 1) << "only a stopped one is deleted";
    EXPECT_EQ(box->oci({"start", box->id()}).status, 0);
    const Answer again = box->oci({"start", box->id()});
    EXPECT_EQ(again.status, 1);
    EXPECT_TRUE(has(again.out, "is running: only a created one can be started")) << again.out;
    EXPECT_EQ(box->oci({"kill", box->id(), "NOSUCH"}).status, 1);
    EXPECT_EQ(box->oci({"kill", box->id(), "KILL"}).status, 0);
    EXPECT_TRUE(box->stands("stopped"));
    EXPECT_EQ(box->oci({"kill", box->id(), "KILL"}).status, 1) << "nobody is there to be sent a signal";
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 0);
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 1);
    EXPECT_EQ(box->oci({"delete", "--force", box->id()}).status, 0) << "who forces wants it gone, and it is";
    EXPECT_EQ(box->oci({"state", box->id()}).status, 1);
    EXPECT_TRUE(has(text_of(box->path("log")), "does not exist"));
}

TEST_F(RealBundle, AnErrorIsOneLineOfJsonInTheLog) {
    box->config["process"]["args"] = {"nosuchprogram"};
    box->save();
    const Answer created = box->create();
    EXPECT_EQ(created.status, 1);
    EXPECT_TRUE(has(created.out, "nosuchprogram: no such file or directory")) << created.out;
    const Json line = Json::parse(text_of(box->path("log")), nullptr, false);
    EXPECT_EQ(line.value("level", ""), "error");
    EXPECT_TRUE(has(line.value("msg", ""), "no such file or directory"));
    EXPECT_FALSE(line.value("time", "").empty());
    box->expect_nothing_left();
}

TEST_F(RealBundle, WhatIsRefusedIsRefusedBeforeAnythingIsMade) {
    EXPECT_TRUE(has(box->oci({"--systemd-cgroup", "list"}).out, "--cgroup-manager cgroupfs"));
    Words systemd{CUTAWAY_PROGRAM, "oci", "--systemd-cgroup", "list"};
    EXPECT_EQ(Process(systemd).finish().status, 1);
    box->config["linux"]["intelRdt"] = {{"closID", "x"}};
    box->save();
    const Answer created = box->create();
    EXPECT_EQ(created.status, 1);
    EXPECT_TRUE(has(created.out, "linux.intelRdt is not supported")) << created.out;
    EXPECT_FALSE(std::filesystem::exists(box->path("run/" + box->id())));
    for (const char* id : {"..", "a/b", ".hidden"}) {
        EXPECT_EQ(box->oci({"create", "--bundle", box->bundle(), id}).status, 1) << id;
    }
}

TEST_F(RealBundle, WhatCreateSawIsWhatStartDoes) {
    box->runs({"exit", "7"});
    ASSERT_EQ(box->create().status, 0);
    std::ofstream(box->bundle() + "/config.json") << "nonsense";
    EXPECT_EQ(box->oci({"start", box->id()}).status, 0);
    EXPECT_TRUE(box->stands("stopped"));
}

TEST_F(RealBundle, AKilledCreateLeavesNothingThatDeleteForceDoesNotTake) {
    box->config["hooks"] = {
        {"prestart", Json::array({{{"path", "/bin/sh"}, {"args", {"sh", "-c", "kill -9 $PPID"}}}})}};
    box->save();
    EXPECT_NE(box->create().status, 0);
    EXPECT_TRUE(eventually([&] { return traces_of(box->id()).empty(); }, 5000)) << "the shim takes back what was made";
    EXPECT_EQ(box->state().value("status", ""), "creating");
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 1);
    EXPECT_EQ(box->oci({"delete", "--force", box->id()}).status, 0);
    box->expect_nothing_left();
}

TEST_F(RealBundle, AnInitThatIsKilledAtItsGateIsAStoppedContainer) {
    ASSERT_EQ(box->create().status, 0);
    ::kill(box->state()["pid"].get<int>(), SIGKILL);
    EXPECT_TRUE(box->stands("stopped"));
    EXPECT_EQ(box->oci({"start", box->id()}).status, 1);
    EXPECT_EQ(box->oci({"delete", box->id()}).status, 0);
    box->expect_nothing_left();
}

TEST_F(RealBundle, AFailedHookIsTheStartsFailureAndSaysWhatItSaid) {
    box->config["hooks"] = {
        {"createRuntime", Json::array({{{"path", "/bin/sh"}, {"args", {"sh", "-c", "echo no such luck; exit 3"}}}})}};
    box->save();
    const Answer created = box->create();
    EXPECT_EQ(created.status, 1);
    EXPECT_TRUE(has(created.out, "it ended with status 3: no such luck")) << created.out;
    box->expect_nothing_left();
}

TEST_F(RealBundle, HooksHearTheStateInTheirOrder) {
    const auto tell = [&](const char* file) {
        return Json::array({{{"path", "/bin/sh"}, {"args", {"sh", "-c", "cat >" + box->path(file)}}}});
    };
    box->config["annotations"] = {{"who", "me"}};
    box->config["hooks"] = {{"prestart", tell("1")}, {"poststart", tell("2")}, {"poststop", tell("3")}};
    box->runs({"exit", "0"});
    ASSERT_EQ(box->create().status, 0);
    const int pid = box->state()["pid"].get<int>();
    ASSERT_EQ(box->oci({"start", box->id()}).status, 0);
    EXPECT_TRUE(box->stands("stopped"));
    ASSERT_EQ(box->oci({"delete", box->id()}).status, 0);
    for (const auto& [file, status, number] :
         {std::tuple{"1", "creating", pid}, std::tuple{"2", "running", pid}, std::tuple{"3", "stopped", 0}}) {
        const Json heard = Json::parse(text_of(box->path(file)), nullptr, false);
        EXPECT_EQ(heard.value("status", ""), status);
        EXPECT_EQ(heard.value("pid", -1), number) << file;
        EXPECT_EQ(heard["annotations"]["who"], "me");
    }
}

TEST_F(RealBundle, ALateHookIsKilledAndTheStartGivenUp) {
    box->config["hooks"] = {
        {"prestart", Json::array({{{"path", "/bin/sleep"}, {"args", {"sleep", "100"}}, {"timeout", 1}}})}};
    box->save();
    const Answer created = box->create();
    EXPECT_EQ(created.status, 1);
    EXPECT_TRUE(has(created.out, "it had not ended in time")) << created.out;
    box->expect_nothing_left();
}

TEST_F(RealBundle, ListShowsWhatIsThere) {
    box->runs({"sleep", "100"});
    ASSERT_EQ(box->create().status, 0);
    EXPECT_EQ(box->oci({"list", "--quiet"}).out, box->id() + "\n");
    EXPECT_TRUE(has(box->oci({"list"}).out, "created"));
    const Json all = Json::parse(box->oci({"list", "--format", "json"}).out, nullptr, false);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0]["status"], "created");
}

}  // namespace
}  // namespace cutaway::host
