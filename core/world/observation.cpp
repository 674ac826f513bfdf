// SPDX-License-Identifier: Apache-2.0
#include "core/world/observation.h"

namespace cutaway::world {

CUTAWAY_SUM_CODE(Observation)

}  // namespace cutaway::world
