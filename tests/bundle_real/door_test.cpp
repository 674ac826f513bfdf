// SPDX-License-Identifier: Apache-2.0
// What config.json asks for, as the program inside sees it; and terminals and descriptors that are handed on.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/host/kernel.h"
#include "core/host/packet_socket.h"
#include "core/host/syscall.h"
#include "tests/bundle_real/box.h"

namespace cutaway::host {
namespace {

using Json = nlohmann::json;

class RealConfig : public RealBundle {
protected:
    Json seen() {
        box->save();
        const Answer ran = box->oci({"run", "--bundle", box->bundle(), box->id()});
        EXPECT_EQ(ran.status, 0) << ran.out;
        return Json::parse(ran.out, nullptr, false);
    }
    // The options of what is mounted there: "ro,nosuid"; empty: nothing is.
    static std::string mounted(const Json& report, const std::string& at) {
        std::string options;
        for (const Json& line : report["mounts"]) {
            std::istringstream words(line.get<std::string>());
            std::vector<std::string> all;
            for (std::string word; words >> word;) {
                all.push_back(word);
            }
            options = all[4] == at ? all[5] : options;
        }
        return options;
    }
};

TEST_F(RealConfig, TheProcessIsWhatTheBundleSays) {
    box->config["process"]["user"] = {{"uid", 5}, {"gid", 6}, {"additionalGids", {7, 8}}, {"umask", 63}};
    box->config["process"]["cwd"] = "/made/here";
    box->config["process"]["env"] = {"ONE=1"};
    box->config["process"]["oomScoreAdj"] = 500;
    box->config["process"]["rlimits"] = Json::array({{{"type", "RLIMIT_NOFILE"}, {"soft", 100}, {"hard", 200}}});
    box->config["hostname"] = "here";
    const Json report = seen();
    EXPECT_EQ(report["cwd"], "/made/here") << "a working directory that is missing is made";
    EXPECT_EQ(report["hostname"], "here");
    EXPECT_EQ(report["status"]["Uid"], "5\t5\t5\t5");
    EXPECT_EQ(report["status"]["Gid"], "6\t6\t6\t6");
    EXPECT_EQ(report["status"]["Groups"], "7 8 ");
    EXPECT_EQ(report["status"]["NoNewPrivs"], "1");
    EXPECT_EQ(report["limits"]["nofile"], Json::array({100, 200}));
    EXPECT_EQ(report["env"], Json::array({"ONE", "HOME"}));
}

TEST_F(RealConfig, AmbientCapabilitiesReachAProgramThatIsNotRoots) {
    const Json one = Json::array({"CAP_NET_BIND_SERVICE"});
    box->config["process"]["user"] = {{"uid", 5}, {"gid", 6}};
    box->config["process"]["capabilities"] = {{"bounding", {"CAP_NET_BIND_SERVICE", "CAP_KILL"}},
                                              {"effective", one},
                                              {"permitted", one},
                                              {"inheritable", one},
                                              {"ambient", one}};
    const Json status = seen()["status"];
    EXPECT_EQ(status["CapEff"], "0000000000000400");
    EXPECT_EQ(status["CapAmb"], "0000000000000400");
    EXPECT_EQ(status["CapInh"], "0000000000000400");
    EXPECT_EQ(status["CapBnd"], "0000000000000420");
}

// The kernel takes only what is permitted and inheritable; crun's own `spec` asks for more.
TEST_F(RealConfig, AnAmbientCapabilityThatIsNotInheritableIsPassedOverAndSaid) {
    const Json one = Json::array({"CAP_KILL"});
    box->config["process"]["capabilities"] = {
        {"bounding", one}, {"effective", one}, {"permitted", one}, {"ambient", one}};
    box->save();
    ASSERT_EQ(box->create().status, 0);
    const Answer started = box->oci({"start", box->id()});
    EXPECT_EQ(started.status, 0);
    EXPECT_TRUE(has(started.out, "CAP_KILL cannot be ambient")) << started.out;
    EXPECT_TRUE(box->stands("stopped"));
    EXPECT_EQ(Json::parse(box->said())["status"]["CapAmb"], "0000000000000000");
}

TEST_F(RealConfig, MountsDevicesAndMasksAreThere) {
    std::filesystem::create_directories(box->path("data"));
    box->config["mounts"].push_back({{"destination", "/data"},
                                     {"type", "bind"},
                                     {"source", box->path("data")},
                                     {"options", {"rbind", "ro", "nosuid"}}});
    box->config["mounts"].push_back(
        {{"destination", "/scratch"}, {"type", "tmpfs"}, {"source", "tmpfs"}, {"options", {"size=64k", "noexec"}}});
    box->config["linux"]["devices"] =
        Json::array({{{"path", "/dev/mine"}, {"type", "c"}, {"major", 1}, {"minor", 5}, {"fileMode", 384}, {"uid", 3}},
                     {{"path", "/dev/pipe"}, {"type", "p"}}});
    const Json report = seen();
    EXPECT_TRUE(has(mounted(report, "/data"), "ro,nosuid")) << mounted(report, "/data");
    EXPECT_TRUE(has(mounted(report, "/scratch"), "noexec"));
    EXPECT_TRUE(has(mounted(report, "/"), "ro")) << "root.readonly";
    EXPECT_TRUE(has(mounted(report, "/proc/sys"), "ro"));
    EXPECT_FALSE(mounted(report, "/proc/keys").empty()) << "masked";
    for (const char* name : {"mine", "pipe", "null", "zero", "full", "random", "urandom", "tty", "ptmx", "stdout"}) {
        EXPECT_NE(std::find(report["dev"].begin(), report["dev"].end(), name), report["dev"].end()) << name;
    }
}

TEST_F(RealConfig, ANamespaceWithAPathIsJoined) {
    box->runs({"sleep", "100"});
    ASSERT_EQ(box->oci({"run", "--detach", "--bundle", box->bundle(), box->id()}).status, 0);
    const std::string pid = std::to_string(box->state()["pid"].get<int>());
    const auto space = [&](const char* name) {
        return std::filesystem::read_symlink("/proc/" + pid + "/ns/" + name).string();
    };
    Box second;
    for (Json& one : second.config["linux"]["namespaces"]) {
        const std::string type = one["type"];
        if (type == "network" || type == "pid" || type == "ipc") {
            one["path"] = "/proc/" + pid + "/ns/" + (type == "network" ? "net" : type);
        }
    }
    second.save();
    const Answer ran = second.oci({"run", "--bundle", second.bundle(), second.id()});
    ASSERT_EQ(ran.status, 0) << ran.out;
    const Json spaces = Json::parse(ran.out)["spaces"];
    EXPECT_EQ(spaces["net"], space("net"));
    EXPECT_EQ(spaces["pid"], space("pid"));
    EXPECT_EQ(spaces["ipc"], space("ipc"));
    EXPECT_NE(spaces["mnt"], space("mnt"));
    second.config["linux"]["namespaces"][1]["path"] = "/etc/hostname";
    second.save();
    EXPECT_TRUE(has(second.create().out, "not a namespace"));
}

TEST_F(RealConfig, AFilterOfTheBundlesIsLoaded) {
    box->config["linux"]["seccomp"] = {
        {"defaultAction", "SCMP_ACT_ALLOW"},
        {"syscalls", Json::array({{{"names", {"uname"}}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", 38}}})}};
    for (const bool late : {true, false}) {
        box->config["process"]["noNewPrivileges"] = late;
        const Json report = seen();
        EXPECT_EQ(report["status"]["Seccomp"], "2");
        EXPECT_EQ(report["hostname"], "") << "uname is refused";
    }
    box->config["linux"]["seccomp"]["defaultAction"] = "SCMP_ACT_NOTIFY";
    box->save();
    EXPECT_TRUE(has(box->create().out, "SCMP_ACT_NOTIFY"));
}

TEST_F(RealConfig, DescriptorsAreHandedOnInTheirPlacesAndNoOthers) {
    box->save();
    Words all{"/bin/sh", "-c", "exec \"$@\" 3</etc/hostname 4</etc/passwd 5</etc/group", "sh"};
    const Words command = box->words({"run", "--bundle", box->bundle(), "--preserve-fds", "2", box->id()});
    all.insert(all.end(), command.begin(), command.end());
    const Answer ran = Process(all).finish();
    ASSERT_EQ(ran.status, 0) << ran.out;
    const Json fds = Json::parse(ran.out)["fds"];
    ASSERT_EQ(fds.size(), 5U) << fds;
    EXPECT_TRUE(has(fds[3].get<std::string>(), "hostname"));
    EXPECT_TRUE(has(fds[4].get<std::string>(), "passwd"));
}

TEST_F(RealConfig, ATerminalsOuterEndGoesToTheSocketThatWasNamed) {
    box->config["process"]["terminal"] = true;
    box->config["process"]["consoleSize"] = {{"height", 33}, {"width", 77}};
    box->runs({"talk"});
    EXPECT_TRUE(has(box->create().out, "--console-socket")) << "nobody would take it";
    const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, box->path("console").c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    const Answer created =
        box->oci({"create", "--bundle", box->bundle(), "--console-socket", box->path("console"), box->id()});
    ASSERT_EQ(created.status, 0) << created.out;
    const Fd caller(::accept(listener.get(), nullptr, nullptr));
    const Fd outer = receive_descriptor(caller.get());
    ASSERT_TRUE(outer.open());
    ASSERT_EQ(box->oci({"start", box->id()}).status, 0);
    std::string said;
    EXPECT_TRUE(eventually([&] {
        std::array<char, 512> bytes{};
        if (wait_readable(outer.get(), 10).value_or(false)) {
            const ssize_t got = ::read(outer.get(), bytes.data(), bytes.size());
            said.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        }
        return has(said, "window 77x33");
    })) << said;
    EXPECT_TRUE(has(said, "terminal /dev/pts/0")) << said;
}

TEST_F(RealConfig, RunHoldsTheTerminalItself) {
    box->config["process"]["terminal"] = true;
    box->runs({"talk"});
    Process typing(box->words({"run", "--bundle", box->bundle(), box->id()}), Stdio::terminal);
    EXPECT_TRUE(typing.says("window 100x30")) << typing.said();
    typing.resize(90, 20);
    EXPECT_TRUE(typing.says("window 90x20")) << typing.said();
    typing.type("word\n");
    EXPECT_TRUE(typing.says("heard word"));
    typing.type("\x03");
    EXPECT_TRUE(typing.says("interrupted"));
    typing.type("\x04");
    EXPECT_TRUE(typing.says("goodbye"));
    EXPECT_EQ(typing.finish().status, 0);
    box->expect_nothing_left();
}

// The program that version 2 wants in the place of a list, on whatever v2 hierarchy there is.
TEST_F(RealConfig, AProgramForbidsDevicesInVersionTwo) {
    std::error_code error;
    const std::string top =
        std::filesystem::exists("/sys/fs/cgroup/unified", error) ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    const std::string group = top + "/" + box->id();
    if (!std::filesystem::create_directory(group, error)) {
        GTEST_SKIP() << "no v2 hierarchy here: " << error.message();
    }
    HostKernel kernel;
    const Result<world::Reply> loaded = kernel.perform(
        world::LimitDevices{group, {{false, "a", -1, -1, "rwm"}, {true, "c", 1, 3, "rwm"}, {true, "c", 1, 5, "r"}}});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().doing);
    const auto may = [&](const std::string& shell) {
        return Process({"/bin/sh", "-c", "echo $$ >" + group + "/cgroup.procs && " + shell}).finish().status == 0;
    };
    EXPECT_TRUE(may(": >/dev/null"));
    EXPECT_TRUE(may(": </dev/zero"));
    EXPECT_FALSE(may(": >/dev/zero"));
    EXPECT_FALSE(may(": </dev/random"));
    EXPECT_TRUE(eventually([&] { return std::filesystem::remove(group, error); }));
}

}  // namespace
}  // namespace cutaway::host
