// SPDX-License-Identifier: Apache-2.0
// What must be true of every Picture that a sound world's trace folds to. A hostile or cut trace may break some of
// them; a broken one in the model or on the host is a bug there or in evolve. Changes nothing.
#pragma once

#include <string>
#include <vector>

#include "core/scene/picture.h"

namespace cutaway::scene {

struct Violation {
    std::string rule;    // "process-has-container"
    std::string detail;  // "process 4711 is of a container that nobody knows: 3f2a…"
    friend bool operator==(const Violation&, const Violation&) = default;
};
CUTAWAY_FIELDS(Violation, rule, detail)

std::vector<Violation> violations(const Picture& picture);

// Those of them that no event whatever can break: sizes within Limits, indexes that agree with each other.
std::vector<Violation> structural_violations(const Picture& picture);

}  // namespace cutaway::scene
