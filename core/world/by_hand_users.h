// SPDX-License-Identifier: Apache-2.0
// The shell lines of the calls that an ordinary user's container needs; core/world/by_hand.h is where one asks.
#pragma once

#include <string>

#include "core/world/call.h"

namespace cutaway::world {

std::string user_line(const MapIds& call, const std::string& pid);  // the pid as a word of bash
std::string user_line(const StartCompanion& call);

}  // namespace cutaway::world
