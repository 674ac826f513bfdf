// SPDX-License-Identifier: Apache-2.0
// What this machine leaves to whoever is not root: user namespaces at all, programs that carry packets. Looks and changes nothing; for doctor and for the machine's profile.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cutaway::host {

// Errc::denied, with the switch that forbids them, if nobody but root gets a user namespace here.
Status may_have_user_namespace();

// slirp4netns, where it may open what it makes a tap of; empty: nothing gives this user a network.
std::string network_program();

std::string found_in_path(const std::string& program);  // empty: nowhere

}  // namespace cutaway::host
