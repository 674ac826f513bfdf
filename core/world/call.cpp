// SPDX-License-Identifier: Apache-2.0
#include "core/world/call.h"

namespace cutaway::world {

CUTAWAY_SUM_CODE(Call)

}  // namespace cutaway::world
