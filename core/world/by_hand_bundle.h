// SPDX-License-Identifier: Apache-2.0
// The shell lines of the calls that only a bundle asks for; core/world/by_hand.h is where one asks.
#pragma once

#include <string>

#include "core/world/call.h"

namespace cutaway::world {

std::string bundle_line(const JoinNamespace& call);
std::string bundle_line(const NewSession& call);
std::string bundle_line(const SetLimit& call);
std::string bundle_line(const SetOomScore& call);
std::string bundle_line(const SetUmask& call);
std::string bundle_line(const SetCapabilitySets& call);
std::string bundle_line(const MakeDevice& call);
std::string bundle_line(const FindProgram& call);
std::string bundle_line(const RunHook& call);
std::string bundle_line(const LimitDevices& call);

}  // namespace cutaway::world
