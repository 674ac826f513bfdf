// SPDX-License-Identifier: Apache-2.0
// A bundle's config.json (OCI runtime-spec 1.0 to 1.2) as far as it is understood here. Reading refuses, by its name,
// every property of the specification that would change what a container is or may do and that is not listed below;
// properties that the specification does not know must be passed over (it says so), and `ignored` names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace cutaway::oci {

using SpecPairs = std::vector<std::pair<std::string, std::string>>;

struct SpecMount {
    std::string destination;
    std::string type;
    std::string source;
    std::vector<std::string> options;
};

struct SpecUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::optional<std::uint32_t> umask;
    std::vector<std::uint32_t> additional_gids;
};

struct SpecCapabilities {
    std::vector<std::string> bounding;
    std::vector<std::string> effective;
    std::vector<std::string> inheritable;
    std::vector<std::string> permitted;
    std::vector<std::string> ambient;
};

struct SpecLimit {
    std::string type;  // "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

struct SpecConsoleSize {
    std::uint16_t height = 0;
    std::uint16_t width = 0;
};

struct SpecProcess {
    bool terminal = false;
    std::optional<SpecConsoleSize> console_size;
    SpecUser user;
    std::vector<std::string> args;
    std::vector<std::string> env;
    std::string cwd;
    SpecCapabilities capabilities;
    std::vector<SpecLimit> limits;
    bool no_new_privileges = false;
    std::optional<std::int32_t> oom_score_adj;
};

struct SpecHook {
    std::string path;
    std::vector<std::string> args;
    std::vector<std::string> env;
    std::optional<std::int64_t> timeout_s;
};

struct SpecHooks {
    std::vector<SpecHook> prestart;
    std::vector<SpecHook> create_runtime;
    std::vector<SpecHook> poststart;
    std::vector<SpecHook> poststop;
};

struct SpecNamespace {
    std::string type;  // "pid", "network", "mount", "ipc", "uts", "cgroup"
    std::string path;  // empty: a new one
};

struct SpecDevice {
    std::string path;
    std::string type;  // "c", "b", "u" or "p"
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::uint32_t mode = 0666;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

struct SpecDeviceRule {
    bool allow = false;
    std::string type = "a";
    std::int64_t major = -1;  // negative: any
    std::int64_t minor = -1;
    std::string access = "rwm";
};

struct SpecMemory {
    std::optional<std::int64_t> limit;  // bytes; -1: none
    std::optional<std::int64_t> reservation;
    std::optional<std::int64_t> swap;  // memory and swap together
    std::optional<std::uint64_t> swappiness;
    bool disable_oom_killer = false;
};

struct SpecCpu {
    std::optional<std::uint64_t> shares;
    std::optional<std::int64_t> quota;
    std::optional<std::uint64_t> burst;
    std::optional<std::uint64_t> period;
    std::optional<std::int64_t> idle;
    std::string cpus;
    std::string mems;
};

struct SpecThrottle {
    std::string what;  // "throttleReadBpsDevice"
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::uint64_t rate = 0;
};

struct SpecHugepages {
    std::string page_size;  // "2MB"
    std::uint64_t limit = 0;
};

struct SpecResources {
    std::vector<SpecDeviceRule> devices;
    SpecMemory memory;
    SpecCpu cpu;
    std::optional<std::int64_t> pids;
    std::optional<std::uint16_t> io_weight;
    std::vector<SpecThrottle> throttles;
    std::vector<SpecHugepages> hugepages;
    SpecPairs unified;  // files of a v2 cgroup as they are
};

struct SpecLinux {
    std::vector<SpecNamespace> namespaces;
    std::vector<SpecDevice> devices;
    std::string cgroups_path;
    SpecResources resources;
    std::string rootfs_propagation;
    std::string seccomp;  // its JSON, for core/sandbox/seccomp.h; empty: none
    SpecPairs sysctl;
    std::vector<std::string> masked_paths;
    std::vector<std::string> read_only_paths;
};

struct RuntimeSpec {
    std::string version;
    std::string root_path;
    bool root_read_only = false;
    std::vector<SpecMount> mounts;
    SpecProcess process;
    SpecHooks hooks;
    std::string hostname;
    std::string domainname;
    SpecPairs annotations;
    SpecLinux on_linux;
    std::vector<std::string> ignored;  // "linux.sparkle": no property of the specification
};

Result<RuntimeSpec> parse_runtime_spec(std::string_view text);
Result<SpecProcess> parse_process(std::string_view text);      // of `exec --process`
Result<SpecResources> parse_resources(std::string_view text);  // of `update --resources`

// What `spec` writes: a shell in a bundle, as docker would confine it.
std::string default_runtime_spec();

}  // namespace cutaway::oci
