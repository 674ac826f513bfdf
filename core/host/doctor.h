// SPDX-License-Identifier: Apache-2.0
// Doctor: what the real world can and cannot do on this machine, found out by trying it in a child process that ends
// at once, never by version numbers. It changes nothing that outlives it, and installs nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/fields.h"
#include "core/base/result.h"

namespace cutaway::host {

struct Check {
    std::string name;  // "overlay mounts"
    bool ok = false;
    bool required = true;  // without it no container starts; else one feature is missing
    std::string detail;    // what was seen
    std::string remedy;    // what a person can do about it; empty where ok
};
CUTAWAY_FIELDS(Check, name, ok, required, detail, remedy)

std::vector<Check> examine_machine();

// What a container of an ordinary user's own finds here.
std::vector<Check> examine_rootless();

inline constexpr std::string_view usual_socket = "/run/cutaway.sock";
// Whether an engine listens there and lets this user in.
Check check_engine(const std::string& socket);

// One sentence if this process may not act on the machine at all, not even as an ordinary user.
Status may_act();
// One sentence if `what` is for root alone and this is somebody else.
Status has_root(const std::string& what);

}  // namespace cutaway::host
