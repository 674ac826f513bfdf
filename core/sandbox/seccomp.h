// SPDX-License-Identifier: Apache-2.0
// Which system calls a container may make: docker's profile, or one of the person's in the same JSON, settled for one
// container (its capabilities, the machine's processor and kernel) into plain rules. Pure: it compiles no filter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cutaway::sandbox {

// Docker's default profile, as it is kept in assets/seccomp.
std::string_view default_seccomp();

struct SeccompFor {
    std::vector<std::string> capabilities;  // "CAP_SYS_ADMIN"
    std::string architecture = "amd64";     // as image platforms name it
    std::string kernel = "6.1.0";
};

// One rule a line, in the words of a compiler that knows no JSON:
//   default errno 1 · arch x86_64 · allow 0 read · errno 38 clone3 · allow 0 socket 0 ne 40 0
// Errc::invalid: not a profile.
Result<std::string> seccomp_rules(std::string_view profile, const SeccompFor& container);

}  // namespace cutaway::sandbox
