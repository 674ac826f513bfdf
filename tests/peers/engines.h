// SPDX-License-Identifier: Apache-2.0
// Three engines that take docker's command lines: Debian's dockerd, in namespaces of its own, and Cutaway's two worlds.
// Each has a folder, a `docker` on its PATH, and the image `busybox`. Whatever one of them made goes with it.
#pragma once

#include <memory>
#include <string>

#include "tests/host/program.h"

namespace cutaway::peers {

inline constexpr const char* dockerd_program = "/usr/sbin/dockerd";
inline constexpr const char* docker_program = "/usr/bin/docker";
inline constexpr const char* busybox_program = "/bin/busybox";

struct Said {
    std::string out;
    std::string err;
    int status = -1;
};

// One engine as a shell sees it.
class Engine {
public:
    // The folder is the test's, the command what `docker` stands for in it.
    Engine(const host::TempFolder& folder, const std::string& name, const host::Words& command);
    Said shell(const std::string& line) const;
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
    std::string folder_;
};

// dockerd with a data, an exec and a cgroup folder of its own, in namespaces of its own: network, mounts, processes.
class Dockerd {
public:
    explicit Dockerd(const host::TempFolder& folder);
    Dockerd(const Dockerd&) = delete;
    Dockerd& operator=(const Dockerd&) = delete;
    ~Dockerd();
    // Empty: it answers. Else its own words for why not.
    [[nodiscard]] std::string why_not() const { return why_not_; }
    // `docker` of the same package, asking this daemon.
    [[nodiscard]] host::Words client(const host::Words& command = {}) const;
    [[nodiscard]] const std::string& mark() const { return mark_; }

private:
    bool starts(const std::string& driver);
    [[nodiscard]] bool has_ended() const;
    void end();
    const host::TempFolder& folder_;
    std::string mark_;
    std::string why_not_;
    std::unique_ptr<host::Process> daemon_;
};

// A tar of a root file system: busybox and names for its applets.
std::string make_rootfs(const host::TempFolder& folder);

}  // namespace cutaway::peers
