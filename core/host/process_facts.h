// SPDX-License-Identifier: Apache-2.0
// What /proc says of one process. Everything here was true when it was read, and perhaps no longer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/world/vocabulary.h"

namespace cutaway::host {

struct ProcessFacts {
    std::int64_t parent = 0;
    std::int64_t inner_pid = 0;  // in the innermost pid namespace
    std::string command;
    std::uint32_t uid = 0;
    bool zombie = false;
    int exit_status = -1;             // of a zombie, as waitpid(2) would give it
    std::vector<world::Pair> spaces;  // "mount" → inode number
};

struct ExitFacts {
    std::int32_t code = -1;  // 128 + n for a signal; -1: nobody knows any more
    std::string signal;
};

std::optional<ProcessFacts> read_process(std::int64_t pid);
std::string status_field(std::string_view status, std::string_view name);  // of a whole /proc/PID/status
std::string container_of_process(
    std::int64_t pid);                        // by its cgroup, as Cutaway names them; empty: none of its containers
std::int64_t first_beside(std::int64_t pid);  // number 1 of its pid namespace, in the host's numbering; 0: not found
std::vector<std::int64_t> children_of(std::int64_t pid);
ExitFacts to_exit(int status);  // negative: unknown
ExitFacts exit_of(int pidfd);   // PIDFD_GET_INFO, since Linux 6.15

}  // namespace cutaway::host
