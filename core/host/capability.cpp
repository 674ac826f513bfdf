// SPDX-License-Identifier: Apache-2.0
#include "core/host/capability.h"

#include <array>

namespace cutaway::host {

namespace {

// In the kernel's order (linux/capability.h).
constexpr auto names = std::to_array<std::string_view>({"CHOWN",
                                                        "DAC_OVERRIDE",
                                                        "DAC_READ_SEARCH",
                                                        "FOWNER",
                                                        "FSETID",
                                                        "KILL",
                                                        "SETGID",
                                                        "SETUID",
                                                        "SETPCAP",
                                                        "LINUX_IMMUTABLE",
                                                        "NET_BIND_SERVICE",
                                                        "NET_BROADCAST",
                                                        "NET_ADMIN",
                                                        "NET_RAW",
                                                        "IPC_LOCK",
                                                        "IPC_OWNER",
                                                        "SYS_MODULE",
                                                        "SYS_RAWIO",
                                                        "SYS_CHROOT",
                                                        "SYS_PTRACE",
                                                        "SYS_PACCT",
                                                        "SYS_ADMIN",
                                                        "SYS_BOOT",
                                                        "SYS_NICE",
                                                        "SYS_RESOURCE",
                                                        "SYS_TIME",
                                                        "SYS_TTY_CONFIG",
                                                        "MKNOD",
                                                        "LEASE",
                                                        "AUDIT_WRITE",
                                                        "AUDIT_CONTROL",
                                                        "SETFCAP",
                                                        "MAC_OVERRIDE",
                                                        "MAC_ADMIN",
                                                        "SYSLOG",
                                                        "WAKE_ALARM",
                                                        "BLOCK_SUSPEND",
                                                        "AUDIT_READ",
                                                        "PERFMON",
                                                        "BPF",
                                                        "CHECKPOINT_RESTORE"});

}  // namespace

int capability_number(std::string_view name) {
    const std::string_view bare = name.substr(0, 4) == "CAP_" ? name.substr(4) : name;
    for (std::size_t number = 0; number < names.size(); ++number) {
        if (names.at(number) == bare) {
            return static_cast<int>(number);
        }
    }
    return -1;
}

std::string capability_name(int number) {
    const auto at = static_cast<std::size_t>(number);
    return "CAP_" + (number >= 0 && at < names.size() ? std::string(names.at(at)) : std::to_string(number));
}

std::vector<std::string> capability_names(std::uint64_t set) {
    std::vector<std::string> found;
    for (int number = 0; number < 64; ++number) {
        if ((set >> static_cast<unsigned>(number) & 1U) != 0) {
            found.push_back(capability_name(number));
        }
    }
    return found;
}

}  // namespace cutaway::host
