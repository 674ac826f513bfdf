// SPDX-License-Identifier: Apache-2.0
#include "core/world/note.h"

namespace cutaway::world {

CUTAWAY_SUM_CODE(Note)

}  // namespace cutaway::world
