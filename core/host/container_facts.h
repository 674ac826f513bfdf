// SPDX-License-Identifier: Apache-2.0
// What /proc and the cgroup files say of a container as a whole: who listens inside, and what it uses. Everything here
// was true when it was read; what cannot be read is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/world/observation.h"

namespace cutaway::host {

struct ListenerFacts {
    std::string protocol;  // "tcp", "udp"
    std::string address;   // "0.0.0.0", "::"
    std::uint16_t port = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const ListenerFacts&, const ListenerFacts&) = default;
};

// The lines of /proc/net/tcp and its like: sockets that listen, or that wait for datagrams from anybody.
std::vector<ListenerFacts> parse_listeners(std::string_view text, std::string_view protocol);
std::vector<ListenerFacts> listeners_of(std::int64_t pid);  // in its network namespace
// Which of the processes has that socket open; 0: none.
std::int64_t owner_of(std::uint64_t socket_inode, const std::vector<std::int64_t>& pids);

struct UsageFacts {
    world::UsageSampled sample;
    std::uint64_t oom_kills = 0;
};
// Of the cgroups that the process is in; nothing where it is in none of Cutaway's.
std::optional<UsageFacts> usage_of(std::int64_t pid, const std::string& container);

}  // namespace cutaway::host
