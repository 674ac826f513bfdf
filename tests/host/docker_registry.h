// SPDX-License-Identifier: Apache-2.0
// Debian's docker-registry on loopback, with a storage of its own, and docker's folder ($DOCKER_CONFIG) of a person who
// has not logged in anywhere. It ends with this object.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/host/program.h"

namespace cutaway::host {

inline constexpr const char* registry_program = "/usr/bin/docker-registry";
inline constexpr const char* skopeo_program = "/usr/bin/skopeo";

#define CUTAWAY_NEEDS(program)                            \
    if (!std::filesystem::exists(program)) {              \
        GTEST_SKIP() << (program) << " is not installed"; \
    }

void write_file(const std::string& path, const std::string& text);
int free_port();
bool listens(int port);  // on loopback

enum class Door { open, password };

class DockerRegistry {
public:
    explicit DockerRegistry(Door door, const std::string& tls = {});  // YAML of its http section's tls
    DockerRegistry(const DockerRegistry&) = delete;
    DockerRegistry& operator=(const DockerRegistry&) = delete;
    ~DockerRegistry();

    [[nodiscard]] std::string image(const std::string& name) const { return host() + "/" + name; }
    [[nodiscard]] std::string host() const { return "localhost:" + std::to_string(port_); }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    // Below $DOCKER_CONFIG, with the folders on the way.
    void configure(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string docker_config() const { return text_of(folder_.path("docker/config.json")); }

private:
    TempFolder folder_;
    int port_;
    std::unique_ptr<Process> server_;
};

std::string digest_in(const std::string& text);                // the first one
std::string good(const TempFolder& root, const Words& words);  // what it said; it is expected to succeed
Answer skopeo(const Words& words);

}  // namespace cutaway::host
