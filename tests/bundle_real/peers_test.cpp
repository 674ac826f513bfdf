// SPDX-License-Identifier: Apache-2.0
// Beside peers: what a program sees in a bundle under crun and under us, field by field; and podman driving us.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/bundle_real/box.h"

namespace cutaway::host {
namespace {

using Json = nlohmann::json;

std::string path_to(const std::string& program) {
    for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/usr/local/bin/"}) {
        if (::access((folder + program).c_str(), X_OK) == 0) {
            return folder + program;
        }
    }
    return "";
}

// crun refuses a machine that has both hierarchies: it sees a mount namespace without the second.
Words beside_v1(const Words& words) {
    Words all{
        "/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount -l /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"", "sh"};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

// Where → the mount's own flags, without those that say how times are kept.
std::map<std::string, std::set<std::string>> mounts_of(const Json& report) {
    std::map<std::string, std::set<std::string>> all;
    for (const Json& line : report["mounts"]) {
        std::istringstream words(line.get<std::string>());
        std::string word;
        std::string where;
        for (int field = 0; words >> word && field < 6; ++field) {
            where = field == 4 ? word : where;
            if (field == 5) {
                std::istringstream flags(word);
                all[where].clear();
                for (std::string flag; std::getline(flags, flag, ',');) {
                    all[where].insert(flag);
                }
            }
        }
    }
    return all;
}

class Peers : public RealBundle {
protected:
    void SetUp() override {
        RealBundle::SetUp();
        if (!IsSkipped() && path_to("crun").empty()) {
            GTEST_SKIP() << "no crun here to compare with";
        }
    }
};

// Fields that differ, each with its reason; every other one must be equal.
const std::map<std::string, std::string>& differing() {
    static const std::map<std::string, std::string> reasons{
        {"spaces", "each run has namespaces of its own; that they are new is checked elsewhere"},
        {"fds", "a pipe has another number each time; how many there are is compared"},
        {"dev", "crun adds /dev/core, a name for /proc/kcore that the specification does not have"},
        {"mounts", "compared mount by mount below"},
    };
    return reasons;
}

const std::map<std::string, std::string>& differing_mounts() {
    static const std::map<std::string, std::string> reasons{
        {"/sys/fs/cgroup", "crun leaves the folder of hierarchies writable"},
        {"/sys/fs/cgroup/systemd", "the hierarchy of systemd holds no limits, and is not shown"},
        {"/proc/bus", "crun's bind drops nosuid, nodev and noexec"},
        {"/proc/fs", "likewise"},
        {"/proc/irq", "likewise"},
        {"/proc/sys", "likewise"},
        {"/proc/sysrq-trigger", "likewise"},
        {"/proc/keys", "crun binds the host's null device, we the container's: another file system's flags"},
        {"/proc/timer_list", "likewise"},
        {"/proc/kcore", "likewise"},
        {"/proc/latency_stats", "likewise"},
        {"/proc/timer_stats", "likewise"},
        {"/proc/sched_debug", "likewise"},
    };
    return reasons;
}

TEST_F(Peers, AProgramSeesUnderUsWhatItSeesUnderCrun) {
    box->config["process"]["user"] = {{"uid", 0}, {"gid", 0}, {"additionalGids", {7}}};
    box->config["linux"]["resources"]["pids"] = {{"limit", 50}};
    box->save();
    const Answer crun = Process(beside_v1({path_to("crun"), "run", "--bundle", box->bundle(), box->id()})).finish();
    ASSERT_EQ(crun.status, 0) << crun.out;
    const Answer own = box->oci({"run", "--bundle", box->bundle(), box->id()});
    ASSERT_EQ(own.status, 0) << own.out;
    const Json theirs = Json::parse(crun.out);
    const Json ours = Json::parse(own.out);
    for (const auto& [field, value] : ours.items()) {
        EXPECT_TRUE(theirs.contains(field)) << field;
        if (!differing().contains(field)) {
            EXPECT_EQ(value, theirs[field]) << field;
        }
    }
    EXPECT_EQ(ours["fds"].size(), theirs["fds"].size()) << ours["fds"] << theirs["fds"];
    for (const Json& name : theirs["dev"]) {
        EXPECT_TRUE(name == "core" || std::count(ours["dev"].begin(), ours["dev"].end(), name) == 1) << name;
    }
    std::map<std::string, std::set<std::string>> all = mounts_of(theirs);
    all.merge(mounts_of(ours));
    for (const auto& [where, flags] : all) {
        if (!differing_mounts().contains(where)) {
            EXPECT_EQ(mounts_of(ours)[where], mounts_of(theirs)[where]) << where;
        }
    }
}

class Podman : public RealBundle {
protected:
    void SetUp() override {
        RealBundle::SetUp();
        if (!IsSkipped() && path_to("podman").empty()) {
            GTEST_SKIP() << "no podman here to drive us";
        }
        if (!IsSkipped()) {
            std::filesystem::create_directories(box->path("image"));
            std::filesystem::copy_file(CUTAWAY_HELLO_PROGRAM, box->path("image/hello"));
            ASSERT_EQ(
                Process({"/bin/tar", "-C", box->path("image"), "-cf", box->path("image.tar"), "hello"}).finish().status,
                0);
            const Answer imported = podman({"import", box->path("image.tar"), "localhost/lab-hello"});
            ASSERT_EQ(imported.status, 0) << imported.out;
        }
    }
    void TearDown() override {
        if (box && !IsSkipped()) {
            podman({"rm", "--all", "--force", "--time", "0"});
            podman({"system", "reset", "--force"});
        }
        RealBundle::TearDown();
    }
    [[nodiscard]] Words words(const Words& command) const {
        Words all{path_to("podman"),
                  "--root",
                  box->path("store"),
                  "--runroot",
                  box->path("podman-run"),
                  "--tmpdir",
                  box->path("podman-tmp"),
                  "--storage-driver",
                  "vfs",
                  "--cgroup-manager",
                  "cgroupfs",
                  "--events-backend",
                  "none",
                  "--runtime",
                  std::string(CUTAWAY_PROGRAM).substr(0, std::string(CUTAWAY_PROGRAM).rfind('/')) + "/cutaway-oci"};
        all.insert(all.end(), command.begin(), command.end());
        return all;
    }
    // podman is several programs and a data base behind each command: it is given a minute.
    Answer podman(const Words& command) const {
        constexpr int tries = 6;
        Words all{"/bin/sh", "-c", "\"$@\"; echo \"<$?>\"", "sh"};
        const Words asked = words(command);
        all.insert(all.end(), asked.begin(), asked.end());
        Process asking(all);
        for (int at = 0; at < tries && !asking.says(">\n"); ++at) {
        }
        const std::string said = asking.said();
        const std::size_t mark = said.rfind('<');
        return mark == std::string::npos ? Answer{-1, said}
                                         : Answer{std::atoi(said.c_str() + mark + 1), said.substr(0, mark)};
    }
    // What this machine's root cannot raise is not asked for.
    [[nodiscard]] static Words run(const Words& rest) {
        Words all{"run", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"};
        all.insert(all.end(), rest.begin(), rest.end());
        return all;
    }
};

TEST_F(Podman, RunsAContainerByOurRuntimeAndHearsItsStatus) {
    const Answer ran = podman(run({"--rm", "localhost/lab-hello", "/hello", "probe"}));
    ASSERT_EQ(ran.status, 0) << ran.out;
    const Json report = Json::parse(ran.out, nullptr, false);
    EXPECT_EQ(report.value("pid", 0), 1) << ran.out;
    EXPECT_EQ(report["status"]["Seccomp"], "2") << "podman's own filter";
    EXPECT_EQ(podman(run({"--rm", "localhost/lab-hello", "/hello", "exit", "42"})).status, 42);
    EXPECT_EQ(podman(run({"--rm", "localhost/lab-hello", "/nothing"})).status, 127);
}

TEST_F(Podman, AContainersWholeLifeGoesThroughUs) {
    const Answer ran =
        podman(run({"-d", "--name", "long", "--memory", "64m", "localhost/lab-hello", "/hello", "sleep", "100"}));
    ASSERT_EQ(ran.status, 0) << ran.out;
    EXPECT_TRUE(has(podman({"ps", "--format", "{{.Names}} {{.Status}}"}).out, "long Up"));
    EXPECT_EQ(podman({"exec", "long", "/hello", "exit", "9"}).status, 9);
    EXPECT_EQ(podman({"pause", "long"}).status, 0);
    EXPECT_EQ(podman({"unpause", "long"}).status, 0);
    EXPECT_EQ(podman({"kill", "--signal", "KILL", "long"}).status, 0);
    EXPECT_TRUE(has(podman({"wait", "long"}).out, "137"));
    EXPECT_EQ(podman({"rm", "long"}).status, 0);
}

}  // namespace
}  // namespace cutaway::host
