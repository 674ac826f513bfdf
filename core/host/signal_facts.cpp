// SPDX-License-Identifier: Apache-2.0
#include "core/host/signal_facts.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "core/host/process_facts.h"
#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

bool has(std::string_view status, std::string_view mask, int number) {
    const std::string bits = status_field(status, mask);
    return (std::strtoull(bits.c_str(), nullptr, 16) >> static_cast<unsigned>(number - 1) & 1U) != 0;
}

bool passes_by_default(int number) {
    return number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH;
}

// "1234	1": the host's number, then one for each namespace below.
bool is_number_one(std::string_view status) {
    const std::string numbers = status_field(status, "NSpid");
    return numbers.ends_with("\t1");
}

void* to_address(const std::string& hex) {
    const std::uintptr_t value = std::strtoull(hex.c_str(), nullptr, 16);
    return reinterpret_cast<void*>(value);  // NOLINT(performance-no-int-to-ptr): another process's
}

}  // namespace

std::string_view fate_of(std::string_view status, int number) {
    if (number == SIGKILL || number == SIGSTOP) {
        return number == SIGKILL ? "terminated" : "stopped";
    }
    if (has(status, "SigBlk", number)) {
        return "pending";
    }
    if (has(status, "SigCgt", number)) {
        return "handled";
    }
    if (has(status, "SigIgn", number) || passes_by_default(number)) {
        return "ignored";
    }
    if (is_number_one(status)) {
        return "dropped";
    }
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU ? "stopped" : "terminated";
}

// "128 0x7ffc… …": the number of the system call that it is in, and its arguments; the first points to the set.
bool waits_for(std::int64_t pid, int number) {
    const std::string folder = "/proc/" + std::to_string(pid);
    std::istringstream call(read_file(folder + "/syscall").value_or(""));
    long which = -1;
    std::string set;
    call >> which >> set;
    if (which != SYS_rt_sigtimedwait) {
        return false;
    }
    std::uint64_t bits = 0;
    const iovec here{&bits, sizeof bits};
    const iovec there{to_address(set), sizeof bits};
    const bool read = ::process_vm_readv(static_cast<pid_t>(pid), &here, 1, &there, 1, 0) == sizeof bits;
    return read && (bits >> static_cast<unsigned>(number - 1) & 1U) != 0;
}

}  // namespace cutaway::host
