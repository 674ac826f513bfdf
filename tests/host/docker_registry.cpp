// SPDX-License-Identifier: Apache-2.0
#include "tests/host/docker_registry.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>

namespace cutaway::host {

void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

int free_port() {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket.get(), plain, size), 0);
    EXPECT_EQ(::getsockname(socket.get(), plain, &size), 0);
    return ntohs(address.sin_port);
}

bool listens(int port) {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

DockerRegistry::DockerRegistry(Door door, const std::string& tls) : port_(free_port()) {
    std::string config =
        "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: " +
        folder_.path("data") + "}}\nhttp: {addr: \"127.0.0.1:" + std::to_string(port_) + "\"" +
        (tls.empty() ? "" : ", tls: {" + tls + "}") + "}\n";
    if (door == Door::password) {  // bcrypt of "lovelace-1843"
        write_file(folder_.path("htpasswd"), "ada:$2y$05$abcdefghijklmnopqrstuuODVg21V9ySsky5PLjZQMyjn2iOewPzK\n");
        config += "auth: {htpasswd: {realm: test, path: " + folder_.path("htpasswd") + "}}\n";
    }
    write_file(folder_.path("config.yml"), config);
    ::setenv("DOCKER_CONFIG", folder_.path("docker").c_str(), 1);
    server_ = std::make_unique<Process>(Words{registry_program, "serve", folder_.path("config.yml")});
    EXPECT_TRUE(eventually([&] { return listens(port_); }, 60000)) << server_->said();
}

DockerRegistry::~DockerRegistry() { ::unsetenv("DOCKER_CONFIG"); }

void DockerRegistry::configure(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_.path("docker/" + name);
    std::filesystem::create_directories(path.parent_path());
    write_file(path, text);
}

std::string digest_in(const std::string& text) {
    const std::size_t at = text.find("sha256:");
    return at == std::string::npos ? "no digest in: " + text : text.substr(at, 71);
}

std::string good(const TempFolder& root, const Words& words) {
    const Answer answer = cutaway(root, words);
    EXPECT_EQ(answer.status, 0) << words.front() << ": " << answer.out;
    return answer.out;
}

Answer skopeo(const Words& words) {
    Words all{skopeo_program, "--insecure-policy"};
    all.insert(all.end(), words.begin(), words.end());
    return Process(all).finish();
}

}  // namespace cutaway::host
