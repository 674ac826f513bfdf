// SPDX-License-Identifier: Apache-2.0
// push and login against Debian's docker-registry on loopback, without and with passwords, and skopeo as a second
// reader of what was pushed. Where either is absent the tests say so and skip.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

#include <random>

#include "core/base/sha256.h"
#include "tests/host/docker_registry.h"

namespace cutaway::host {
namespace {

Answer log_in(const TempFolder& root, const std::string& host, const std::string& password) {
    Process program(
        real_words(root, {"--trace", root.path("login.trace"), "login", "-u", "ada", "--password-stdin", host}));
    program.type(password + "\n");
    return program.finish();
}

TEST(RealRegistry, WhatIsPushedIsPulledAgainAndReadByOthersUnderItsDigest) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    const std::string name = registry.image("lab/hello:1");
    good(root, {"pull", "lab/hello"});
    good(root, {"tag", "lab/hello", name});
    const std::string pushed = good(root, {"push", name});
    EXPECT_TRUE(has(pushed, "The push refers to repository [" + registry.image("lab/hello") + "]\n")) << pushed;
    EXPECT_TRUE(has(pushed, ": Preparing\n") && has(pushed, ": Pushed\n")) << pushed;
    EXPECT_TRUE(has(pushed, "\n1: digest: sha256:")) << pushed;
    const std::string digest = digest_in(pushed);
    EXPECT_TRUE(has(good(root, {"push", name}), ": Layer already exists\n"));
    good(root, {"tag", "lab/hello", registry.image("other/hello:2")});
    EXPECT_TRUE(has(good(root, {"push", registry.image("other/hello:2")}), ": Mounted from lab/hello\n"));

    const TempFolder fresh;
    EXPECT_EQ(digest_in(good(fresh, {"pull", name})), digest);
    EXPECT_EQ(good(fresh, {"run", "--rm", "--network", "none", name}), "hello from inside a container\n");
    if (!std::filesystem::exists(skopeo_program)) {
        GTEST_SKIP() << "pushed and pulled again, but skopeo is not installed: nobody else has read it";
    }
    const Answer seen = skopeo({"inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://" + name});
    EXPECT_EQ(seen.out, digest + "\n");
    const Answer copied =
        skopeo({"copy", "--src-tls-verify=false", "docker://" + name, "oci:" + registry.folder().path("copy") + ":1"});
    EXPECT_EQ(copied.status, 0) << copied.out;
    EXPECT_TRUE(has(text_of(registry.folder().path("copy/index.json")), digest)) << "every blob fits its digest";
}

// Takes connections and answers none.
class Deaf {
public:
    Deaf() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_.get(), plain, size), 0);
        EXPECT_EQ(::listen(socket_.get(), 8), 0);
        EXPECT_EQ(::getsockname(socket_.get(), plain, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    [[nodiscard]] int port() const { return port_; }

private:
    Fd socket_;
    int port_ = 0;
};

// 40 MiB that no compression makes smaller, so that the blob goes in three pieces.
std::string big_file(const TempFolder& folder) {
    std::filesystem::create_directories(folder.path("tree"));
    std::mt19937_64 random(7);
    std::string bytes;
    for (std::size_t i = 0; i < (std::size_t{40} << 20U) / sizeof(std::uint64_t); ++i) {
        const std::uint64_t word = random();
        bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    write_file(folder.path("tree/random"), bytes);
    EXPECT_EQ(Process({"/usr/bin/tar", "-C", folder.path("tree"), "-cf", folder.path("big.tar"), "."}).finish().status,
              0);
    return folder.path("big.tar");
}

TEST(RealRegistry, ABigLayerGoesInPiecesAndIsWholeThere) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    const std::string name = registry.image("big:1");
    good(root, {"import", big_file(registry.folder()), name});
    const std::string trace = registry.folder().path("trace");
    const std::string digest = digest_in(good(root, {"--trace", trace, "push", name}).substr(40));
    const std::string told = text_of(trace);
    EXPECT_TRUE(has(told, "PATCH") && has(told, "0-16777215") && has(told, "\"16777216-33554431\"")) << "in pieces";
    const TempFolder fresh;
    const std::string pulled = good(fresh, {"pull", name});
    EXPECT_TRUE(has(pulled, digest)) << digest << pulled;
    CUTAWAY_NEEDS(skopeo_program);
    const Answer copied =
        skopeo({"copy", "--src-tls-verify=false", "docker://" + name, "oci:" + registry.folder().path("copy") + ":1"});
    EXPECT_EQ(copied.status, 0) << copied.out;
}

// An OCI image layout in a folder, blob by blob.
class Layout {
public:
    Layout() { std::filesystem::create_directories(folder_.path("blobs/sha256")); }
    // What a descriptor of these bytes says.
    std::string add(const std::string& bytes, const std::string& type) {
        write_file(folder_.path("blobs/sha256/") + sha256_hex(bytes), bytes);
        return R"("mediaType":"application/vnd.oci.image.)" + type + R"(","digest":"sha256:)" + sha256_hex(bytes) +
               R"(","size":)" + std::to_string(bytes.size());
    }
    std::string add_platform(const std::string& architecture) {
        write_file(folder_.path("file"), architecture);
        const Words tar{"/usr/bin/tar", "-C", folder_.path(), "-cf", folder_.path("a.tar"), "file"};
        EXPECT_EQ(Process(tar).finish().status, 0);
        const std::string layer = text_of(folder_.path("a.tar"));
        const std::string machine = R"("architecture":")" + architecture + R"(","os":"linux")";
        const std::string config = "{" + machine + R"(,"config":{},"rootfs":{"type":"layers","diff_ids":["sha256:)" +
                                   sha256_hex(layer) + R"("]}})";
        const std::string manifest =
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{)" +
            add(config, "config.v1+json") + R"(},"layers":[{)" + add(layer, "layer.v1.tar") + "}]}";
        return "{" + add(manifest, "manifest.v1+json") + R"(,"platform":{)" + machine + "}}";
    }
    void push(const std::string& named, const std::string& to) {
        write_file(folder_.path("oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
        write_file(folder_.path("index.json"), R"({"schemaVersion":2,"manifests":[{)" + named +
                                                   R"(,"annotations":{"org.opencontainers.image.ref.name":"1"}}]})");
        const Answer copied = skopeo({"copy", "--all", "--preserve-digests", "--dest-tls-verify=false",
                                      "oci:" + folder_.path() + ":1", "docker://" + to});
        EXPECT_EQ(copied.status, 0) << copied.out;
    }

private:
    TempFolder folder_;
};

// One name for two platforms; the index's digest.
std::string push_index(const std::string& name) {
    Layout layout;
    const std::string index =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
        layout.add_platform("amd64") + "," + layout.add_platform("arm64") + "]}";
    layout.push(layout.add(index, "index.v1+json"), name);
    return "sha256:" + sha256_hex(index);
}

TEST(RealRegistry, AnIndexGoesWholeIfAllOfItIsHereAndElseThisPlatformAlone) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    CUTAWAY_NEEDS(skopeo_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    const std::string index = push_index(registry.image("both:1"));
    const std::string name = registry.image("both:1");
    const std::string copy = registry.image("copy:1");
    EXPECT_EQ(digest_in(good(root, {"pull", "--platform", "linux/arm64", name})), index);
    good(root, {"tag", name, copy});
    const std::string half = good(root, {"push", copy});
    EXPECT_NE(digest_in(half.substr(40)), index) << "amd64 is not here";
    const Answer absent = cutaway(root, {"push", "--platform", "linux/amd64", copy});
    EXPECT_EQ(absent.status, 1);
    EXPECT_TRUE(has(absent.out, "does not provide the specified platform (linux/amd64)")) << absent.out;

    const std::string second = good(root, {"pull", name});
    EXPECT_TRUE(has(second, "Status: Downloaded newer image for")) << "another platform is not up to date: " << second;
    EXPECT_TRUE(has(good(root, {"pull", name}), "Status: Image is up to date for"));
    good(root, {"tag", name, copy});
    const std::string whole = good(root, {"push", copy});
    EXPECT_TRUE(has(whole, "\n1: digest: " + index + " size: ")) << whole;
    const Answer seen = skopeo({"inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://" + copy});
    EXPECT_EQ(seen.out, index + "\n");
    const Answer copied = skopeo({"copy", "--all", "--src-tls-verify=false", "docker://" + copy,
                                  "oci:" + registry.folder().path("copy") + ":1"});
    EXPECT_EQ(copied.status, 0) << copied.out;
    const std::string alone = good(root, {"push", "--platform", "linux/arm64", registry.image("copy:1")});
    EXPECT_EQ(digest_in(alone.substr(40)), digest_in(half.substr(40)));
    const Answer other = cutaway(root, {"pull", "--platform", "linux/riscv64", registry.image("copy:1")});
    EXPECT_EQ(other.status, 1);
    EXPECT_TRUE(has(other.out,
                    "was found but its platform (linux/arm64) does not match the specified platform "
                    "(linux/riscv64)"))
        << other.out;
}

termios modes_of(const Process& program) {
    termios modes{};
    EXPECT_EQ(::tcgetattr(program.keyboard().get(), &modes), 0);
    return modes;
}

TEST(RealRegistry, APullAtATerminalHasBarsAndCtrlCLeavesItAsItWas) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::open);
    const std::string name = registry.image("big:1");
    good(root, {"import", big_file(registry.folder()), name});
    good(root, {"push", name});
    const TempFolder fresh;
    Process pull(real_words(fresh, {"pull", name}), Stdio::terminal);
    const Answer pulled = pull.finish();
    EXPECT_EQ(pulled.status, 0) << pulled.out;
    EXPECT_TRUE(has(pulled.out, "\x1b[1A\r\x1b[2K")) << "the layer's line is written again";
    EXPECT_TRUE(has(pulled.out, ": Downloading ") && has(pulled.out, ": Extracting ")) << pulled.out;
    EXPECT_TRUE(has(pulled.out, ": Pull complete\r\x1b[1BDigest: sha256:")) << pulled.out;

    const Deaf deaf;
    Process waiting(real_words(fresh, {"pull", "127.0.0.1:" + std::to_string(deaf.port()) + "/never"}),
                    Stdio::terminal);
    EXPECT_TRUE(waiting.says("Using default tag: latest\r\n")) << waiting.said();
    const termios before = modes_of(waiting);
    waiting.type("\x03");
    EXPECT_TRUE(waiting.says("\n")) << waiting.said();
    const termios after = modes_of(waiting);
    EXPECT_EQ(before.c_lflag, after.c_lflag);
    EXPECT_NE(after.c_lflag & ECHO, 0U);
    EXPECT_EQ(waiting.finish().status, 130);
}

TEST(RealRegistry, BehindAPasswordOnlyALoginOpensAndTheFileIsDockers) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::password);
    const std::string name = registry.image("lab/hello:1");
    good(root, {"pull", "lab/hello"});
    good(root, {"tag", "lab/hello", name});
    const Answer stranger = cutaway(root, {"push", name});
    EXPECT_EQ(stranger.status, 1);
    EXPECT_TRUE(has(stranger.out, "\nno basic auth credentials\n")) << stranger.out;
    const Answer wrong = log_in(root, registry.host(), "babbage");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.out, "Error response from daemon: login attempt to http://" + registry.host() +
                             "/v2/ failed with status: 401 Unauthorized\n");
    EXPECT_EQ(registry.docker_config(), "");
    const Answer right = log_in(root, registry.host(), "lovelace-1843");
    EXPECT_TRUE(has(right.out, "Login Succeeded\n")) << right.out;
    EXPECT_EQ(registry.docker_config(), "{\n\t\"auths\": {\n\t\t\"" + registry.host() +
                                            "\": {\n\t\t\t\"auth\": \"YWRhOmxvdmVsYWNlLTE4NDM=\"\n\t\t}\n\t}\n}");
    const std::string told = text_of(root.path("login.trace"));
    EXPECT_TRUE(has(told, "Basic \u2022\u2022\u2022")) << "the secret was sent";
    EXPECT_FALSE(has(told, "lovelace-1843") || has(told, "YWRhOmxvdmVsYWNl")) << "and is not told";
    struct stat info {};
    EXPECT_EQ(::stat(registry.folder().path("docker/config.json").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << "nobody else reads it";
    const std::string digest = digest_in(good(root, {"push", name}));
    const TempFolder fresh;
    EXPECT_EQ(digest_in(good(fresh, {"pull", name})), digest);
    good(root, {"logout", registry.host()});
    EXPECT_EQ(registry.docker_config(), "{\n\t\"auths\": {}\n}");
    EXPECT_NE(cutaway(fresh, {"push", name}).status, 0);
}

TEST(RealRegistry, ACredentialHelperKeepsWhatTheFileDoesNot) {
    CUTAWAY_NEEDS_ROOT();
    CUTAWAY_NEEDS(registry_program);
    const TempFolder root;
    const DockerRegistry registry(Door::password);
    const std::string kept = registry.folder().path("kept");
    const std::string helper = registry.folder().path("docker-credential-drawer");
    write_file(helper,
               "#!/bin/sh\ncase $1 in\nstore) cat >" + kept + " ;;\nget) cat " + kept +
                   " 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;\nerase) rm -f " +
                   kept + " ;;\nesac\n");
    ::chmod(helper.c_str(), 0755);
    const std::string path = ::getenv("PATH");
    ::setenv("PATH", (registry.folder().path() + ":" + path).c_str(), 1);
    std::filesystem::create_directories(registry.folder().path("docker"));
    write_file(registry.folder().path("docker/config.json"), "{\"credsStore\": \"drawer\"}");
    const Answer right = log_in(root, registry.host(), "lovelace-1843");
    EXPECT_EQ(right.out, "Login Succeeded\n");
    EXPECT_EQ(text_of(kept),
              "{\"ServerURL\":\"" + registry.host() + "\",\"Username\":\"ada\",\"Secret\":\"lovelace-1843\"}");
    EXPECT_FALSE(has(registry.docker_config(), "auth\":")) << registry.docker_config();
    good(root, {"pull", "lab/hello"});
    good(root, {"tag", "lab/hello", registry.image("lab/hello:1")});
    EXPECT_TRUE(has(good(root, {"push", registry.image("lab/hello:1")}), ": Pushed\n"));
    good(root, {"logout", registry.host()});
    EXPECT_FALSE(std::filesystem::exists(kept));
    ::setenv("PATH", path.c_str(), 1);
    const Answer without = log_in(root, registry.host(), "lovelace-1843");
    EXPECT_EQ(without.out,
              "Error saving credentials: error storing credentials - err: exec: \"docker-credential-drawer\": "
              "executable file not found in $PATH, out: ``\n");
}

}  // namespace
}  // namespace cutaway::host
