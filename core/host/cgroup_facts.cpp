// SPDX-License-Identifier: Apache-2.0
#include "core/host/cgroup_facts.h"

#include <cstdlib>

#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

// "oom_kill 1" on a line of its own, in v1's memory.oom_control and v2's memory.events alike.
bool counts_a_kill(const std::string& text) {
    const std::string lines = "\n" + text;
    const std::string word = "\noom_kill ";
    const std::size_t at = lines.find(word);
    return at != std::string::npos && std::atoll(lines.c_str() + at + word.size()) > 0;
}

}  // namespace

bool ran_out_of_memory(const std::vector<std::string>& cgroups) {
    for (const std::string& path : cgroups) {
        for (const char* file : {"/memory.events", "/memory.oom_control"}) {
            if (counts_a_kill(read_file(path + file).value_or(""))) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace cutaway::host
