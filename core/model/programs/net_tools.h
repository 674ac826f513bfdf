// SPDX-License-Identifier: Apache-2.0
// The table of programs that look at the network: ip and ping.
#pragma once

#include "core/model/programs/program.h"

namespace cutaway::model::programs {

Entries net_tools();

}  // namespace cutaway::model::programs
