// SPDX-License-Identifier: Apache-2.0
#include "core/host/cgroup_facts.h"

#include <algorithm>
#include <cstdlib>

#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

// "oom_kill 1" on a line of its own, in v1's memory.oom_control and v2's memory.events alike.
std::uint64_t kills_in(const std::string& text) {
    const std::string lines = "\n" + text;
    const std::string word = "\noom_kill ";
    const std::size_t at = lines.find(word);
    return at == std::string::npos ? 0 : std::strtoull(lines.c_str() + at + word.size(), nullptr, 10);
}

}  // namespace

std::uint64_t oom_kills_of(const std::string& cgroup) {
    std::uint64_t kills = 0;
    for (const char* file : {"/memory.events", "/memory.oom_control"}) {
        kills = std::max(kills, kills_in(read_file(cgroup + file).value_or("")));
    }
    return kills;
}

bool ran_out_of_memory(const std::vector<std::string>& cgroups) {
    return std::any_of(cgroups.begin(), cgroups.end(), [](const std::string& one) { return oom_kills_of(one) > 0; });
}

}  // namespace cutaway::host
