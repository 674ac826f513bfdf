// SPDX-License-Identifier: Apache-2.0
// What becomes of a signal, from what /proc says of the process before it is sent, by signal(7) and pid_namespaces(7).
#pragma once

#include <cstdint>
#include <string_view>

namespace cutaway::host {

// The lines of /proc/PID/status of a process, to which somebody outside of its pid namespace sends `number`:
// "handled", "ignored", "dropped" (number 1 of a namespace has no handler), "pending" (it is held back), "stopped" or
// "terminated".
std::string_view fate_of(std::string_view status, int number);

// It is in sigwait(3) or its like for that signal, which its status does not tell.
bool waits_for(std::int64_t pid, int number);

}  // namespace cutaway::host
