// SPDX-License-Identifier: Apache-2.0
// The config.json of a new bundle. Inheritable and ambient capabilities are empty (CVE-2022-29162 and its kin).
#include <nlohmann/json.hpp>

#include "core/oci/runtime_spec.h"

namespace cutaway::oci {

namespace {

using Json = nlohmann::ordered_json;

Json process() {
    const Json capabilities = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
    return Json{
        {"terminal", true},
        {"user", {{"uid", 0}, {"gid", 0}}},
        {"args", {"sh"}},
        {"env", {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"}},
        {"cwd", "/"},
        {"capabilities", {{"bounding", capabilities}, {"effective", capabilities}, {"permitted", capabilities}}},
        {"rlimits", Json::array({{{"type", "RLIMIT_NOFILE"}, {"hard", 1024}, {"soft", 1024}}})},
        {"noNewPrivileges", true}};
}

Json mount(const char* destination, const char* type, const char* source, const Json& options) {
    return Json{{"destination", destination}, {"type", type}, {"source", source}, {"options", options}};
}

Json mounts() {
    return Json::array({
        mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
        mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
        mount("/dev/pts", "devpts", "devpts",
              {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
        mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
        mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
        mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
        mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}),
    });
}

Json spec_linux() {
    Json spaces = Json::array();
    for (const char* type : {"pid", "network", "ipc", "uts", "cgroup", "mount"}) {
        spaces.push_back({{"type", type}});
    }
    return Json{{"resources", {{"devices", Json::array({{{"allow", false}, {"access", "rwm"}}})}}},
                {"namespaces", spaces},
                {"maskedPaths",
                 {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                  "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"}},
                {"readonlyPaths", {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}}};
}

}  // namespace

std::string default_runtime_spec() {
    const Json spec{{"ociVersion", "1.0.2"}, {"process", process()}, {"root", {{"path", "rootfs"}, {"readonly", true}}},
                    {"hostname", "cutaway"}, {"mounts", mounts()},   {"linux", spec_linux()}};
    return spec.dump(4) + "\n";
}

}  // namespace cutaway::oci
