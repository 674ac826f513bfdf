// SPDX-License-Identifier: Apache-2.0
// Further processes, the freezer, limits.
#include <fstream>

#include "tests/bundle_real/box.h"

namespace cutaway::host {
namespace {

using Json = nlohmann::json;

class RealExec : public RealBundle {
protected:
    void SetUp() override {
        RealBundle::SetUp();
        if (!IsSkipped()) {
            box->runs({"sleep", "100"});
            ASSERT_EQ(box->oci({"run", "--detach", "--bundle", box->bundle(), box->id()}).status, 0);
        }
    }
    Json report(const Words& options) const {
        Words command{"exec"};
        command.insert(command.end(), options.begin(), options.end());
        command.insert(command.end(), {box->id(), "/hello", "probe"});
        return Json::parse(box->oci(command).out, nullptr, false);
    }
};

TEST_F(RealExec, EndsWithTheProgramsStatusHoweverSoonThatIs) {
    for (const char* status : {"0", "1", "42", "7", "0"}) {
        EXPECT_EQ(box->oci({"exec", box->id(), "/hello", "exit", status}).status, std::stoi(status));
    }
    const Answer missing = box->oci({"exec", box->id(), "/nothing"});
    EXPECT_EQ(missing.status, 255);
    EXPECT_TRUE(has(missing.out, "/nothing: no such file or directory")) << missing.out;
}

TEST_F(RealExec, IsWhoItIsToldToBe) {
    const Json seen = report({"--cwd", "/proc", "--env", "EXTRA=1", "--user", "5:6", "--additional-gids", "7"});
    EXPECT_EQ(seen["cwd"], "/proc");
    EXPECT_EQ(seen["status"]["Uid"], "5\t5\t5\t5");
    EXPECT_EQ(seen["status"]["Gid"], "6\t6\t6\t6");
    EXPECT_TRUE(has(seen["status"]["Groups"].get<std::string>(), "7"));
    EXPECT_EQ(seen["status"]["CapEff"], "0000000000000000") << "not root: nothing is left of what was permitted";
    EXPECT_TRUE(has(seen["env"].dump(), "EXTRA"));
    EXPECT_NE(seen["pid"], 1);
    EXPECT_EQ(seen["hostname"], "cutaway");
    EXPECT_EQ(box->oci({"exec", "--user", "root", box->id(), "/hello"}).status, 255) << "names are the engine's";
}

TEST_F(RealExec, TakesAWholeProcessFromAFile) {
    Json process = box->config["process"];
    process["args"] = {"/hello", "exit", "9"};
    process["noNewPrivileges"] = true;
    std::ofstream(box->path("process.json")) << process.dump();
    EXPECT_EQ(box->oci({"exec", "--process", box->path("process.json"), box->id()}).status, 9);
    process["selinuxLabel"] = "x";
    std::ofstream(box->path("process.json")) << process.dump();
    EXPECT_EQ(box->oci({"exec", "--process", box->path("process.json"), box->id()}).status, 255);
}

TEST_F(RealExec, LeftAloneItIsFoundByItsPidFile) {
    EXPECT_EQ(box->oci({"exec", "--detach", "--pid-file", box->path("p"), box->id(), "/hello", "sleep", "50"}).status,
              0);
    const std::string pid = text_of(box->path("p"));
    const Json all = Json::parse(box->oci({"ps", "--format", "json", box->id()}).out, nullptr, false);
    ASSERT_EQ(all.size(), 2U) << all;
    EXPECT_TRUE(all[0] == std::stoi(pid) || all[1] == std::stoi(pid));
    EXPECT_TRUE(has(box->oci({"ps", box->id()}).out, "/hello sleep 50"));
    EXPECT_EQ(box->oci({"delete", "--force", box->id()}).status, 0);
    box->expect_nothing_left();
}

TEST_F(RealExec, ATerminalIsTheContainersOwn) {
    Process typing(box->words({"exec", "--tty", box->id(), "/hello", "talk"}), Stdio::terminal);
    EXPECT_TRUE(typing.says("terminal")) << typing.said();
    typing.type("one\n");
    EXPECT_TRUE(typing.says("one")) << typing.said();
    typing.type("\x04");
    EXPECT_EQ(typing.finish().status, 0) << typing.said();
}

TEST_F(RealExec, FrozenItIsPausedAndTakesNobodyIn) {
    EXPECT_EQ(box->oci({"pause", box->id()}).status, 0);
    EXPECT_EQ(box->state()["status"], "paused");
    EXPECT_EQ(box->oci({"pause", box->id()}).status, 1);
    EXPECT_EQ(box->oci({"exec", box->id(), "/hello"}).status, 255);
    EXPECT_EQ(box->oci({"resume", box->id()}).status, 0);
    EXPECT_EQ(box->state()["status"], "running");
    EXPECT_EQ(box->oci({"pause", box->id()}).status, 0);
    EXPECT_EQ(box->oci({"delete", "--force", box->id()}).status, 0) << "thawed, so that the signal arrives";
    box->expect_nothing_left();
}

TEST_F(RealExec, LimitsAreChangedWhileItRuns) {
    EXPECT_EQ(box->oci({"update", "--pids-limit", "20", "--memory", "33554432", box->id()}).status, 0);
    const auto written = [&](const char* v1, const char* v2) {
        const std::string one = text_of(std::string("/sys/fs/cgroup/") + v1);
        return one.empty() ? text_of(std::string("/sys/fs/cgroup/") + v2) : one;
    };
    const std::string own = "cutaway-oci/" + box->id() + "/";
    EXPECT_EQ(written(("pids/" + own + "pids.max").c_str(), (own + "pids.max").c_str()), "20\n");
    EXPECT_EQ(written(("memory/" + own + "memory.limit_in_bytes").c_str(), (own + "memory.max").c_str()), "33554432\n");
    std::ofstream(box->path("r.json")) << R"({"pids": {"limit": 30}})";
    EXPECT_EQ(box->oci({"update", "--resources", box->path("r.json"), box->id()}).status, 0);
    EXPECT_EQ(written(("pids/" + own + "pids.max").c_str(), (own + "pids.max").c_str()), "30\n");
    std::ofstream(box->path("r.json")) << R"({"rdma": {"x": {"hcaHandles": 1}}})";
    EXPECT_EQ(box->oci({"update", "--resources", box->path("r.json"), box->id()}).status, 1);
}

}  // namespace
}  // namespace cutaway::host
