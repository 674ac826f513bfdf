// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/features.h"

#include <nlohmann/json.hpp>

namespace cutaway::bundle {

namespace {

using Json = nlohmann::ordered_json;

Json mount_options() {
    return {"async",       "atime",       "bind",        "defaults",   "dev",       "diratime",   "dirsync",
            "exec",        "iversion",    "lazytime",    "loud",       "mand",      "noatime",    "nodev",
            "nodiratime",  "noexec",      "noiversion",  "nolazytime", "nomand",    "norelatime", "nostrictatime",
            "nosuid",      "nosymfollow", "private",     "rbind",      "relatime",  "ro",         "rprivate",
            "rshared",     "rslave",      "runbindable", "rw",         "shared",    "silent",     "slave",
            "strictatime", "suid",        "symfollow",   "sync",       "unbindable"};
}

Json seccomp() {
    return Json{{"enabled", true},
                {"actions",
                 {"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
                  "SCMP_ACT_LOG", "SCMP_ACT_TRAP"}},
                {"operators",
                 {"SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ",
                  "SCMP_CMP_NE"}},
                {"supportedFlags", {"SECCOMP_FILTER_FLAG_TSYNC"}}};
}

}  // namespace

std::string features_json(const std::vector<std::string>& capabilities) {
    const Json features{
        {"ociVersionMin", "1.0.0"},
        {"ociVersionMax", "1.2.0"},
        {"hooks", {"prestart", "createRuntime", "poststart", "poststop"}},
        {"mountOptions", mount_options()},
        {"linux",
         {{"namespaces", {"cgroup", "ipc", "mount", "network", "pid", "uts"}},
          {"capabilities", capabilities},
          {"cgroup", {{"v1", true}, {"v2", true}, {"systemd", false}, {"systemdUser", false}, {"rdma", false}}},
          {"seccomp", seccomp()},
          {"apparmor", {{"enabled", false}}},
          {"selinux", {{"enabled", false}}},
          {"intelRdt", {{"enabled", false}}},
          {"mountExtensions", {{"idmap", {{"enabled", false}}}}}}}};
    return features.dump(2) + "\n";
}

}  // namespace cutaway::bundle
